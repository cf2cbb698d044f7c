import type { Migration } from "./migration.ts";

/** The index of what was said: its words, and where they stand. It is filled behind the log, never by an append. */
export const search: Migration = {
  number: 5,
  name: "search",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      `CREATE TABLE search_chats (
         chat_id TEXT PRIMARY KEY NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
         seq ${int} NOT NULL${end}`,
      `CREATE TABLE search_events (
         id ${int} PRIMARY KEY NOT NULL,
         chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
         seq ${int} NOT NULL${engine === "sqlite" ? "" : ", words TSVECTOR NOT NULL"}${end}`,
      `CREATE UNIQUE INDEX search_events_place ON search_events (chat_id, seq)`,
      ...(engine === "sqlite"
        ? [
            // The words alone, without the texts; they come cut and in small letters.
            `CREATE VIRTUAL TABLE search_words USING
               fts5(words, content='', contentless_delete=1, detail=none, prefix='2 3', tokenize='ascii')`,
            `CREATE TRIGGER search_events_gone AFTER DELETE ON search_events
               BEGIN DELETE FROM search_words WHERE rowid = old.id; END`,
          ]
        : [`CREATE INDEX search_events_words ON search_events USING gin (words)`]),
    ];
  },
};
