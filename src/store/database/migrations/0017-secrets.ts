import type { Migration } from "./migration.ts";

/** Secrets by name, encrypted by a key that is in no database. */
export const secrets: Migration = {
  number: 17,
  name: "secrets",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      `CREATE TABLE secrets (
         owner_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
         name TEXT NOT NULL,
         sealed TEXT NOT NULL,
         set_at ${int} NOT NULL,
         PRIMARY KEY (owner_id, name)${end}`,
    ];
  },
};
