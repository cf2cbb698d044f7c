import type { Migration } from "./migration.ts";

/** An index for what a run asks first: what its chat begins with now. */
export const summaries: Migration = {
  number: 40,
  name: "summaries",
  statements: () => [`CREATE INDEX events_summary ON events (chat_id, type, seq) WHERE type = 'summary'`],
};
