import type { Migration } from "./migration.ts";

/** Tool servers, what is known of their tools, and what each run was given of them. */
export const mcp: Migration = {
  number: 9,
  name: "mcp",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      `CREATE TABLE mcp_servers (
         name TEXT PRIMARY KEY NOT NULL,
         owner_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
         definition TEXT NOT NULL,
         legacy_at ${int},
         seen_at ${int},
         applied_at ${int} NOT NULL${end}`,
      `CREATE TABLE mcp_tools (
         server TEXT NOT NULL REFERENCES mcp_servers(name) ON DELETE CASCADE,
         name TEXT NOT NULL,
         pinned TEXT,
         pinned_digest TEXT,
         waiting TEXT,
         waiting_digest TEXT,
         gone ${int} NOT NULL,
         changed_at ${int} NOT NULL,
         PRIMARY KEY (server, name)${end}`,
      `CREATE TABLE mcp_processes (
         node TEXT NOT NULL,
         pgid ${int} NOT NULL,
         started TEXT NOT NULL,
         mark TEXT NOT NULL,
         parent ${int} NOT NULL,
         parent_started TEXT NOT NULL,
         PRIMARY KEY (node, pgid, started)${end}`,
      `CREATE TABLE run_tools (
         run_id TEXT PRIMARY KEY NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
         tools TEXT NOT NULL${end}`,
    ];
  },
};
