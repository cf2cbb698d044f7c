import type { Migration } from "./migration.ts";

/** Rules that let commands through unasked, beside the grants; and those that are offered with a question. */
export const commandRules: Migration = {
  number: 16,
  name: "command rules",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    const end = engine === "sqlite" ? " STRICT" : "";
    return [
      `ALTER TABLE approvals ADD COLUMN rules TEXT`,
      `CREATE TABLE command_rules (
         id TEXT PRIMARY KEY NOT NULL,
         principal_id TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
         rule TEXT NOT NULL,
         terms TEXT,
         run_id TEXT REFERENCES runs(id) ON DELETE CASCADE,
         until_at ${int},
         origins TEXT,
         granted_by TEXT NOT NULL REFERENCES "user"(id) ON DELETE CASCADE,
         created_at ${int} NOT NULL,
         revoked_at ${int})${end}`,
      `CREATE INDEX command_rules_principal ON command_rules (principal_id) WHERE revoked_at IS NULL`,
    ];
  },
};
