import type { Migration } from "./migration.ts";

/** What ran while the clock was ahead, by the instant that the clock took for due. */
export const earlyOccurrences: Migration = {
  number: 8,
  name: "early occurrences",
  statements: () => [`CREATE INDEX occurrences_early ON occurrences (schedule_id, start_at) WHERE manual = 2`],
};
