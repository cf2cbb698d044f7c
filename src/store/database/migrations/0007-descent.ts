import type { Migration } from "./migration.ts";

/** Which run started a task, with what it inherits; for whom and for what a grant was given; who wrote what a call asks for. */
export const descent: Migration = {
  number: 7,
  name: "descent",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    return [
      `ALTER TABLE tasks ADD COLUMN parent_run TEXT`,
      `ALTER TABLE tasks ADD COLUMN root_run TEXT`,
      `ALTER TABLE tasks ADD COLUMN depth ${int} NOT NULL DEFAULT 0`,
      `ALTER TABLE tasks ADD COLUMN origins TEXT`,
      `CREATE INDEX tasks_parent ON tasks (parent_run) WHERE parent_run IS NOT NULL`,
      `CREATE INDEX tasks_root ON tasks (root_run) WHERE root_run IS NOT NULL`,
      `ALTER TABLE approvals ADD COLUMN author_id TEXT`,
      `ALTER TABLE grants ADD COLUMN origins TEXT`,
      // Nobody knows any more for what these were given.
      `UPDATE grants SET revoked_at = created_at WHERE until_at IS NOT NULL AND revoked_at IS NULL`,
    ];
  },
};
