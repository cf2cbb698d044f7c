import type { Migration } from "./migration.ts";

/** The words that a person has put on chats, for that person's list alone. */
export const chatTags: Migration = {
  number: 22,
  name: "chat tags",
  statements: (engine) => [
    `CREATE TABLE chat_tags (
       chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
       user_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
       tag TEXT NOT NULL,
       PRIMARY KEY (user_id, tag, chat_id))${engine === "sqlite" ? " STRICT" : ""}`,
    `CREATE INDEX chat_tags_chat ON chat_tags (chat_id, user_id)`,
  ],
};
