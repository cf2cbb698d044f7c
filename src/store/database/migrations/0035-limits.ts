import type { Migration } from "./migration.ts";

/**
 * What an owner lets somebody spend, and what is spent in whose name: by quarters of an hour, since each zone's days and months
 * begin with one.
 */
export const limits: Migration = {
  number: 35,
  name: "limits",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const real = engine === "sqlite" ? "REAL" : "DOUBLE PRECISION";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      `CREATE TABLE user_limits (
         user_id TEXT PRIMARY KEY NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
         tokens_day ${int},
         tokens_month ${int},
         dollars_day ${real},
         dollars_month ${real}${end}`,
      `CREATE TABLE user_spent (
         user_id TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
         at ${int} NOT NULL,
         tokens ${int} NOT NULL,
         dollars ${real} NOT NULL,
         PRIMARY KEY (user_id, at)${end}`,
    ];
  },
};
