import type { Migration } from "./migration.ts";

/**
 * Who, or which run, did what that counts: rows are only added. Their numbers have no gaps, and each row's hash covers the one
 * before, up to the last, which is kept beside: so a row that is missing or was changed is noticed.
 */
export const audit: Migration = {
  number: 33,
  name: "audit",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      // No foreign keys: what was done stays when the account, the chat or the run is gone.
      `CREATE TABLE audit (
         number ${int} PRIMARY KEY NOT NULL,
         at ${int} NOT NULL,
         kind TEXT NOT NULL,
         user_id TEXT NOT NULL,
         by_name TEXT NOT NULL,
         via TEXT NOT NULL,
         run_id TEXT,
         chat_id TEXT,
         thing TEXT NOT NULL,
         detail TEXT,
         hash TEXT NOT NULL${end}`,
      `CREATE INDEX audit_user ON audit (user_id, number)`,
      `CREATE INDEX audit_kind ON audit (kind, number)`,
      `CREATE TABLE audit_end (
         one ${int} PRIMARY KEY NOT NULL CHECK (one = 1),
         number ${int} NOT NULL,
         hash TEXT NOT NULL${end}`,
      `INSERT INTO audit_end (one, number, hash) VALUES (1, 0, '')`,
    ];
  },
};
