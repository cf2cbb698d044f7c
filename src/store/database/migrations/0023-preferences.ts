import type { Migration } from "./migration.ts";

/** What each person prefers: a JSON value by its name. */
export const preferences: Migration = {
  number: 23,
  name: "preferences",
  statements: (engine) => [
    `CREATE TABLE preferences (
       user_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
       name TEXT NOT NULL,
       value TEXT NOT NULL,
       at ${engine === "sqlite" ? "INTEGER" : "BIGINT"} NOT NULL,
       PRIMARY KEY (user_id, name))${engine === "sqlite" ? " STRICT" : ""}`,
  ],
};
