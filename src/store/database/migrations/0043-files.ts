import type { Migration } from "./migration.ts";

/**
 * Files that people send along with what they write, whole; their bytes in parts, so that nobody must hold a big one in memory.
 * A part without a file is of an upload that is under way, or broke off.
 */
export const files: Migration = {
  number: 43,
  name: "files",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const bytes = engine === "sqlite" ? "BLOB" : "BYTEA";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      `CREATE TABLE files (
         id TEXT PRIMARY KEY NOT NULL,
         content_id TEXT NOT NULL,
         owner_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
         chat_id TEXT REFERENCES chats(id) ON DELETE CASCADE,
         name TEXT NOT NULL,
         mime TEXT NOT NULL,
         size ${int} NOT NULL,
         sha256 TEXT NOT NULL,
         width ${int},
         height ${int},
         text TEXT,
         created_at ${int} NOT NULL${end}`,
      `CREATE INDEX files_chat ON files (chat_id)`,
      `CREATE INDEX files_content ON files (content_id)`,
      `CREATE INDEX files_loose ON files (owner_id) WHERE chat_id IS NULL`,
      `CREATE TABLE file_parts (
         content_id TEXT NOT NULL,
         n ${int} NOT NULL,
         data ${bytes} NOT NULL,
         created_at ${int} NOT NULL,
         PRIMARY KEY (content_id, n)${end}`,
      `ALTER TABLE tasks ADD COLUMN attachments TEXT`,
    ];
  },
};
