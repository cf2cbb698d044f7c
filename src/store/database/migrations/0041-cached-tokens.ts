import type { Migration } from "./migration.ts";

/** What of a run's input its providers had from the call before; of runs that ended earlier it is not known. */
export const cachedTokens: Migration = {
  number: 41,
  name: "cached tokens",
  statements: (engine) => [
    `ALTER TABLE runs ADD COLUMN cached_tokens ${engine === "sqlite" ? "INTEGER" : "BIGINT"} NOT NULL DEFAULT 0`,
  ],
};
