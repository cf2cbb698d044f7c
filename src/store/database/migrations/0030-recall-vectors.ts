import type { Migration } from "./migration.ts";

/** What texts mean, as vectors of an embedding model's: one for each item of recall, of the model that is set. Empty where none is. */
export const recallVectors: Migration = {
  number: 30,
  name: "recall-vectors",
  statements: (engine) => {
    const [int, bytes] = engine === "sqlite" ? ["INTEGER", "BLOB"] : ["BIGINT", "BYTEA"];
    const end = engine === "sqlite" ? ") STRICT" : ")";
    return [
      // No number of an item is given twice: what was made of one never stands for another.
      `ALTER TABLE recall_extent ADD COLUMN last_id ${int} NOT NULL DEFAULT 0`,
      `UPDATE recall_extent SET last_id = coalesce((SELECT max(id) FROM recall_items), 0)`,
      `CREATE TABLE recall_vectors (
         item_id ${int} PRIMARY KEY NOT NULL REFERENCES recall_items(id) ON DELETE CASCADE,
         model TEXT NOT NULL,
         dimensions ${int} NOT NULL,
         hash TEXT NOT NULL,
         vector ${bytes} NOT NULL,
         written ${int} NOT NULL${end}`,
      `CREATE INDEX recall_vectors_written ON recall_vectors (model, dimensions, written)`,
      `CREATE INDEX recall_vectors_hash ON recall_vectors (model, hash)`,
      `CREATE TABLE recall_embedding (
         one ${int} PRIMARY KEY NOT NULL,
         written ${int} NOT NULL,
         holder TEXT NOT NULL,
         held_until ${int} NOT NULL${end}`,
      `INSERT INTO recall_embedding (one, written, holder, held_until) VALUES (1, 0, '', 0)`,
    ];
  },
};
