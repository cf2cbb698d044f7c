import type { Migration } from "./migration.ts";

/**
 * The index of recall: what can be recalled, by its stems, and where it stands. It is filled behind the log and the graph, never
 * by an append; which nodes are to be looked at is kept by whoever writes them.
 */
export const recall: Migration = {
  number: 26,
  name: "recall",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      `CREATE TABLE recall_chats (
         chat_id TEXT PRIMARY KEY NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
         seq ${int} NOT NULL${end}`,
      `CREATE TABLE recall_nodes (node_id TEXT PRIMARY KEY NOT NULL${end}`,
      `INSERT INTO recall_nodes (node_id) SELECT id FROM nodes`,
      `CREATE TABLE recall_items (
         id ${int} PRIMARY KEY NOT NULL,
         kind TEXT NOT NULL,
         chat_id TEXT REFERENCES chats(id) ON DELETE CASCADE,
         seq ${int},
         place ${int},
         session ${int},
         node_id TEXT REFERENCES nodes(id) ON DELETE CASCADE,
         author TEXT NOT NULL,
         at ${int} NOT NULL,
         length ${int} NOT NULL,
         tells_time ${int} NOT NULL,
         only_asks ${int} NOT NULL,
         stems TEXT NOT NULL${engine === "sqlite" ? "" : ", words TSVECTOR NOT NULL"}${end}`,
      `CREATE UNIQUE INDEX recall_items_place ON recall_items (chat_id, place)`,
      `CREATE UNIQUE INDEX recall_items_node ON recall_items (node_id)`,
      // What runs were given of memory, as their models had it; 0: the chat's runs are given none.
      `CREATE TABLE recalled (
         chat_id TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
         seq ${int} NOT NULL,
         text TEXT NOT NULL,
         PRIMARY KEY (chat_id, seq)${end}`,
      `ALTER TABLE chats ADD COLUMN recall ${int} NOT NULL DEFAULT 1`,
      `CREATE TABLE recall_extent (one ${int} PRIMARY KEY NOT NULL, items ${int} NOT NULL, words ${int} NOT NULL${end}`,
      `INSERT INTO recall_extent (one, items, words) VALUES (1, 0, 0)`,
      ...(engine === "sqlite"
        ? [
            // The stems alone, without the texts; they come cut and in small letters.
            `CREATE VIRTUAL TABLE recall_words USING fts5(stems, content='', contentless_delete=1, tokenize='ascii')`,
            `CREATE VIRTUAL TABLE recall_stems USING fts5vocab(recall_words, row)`,
            `CREATE TRIGGER recall_items_gone AFTER DELETE ON recall_items
               BEGIN DELETE FROM recall_words WHERE rowid = old.id; END`,
          ]
        : [
            `CREATE INDEX recall_items_words ON recall_items USING gin (words)`,
            // Counting them in the index takes too long.
            `CREATE TABLE recall_stems (stem TEXT PRIMARY KEY NOT NULL, items BIGINT NOT NULL)`,
          ]),
    ];
  },
};
