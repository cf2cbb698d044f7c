import type { Migration } from "./migration.ts";

/** On which terms a call was asked about and is granted; by what the processes that it started are known. */
export const shell: Migration = {
  number: 13,
  name: "shell",
  statements: () => [
    `ALTER TABLE tool_processes ADD COLUMN mark TEXT`,
    `ALTER TABLE approvals ADD COLUMN terms TEXT`,
    `ALTER TABLE grants ADD COLUMN terms TEXT`,
  ],
};
