import type { Migration } from "./migration.ts";

/** Until when a schedule rests after failures. */
export const scheduleRest: Migration = {
  number: 4,
  name: "schedule rest",
  statements: (engine) => [`ALTER TABLE schedules ADD COLUMN rest_until ${engine === "sqlite" ? "INTEGER" : "BIGINT"}`],
};
