import type { Migration } from "./migration.ts";

/** Who gives an instruction does not also say yes to what it does outside: so both are kept with what is asked. */
export const approvers: Migration = {
  number: 36,
  name: "approvers",
  statements: () => [
    "ALTER TABLE approvals ADD COLUMN effect TEXT CHECK (effect IN ('read', 'write', 'external'))",
    "ALTER TABLE approvals ADD COLUMN instructed_by TEXT",
  ],
};
