import type { Migration } from "./migration.ts";

/** What the tasks of a schedule inherit that a run has made. */
export const scheduleDescent: Migration = {
  number: 14,
  name: "schedule descent",
  statements: () => [`ALTER TABLE schedules ADD COLUMN descent TEXT`],
};
