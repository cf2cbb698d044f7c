import type { Migration } from "./migration.ts";

/** What runs were given of servers' tools, by its digest: `run_tools` names it. */
export const toolSets: Migration = {
  number: 15,
  name: "tool sets",
  statements: (engine) => [
    `CREATE TABLE tool_sets (
       digest TEXT PRIMARY KEY NOT NULL,
       tools TEXT NOT NULL)${engine === "sqlite" ? " STRICT" : ""}`,
  ],
};
