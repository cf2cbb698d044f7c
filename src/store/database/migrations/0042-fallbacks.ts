import type { Migration } from "./migration.ts";

/** Which of the models that stand in for the default one a run is at; 0: the default one itself. */
export const fallbacks: Migration = {
  number: 42,
  name: "fallbacks",
  statements: (engine) => [
    `ALTER TABLE runs ADD COLUMN fallback ${engine === "sqlite" ? "INTEGER" : "BIGINT"} NOT NULL DEFAULT 0`,
  ],
};
