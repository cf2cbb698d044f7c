import type { Migration } from "./migration.ts";

/** What calls ask of people. */
export const questions: Migration = {
  number: 10,
  name: "questions",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      `CREATE TABLE questions (
         id TEXT PRIMARY KEY NOT NULL,
         chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
         run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
         call_id TEXT NOT NULL,
         tool TEXT NOT NULL,
         asked_seq ${int} NOT NULL,
         text TEXT NOT NULL,
         choices TEXT,
         form TEXT,
         kept TEXT NOT NULL,
         state TEXT NOT NULL CHECK (state IN ('asked', 'answered', 'expired', 'withdrawn')),
         answer TEXT,
         asked_at ${int} NOT NULL,
         expires_at ${int} NOT NULL,
         answered_at ${int},
         answered_by TEXT${end}`,
      `CREATE INDEX questions_run ON questions (run_id)`,
      `CREATE INDEX questions_chat ON questions (chat_id)`,
      `CREATE INDEX questions_open ON questions (asked_at, id) WHERE state = 'asked'`,
    ];
  },
};
