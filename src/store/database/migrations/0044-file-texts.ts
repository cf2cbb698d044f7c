import type { Migration } from "./migration.ts";

/**
 * Where the text of a file is: its own bytes, or of a PDF what was read in it, in parts like a file. What a PDF is known to have, and
 * why nothing of it could be read.
 */
export const fileTexts: Migration = {
  number: 44,
  name: "file-texts",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    return [
      `ALTER TABLE files ADD COLUMN text_id TEXT`,
      `ALTER TABLE files ADD COLUMN text_size ${int}`,
      `ALTER TABLE files ADD COLUMN pages ${int}`,
      `ALTER TABLE files ADD COLUMN read_pages ${int}`,
      `ALTER TABLE files ADD COLUMN unread TEXT`,
      `ALTER TABLE files DROP COLUMN text`,
      `UPDATE files SET text_id = content_id, text_size = size WHERE mime = 'text/plain'`,
      `CREATE INDEX files_text ON files (text_id)`,
    ];
  },
};
