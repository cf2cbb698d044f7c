import type { Migration } from "./migration.ts";

/** What the tool touches that is asked about: who may say yes hangs on it. */
export const approvers: Migration = {
  number: 36,
  name: "approvers",
  statements: () => ["ALTER TABLE approvals ADD COLUMN effect TEXT CHECK (effect IN ('read', 'write', 'external'))"],
};
