import type { Migration } from "./migration.ts";

/** Which chats a person has pinned; and an index for what was said last in a chat, and how much of it is unread. */
export const chatPins: Migration = {
  number: 21,
  name: "chat pins",
  statements: (engine) => [
    `CREATE TABLE chat_pins (
       chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
       user_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
       at ${engine === "sqlite" ? "INTEGER" : "BIGINT"} NOT NULL,
       PRIMARY KEY (user_id, chat_id))${engine === "sqlite" ? " STRICT" : ""}`,
    `CREATE INDEX chat_pins_chat ON chat_pins (chat_id)`,
    `CREATE INDEX events_message ON events (chat_id, type, seq) WHERE type = 'message'`,
  ],
};
