import type { Migration } from "./migration.ts";

/** Which model works on a task, and on the tasks that a schedule makes, where one was chosen. */
export const taskModels: Migration = {
  number: 49,
  name: "task models",
  statements: () => [`ALTER TABLE tasks ADD COLUMN model TEXT`, `ALTER TABLE schedules ADD COLUMN model TEXT`],
};
