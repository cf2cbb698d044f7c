import type { Migration } from "./migration.ts";

/** By which credential people answered; what was answered before does not say so here, only in the log. */
export const answeredVia: Migration = {
  number: 19,
  name: "answered via",
  statements: () => [`ALTER TABLE approvals ADD COLUMN via TEXT`, `ALTER TABLE questions ADD COLUMN via TEXT`],
};
