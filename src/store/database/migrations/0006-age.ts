import type { Migration } from "./migration.ts";

/**
 * Indexes for what is asked per wake-up, second, step and page: each leads to the rows that are meant, however many others
 * the years have left.
 */
export const age: Migration = {
  number: 6,
  name: "age",
  statements: (engine) => [
    // What a chat's runs have used, kept with each step: a chat of years is not added up for each look at it.
    `CREATE TABLE chat_spent (
       chat_id TEXT PRIMARY KEY NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
       input_tokens ${engine === "sqlite" ? "INTEGER" : "BIGINT"} NOT NULL,
       output_tokens ${engine === "sqlite" ? "INTEGER" : "BIGINT"} NOT NULL,
       cost_usd ${engine === "sqlite" ? "REAL" : "DOUBLE PRECISION"}) ${engine === "sqlite" ? "STRICT" : ""}`,
    `INSERT INTO chat_spent SELECT chat_id, sum(input_tokens), sum(output_tokens), sum(cost_usd) FROM runs
       GROUP BY chat_id`,
    `CREATE INDEX chats_listed ON chats (archived, last_event_at, id) WHERE deleted_at IS NULL`,
    `CREATE INDEX chats_deleted ON chats (deleted_at) WHERE deleted_at IS NOT NULL`,
    `CREATE INDEX runs_open ON runs (chat_id, first_seq) WHERE state IN ('queued', 'working', 'waiting', 'stopping')`,
    `CREATE INDEX runs_held ON runs (boot_id) WHERE state IN ('working', 'stopping')`,
    // What has waited long enough is due, be it queued or waiting.
    `CREATE INDEX runs_due ON runs (not_before) WHERE state IN ('queued', 'waiting')`,
    `DROP INDEX runs_backoff`,
    `CREATE INDEX runs_ended ON runs (ended_at, id) WHERE ended_at IS NOT NULL`,
    `CREATE INDEX runs_chat_ended ON runs (chat_id, ended_at) WHERE ended_at IS NOT NULL`,
    // With the type in it, so that it is preferred to the key.
    `CREATE INDEX events_plan ON events (chat_id, type, seq) WHERE type = 'plan'`,
    `CREATE INDEX tasks_owner ON tasks (owner_id, status, chat_id) WHERE deleted_at IS NULL`,
    `CREATE INDEX tasks_without_run ON tasks (finished_at) WHERE run_id IS NULL AND finished_at IS NOT NULL`,
  ],
};
