import type { Migration } from "./migration.ts";

/** What a person has seen and keeps out: a tool or a skill that is new or changed, exactly as it was shown. */
export const refused: Migration = {
  number: 20,
  name: "refused",
  statements: () => [
    `ALTER TABLE mcp_tools ADD COLUMN refused_digest TEXT`,
    `ALTER TABLE skill_pins ADD COLUMN refused_hash TEXT`,
  ],
};
