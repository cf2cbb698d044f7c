import type { Migration } from "./migration.ts";

/**
 * Whose memory a run writes: what is learned where others read too is apart from what its owner has elsewhere. `chat_id` has no
 * reference: when the chat is purged, its owner keeps it. What was shared stays shared, what was private stays private.
 */
export const whose: Migration = {
  number: 28,
  name: "whose",
  statements: (engine) => [
    `ALTER TABLE nodes ADD COLUMN chat_id TEXT`,
    `ALTER TABLE edges ADD COLUMN chat_id TEXT`,
    `DROP INDEX nodes_name`,
    `CREATE UNIQUE INDEX nodes_name ON nodes (coalesce(owner_id, ''), coalesce(chat_id, ''), type, name)`,
    `CREATE INDEX nodes_chat ON nodes (chat_id) WHERE chat_id IS NOT NULL`,
    `DROP INDEX edges_link`,
    `CREATE UNIQUE INDEX edges_link ON edges (source, target, type, coalesce(owner_id, ''), coalesce(chat_id, ''))`,
    // Who has let their memory be used in a chat, whoever reads it.
    `CREATE TABLE chat_memory (
       chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
       user_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
       PRIMARY KEY (chat_id, user_id))${engine === "sqlite" ? " STRICT" : ""}`,
  ],
};
