import type { Migration } from "./migration.ts";

/**
 * What each step's request was made of. System texts and tools are the same for many steps, and are kept once by their digest;
 * the conversation is in the log.
 */
export const requests: Migration = {
  number: 46,
  name: "requests",
  statements: (engine) => [
    `CREATE TABLE request_parts (
       digest TEXT PRIMARY KEY NOT NULL,
       text TEXT NOT NULL)${engine === "sqlite" ? " STRICT" : ""}`,
    `ALTER TABLE steps ADD COLUMN request TEXT`,
  ],
};
