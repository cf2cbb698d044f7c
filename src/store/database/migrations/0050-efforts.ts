import type { Migration } from "./migration.ts";

/** How hard the model thinks in a chat, for a task, and for the tasks of a schedule, where that was chosen. */
export const efforts: Migration = {
  number: 50,
  name: "efforts",
  statements: () => ["chats", "tasks", "schedules"].map((table) => `ALTER TABLE ${table} ADD COLUMN effort TEXT`),
};
