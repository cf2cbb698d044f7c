import type { Migration } from "./migration.ts";

/** Schedules, the rules that they had, and the ledger: one row for every due instant. */
export const schedules: Migration = {
  number: 3,
  name: "schedules",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      // A schedule's chat is named by the schedule: two owners may use the same name.
      `DROP INDEX chats_schedule`,
      `CREATE TABLE schedules (
         id TEXT PRIMARY KEY NOT NULL,
         owner_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
         name TEXT NOT NULL,
         description TEXT NOT NULL,
         rule TEXT NOT NULL,
         zone TEXT NOT NULL,
         anchor ${int} NOT NULL,
         prompt TEXT NOT NULL,
         state TEXT NOT NULL CHECK (state IN ('enabled', 'disabled', 'paused')),
         paused_until ${int},
         pause_reason TEXT,
         catch_up TEXT NOT NULL CHECK (catch_up IN ('skip', 'latest', 'all')),
         catch_up_max ${int} NOT NULL,
         catch_up_age_ms ${int} NOT NULL,
         overlap TEXT NOT NULL CHECK (overlap IN ('skip', 'queue', 'cancel')),
         on_crash TEXT NOT NULL CHECK (on_crash IN ('retry', 'leave', 'ask')),
         jitter_ms ${int} NOT NULL,
         max_failures ${int} NOT NULL,
         failures ${int} NOT NULL,
         limits TEXT NOT NULL,
         metadata TEXT NOT NULL,
         chat_id TEXT REFERENCES chats(id) ON DELETE SET NULL,
         settled_to ${int} NOT NULL,
         next_due ${int},
         created_at ${int} NOT NULL,
         updated_at ${int} NOT NULL,
         deleted_at ${int}${end}`,
      `CREATE UNIQUE INDEX schedules_name ON schedules (owner_id, name) WHERE deleted_at IS NULL`,
      `CREATE INDEX schedules_due ON schedules (next_due) WHERE next_due IS NOT NULL`,
      `CREATE INDEX schedules_chat ON schedules (chat_id)`,
      `CREATE TABLE schedule_rules (
         id TEXT PRIMARY KEY NOT NULL,
         schedule_id TEXT NOT NULL REFERENCES schedules(id) ON DELETE CASCADE,
         from_at ${int} NOT NULL,
         to_at ${int},
         rule TEXT NOT NULL,
         zone TEXT NOT NULL,
         anchor ${int} NOT NULL,
         state TEXT NOT NULL CHECK (state IN ('enabled', 'disabled', 'paused'))${end}`,
      `CREATE INDEX schedule_rules_schedule ON schedule_rules (schedule_id, from_at)`,
      `CREATE TABLE occurrences (
         id TEXT PRIMARY KEY NOT NULL,
         schedule_id TEXT NOT NULL REFERENCES schedules(id) ON DELETE CASCADE,
         due_at ${int} NOT NULL,
         until_at ${int},
         count ${int} NOT NULL,
         manual ${int} NOT NULL,
         outcome TEXT NOT NULL CHECK (outcome IN
           ('queued', 'ran', 'ran late', 'merged', 'skipped', 'interrupted', 'failed', 'cancelled')),
         reason TEXT,
         start_at ${int} NOT NULL,
         task_id TEXT REFERENCES tasks(id) ON DELETE SET NULL,
         run_id TEXT,
         started_at ${int},
         ended_at ${int},
         created_at ${int} NOT NULL${end}`,
      `CREATE UNIQUE INDEX occurrences_due ON occurrences (schedule_id, due_at) WHERE manual = 0`,
      `CREATE INDEX occurrences_recent ON occurrences (schedule_id, due_at, id)`,
      `CREATE INDEX occurrences_task ON occurrences (task_id) WHERE task_id IS NOT NULL`,
    ];
  },
};
