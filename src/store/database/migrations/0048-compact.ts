import type { Migration } from "./migration.ts";

/** What a turn is for, where that is not to answer. */
export const compactRuns: Migration = {
  number: 48,
  name: "compact",
  statements: () => [`ALTER TABLE runs ADD COLUMN purpose TEXT`],
};
