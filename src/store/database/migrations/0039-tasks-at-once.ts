import type { Migration } from "./migration.ts";

/**
 * Further limits of people: model requests in a day and a month, and how many of their tasks work at once. For that a task's run
 * tells whose work it is; those that wait now tell their author, and those of `agent` nobody.
 */
export const tasksAtOnce: Migration = {
  number: 39,
  name: "tasks at once",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    return [
      `ALTER TABLE user_limits ADD COLUMN requests_day ${int}`,
      `ALTER TABLE user_limits ADD COLUMN requests_month ${int}`,
      `ALTER TABLE user_limits ADD COLUMN tasks_at_once ${int}`,
      // Each look for a task to start asks who has this limit: few have.
      `CREATE INDEX user_limits_tasks ON user_limits (tasks_at_once) WHERE tasks_at_once IS NOT NULL`,
      `ALTER TABLE user_spent ADD COLUMN requests ${int} NOT NULL DEFAULT 0`,
      `ALTER TABLE runs ADD COLUMN whose TEXT`,
      `UPDATE runs SET whose = (SELECT t.owner_id FROM tasks t WHERE t.id = runs.task_id)
         WHERE task_id IS NOT NULL AND state IN ('queued', 'working', 'waiting', 'stopping')`,
    ];
  },
};
