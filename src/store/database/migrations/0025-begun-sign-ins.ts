import type { Migration } from "./migration.ts";

/**
 * Sign-ins at tool servers that a browser is on its way from, by a hash of the word that it comes back with; what is needed to
 * go on is sealed by the key of the secrets.
 */
export const begunSignIns: Migration = {
  number: 25,
  name: "begun sign-ins",
  statements: (engine) => [
    `CREATE TABLE mcp_begun_sign_ins (
       word_hash TEXT NOT NULL PRIMARY KEY,
       server TEXT NOT NULL REFERENCES mcp_servers(name) ON DELETE CASCADE,
       user_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
       sealed TEXT NOT NULL,
       until ${engine === "sqlite" ? "INTEGER" : "BIGINT"} NOT NULL)${engine === "sqlite" ? " STRICT" : ""}`,
  ],
};
