import type { Migration } from "./migration.ts";

/**
 * What is known, beside what was said: facts about nodes, each with the messages that say it. A fact that is over stays, with its
 * times; of one that is forgotten only its place stays. What must not be recalled any more stands in `recall_hidden`.
 */
export const facts: Migration = {
  number: 29,
  name: "facts",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      `CREATE TABLE facts (
         id TEXT PRIMARY KEY NOT NULL,
         owner_id TEXT REFERENCES "user"(id) ON DELETE CASCADE,
         chat_id TEXT,
         subject_id TEXT NOT NULL REFERENCES nodes(id),
         relation TEXT NOT NULL,
         object_id TEXT REFERENCES nodes(id),
         text TEXT NOT NULL,
         kind TEXT NOT NULL CHECK (kind IN ('profile', 'preference', 'decision', 'event', 'procedure')),
         stated ${int} NOT NULL,
         author_id TEXT REFERENCES "user"(id) ON DELETE SET NULL,
         valid_from ${int},
         valid_to ${int},
         recorded_at ${int} NOT NULL,
         retired_at ${int},
         superseded_by TEXT REFERENCES facts(id),
         uses ${int} NOT NULL,
         last_used_at ${int},
         pinned ${int} NOT NULL,
         status TEXT NOT NULL CHECK (status IN ('proposed', 'active', 'retired', 'forgotten'))${end}`,
      `CREATE INDEX facts_subject ON facts (subject_id)`,
      `CREATE INDEX facts_object ON facts (object_id)`,
      `CREATE INDEX facts_newest ON facts (recorded_at, id)`,
      `CREATE INDEX facts_pinned ON facts (pinned) WHERE pinned = 1`,
      `CREATE TABLE fact_sources (
         fact_id TEXT NOT NULL REFERENCES facts(id) ON DELETE CASCADE,
         chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
         seq ${int} NOT NULL,
         PRIMARY KEY (fact_id, chat_id, seq)${end}`,
      `CREATE INDEX fact_sources_chat ON fact_sources (chat_id)`,
      `CREATE TABLE recall_facts (fact_id TEXT PRIMARY KEY NOT NULL${end}`,
      `ALTER TABLE recall_items ADD COLUMN fact_id TEXT REFERENCES facts(id) ON DELETE CASCADE`,
      `CREATE UNIQUE INDEX recall_items_fact ON recall_items (fact_id)`,
      `CREATE TABLE recall_hidden (
         chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
         seq ${int} NOT NULL,
         PRIMARY KEY (chat_id, seq)${end}`,
      // Runs that were asked to forget something: what they say about it is recalled no more either.
      `CREATE TABLE recall_forgot (
         run_id TEXT PRIMARY KEY NOT NULL,
         chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE${end}`,
      // What of memory each run was given, as it is cited.
      `CREATE TABLE recalled_items (
         item_id TEXT NOT NULL,
         chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
         seq ${int} NOT NULL,
         run_id TEXT NOT NULL,
         at ${int} NOT NULL,
         PRIMARY KEY (item_id, chat_id, seq)${end}`,
      `CREATE INDEX recalled_items_chat ON recalled_items (chat_id)`,
    ];
  },
};
