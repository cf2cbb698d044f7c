import type { Migration } from "./migration.ts";

/** Of which limits it was told that most of them is used: of a person's in which day or month, and of a run's own. */
export const limitWarnings: Migration = {
  number: 47,
  name: "limit-warnings",
  statements: (engine) => {
    const [int, real, end] =
      engine === "sqlite" ? ["INTEGER", "REAL", ") STRICT"] : ["BIGINT", "DOUBLE PRECISION", ")"];
    return [
      `CREATE TABLE user_warned (
         user_id TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
         name TEXT NOT NULL,
         amount ${real} NOT NULL,
         period ${int} NOT NULL,
         PRIMARY KEY (user_id, name)${end}`,
      `ALTER TABLE runs ADD COLUMN warned TEXT NOT NULL DEFAULT ''`,
    ];
  },
};
