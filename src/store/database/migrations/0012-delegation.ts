import type { Migration } from "./migration.ts";

/** Tasks that a call of a run has delegated: by which call, with which tools, and whether the run was told of their end. */
export const delegation: Migration = {
  number: 12,
  name: "delegation",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    return [
      `ALTER TABLE tasks ADD COLUMN parent_call TEXT`,
      `ALTER TABLE tasks ADD COLUMN tools TEXT`,
      `ALTER TABLE tasks ADD COLUMN told ${int} NOT NULL DEFAULT 0`,
      `CREATE INDEX tasks_call ON tasks (parent_call) WHERE parent_call IS NOT NULL`,
      `CREATE INDEX tasks_untold ON tasks (parent_run) WHERE parent_call IS NOT NULL AND told = 0`,
    ];
  },
};
