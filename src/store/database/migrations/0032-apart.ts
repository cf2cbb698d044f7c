import type { Migration } from "./migration.ts";

/**
 * Pairs of nodes of which somebody has said that they are not the same, the lesser id first. Without a reference to them: a node
 * that comes back, when its removal is undone, is still none of the other.
 */
export const apart: Migration = {
  number: 32,
  name: "apart",
  statements: (engine) => [
    `CREATE TABLE graph_apart (
       one TEXT NOT NULL,
       other TEXT NOT NULL,
       at ${engine === "sqlite" ? "INTEGER" : "BIGINT"} NOT NULL,
       PRIMARY KEY (one, other))${engine === "sqlite" ? " STRICT" : ""}`,
  ],
};
