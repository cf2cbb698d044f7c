import type { Migration } from "./migration.ts";

/** Who keeps a tool of a server out, and since when. */
export const refusedBy: Migration = {
  number: 24,
  name: "refused by",
  statements: (engine) => [
    `ALTER TABLE mcp_tools ADD COLUMN refused_by TEXT`,
    `ALTER TABLE mcp_tools ADD COLUMN refused_at ${engine === "sqlite" ? "INTEGER" : "BIGINT"}`,
  ],
};
