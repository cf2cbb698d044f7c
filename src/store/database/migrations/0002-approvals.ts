import type { Migration } from "./migration.ts";

/** Approvals, grants, and the processes of calls. */
export const approvals: Migration = {
  number: 2,
  name: "approvals",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      `CREATE TABLE approvals (
         id TEXT PRIMARY KEY NOT NULL,
         chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
         run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
         call_id TEXT NOT NULL,
         tool TEXT NOT NULL,
         summary TEXT NOT NULL,
         args TEXT NOT NULL,
         args_digest TEXT NOT NULL,
         state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'denied', 'expired', 'withdrawn')),
         requested_at ${int} NOT NULL,
         expires_at ${int} NOT NULL,
         decided_at ${int},
         decided_by TEXT,
         note TEXT${end}`,
      `CREATE INDEX approvals_run ON approvals (run_id)`,
      `CREATE INDEX approvals_chat ON approvals (chat_id)`,
      `CREATE INDEX approvals_open ON approvals (requested_at, id) WHERE state = 'requested'`,
      `CREATE TABLE grants (
         id TEXT PRIMARY KEY NOT NULL,
         principal_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
         tool TEXT NOT NULL,
         run_id TEXT REFERENCES runs(id) ON DELETE CASCADE,
         until_at ${int},
         granted_by TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
         created_at ${int} NOT NULL,
         revoked_at ${int}${end}`,
      `CREATE INDEX grants_principal ON grants (principal_id, tool)`,
      `CREATE INDEX grants_run ON grants (run_id)`,
      `CREATE TABLE tool_processes (
         run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
         call_id TEXT NOT NULL,
         node TEXT NOT NULL,
         pgid ${int} NOT NULL,
         started TEXT NOT NULL,
         PRIMARY KEY (run_id, call_id)${end}`,
    ];
  },
};
