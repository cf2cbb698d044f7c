import type { Migration } from "./migration.ts";

/** Links by which chats are shared, as hashes; and by which of them somebody has their share. One that has ended stays, to say so. */
export const chatLinks: Migration = {
  number: 37,
  name: "chat links",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      `CREATE TABLE chat_links (
         id TEXT PRIMARY KEY NOT NULL,
         chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
         made_by TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
         hash TEXT NOT NULL UNIQUE,
         can_write ${int} NOT NULL,
         created_at ${int} NOT NULL,
         expires_at ${int} NOT NULL,
         revoked_at ${int}${end}`,
      `CREATE INDEX chat_links_chat ON chat_links (chat_id)`,
      `CREATE INDEX chat_links_user ON chat_links (made_by)`,
      // No foreign key: shares travel in a backup, and links do not.
      `ALTER TABLE chat_shares ADD COLUMN link_id TEXT`,
    ];
  },
};
