import type { Migration } from "./migration.ts";

/** Who is signed in at which tool server, sealed by the key of the secrets. */
export const mcpSignIns: Migration = {
  number: 18,
  name: "mcp sign-ins",
  statements: (engine) => [
    `CREATE TABLE mcp_sign_ins (
       server TEXT NOT NULL REFERENCES mcp_servers(name) ON DELETE CASCADE,
       user_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
       sealed TEXT NOT NULL,
       PRIMARY KEY (server, user_id))${engine === "sqlite" ? " STRICT" : ""}`,
  ],
};
