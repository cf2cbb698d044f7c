import type { Migration } from "./migration.ts";

/** Files that come in now: each takes room of its sender's from its first byte on, whichever node it comes to. */
export const fileDrafts: Migration = {
  number: 45,
  name: "file-drafts",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    return [
      `CREATE TABLE file_drafts (
         content_id TEXT PRIMARY KEY NOT NULL,
         owner_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
         at ${int} NOT NULL${engine === "sqlite" ? ") STRICT" : ")"}`,
      `CREATE INDEX file_drafts_owner ON file_drafts (owner_id)`,
      `CREATE INDEX files_owner ON files (owner_id)`,
    ];
  },
};
