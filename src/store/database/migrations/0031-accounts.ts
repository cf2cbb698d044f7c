import type { Migration } from "./migration.ts";

/**
 * What better-auth's plugins for names, passwords and shutting people out keep, as its planner wants it, with `TEXT` for dates on
 * SQLite. One password for each account, though two set it at once.
 */
export const accounts: Migration = {
  number: 31,
  name: "accounts",
  statements: (engine) => {
    const [flag, no, time] =
      engine === "sqlite" ? ["INTEGER", "0", "TEXT"] : ["BOOLEAN", "false", "TIMESTAMP WITH TIME ZONE"];
    return [
      `ALTER TABLE "user" ADD COLUMN username TEXT`,
      `ALTER TABLE "user" ADD COLUMN display_username TEXT`,
      `ALTER TABLE "user" ADD COLUMN banned ${flag} NOT NULL DEFAULT ${no}`,
      `ALTER TABLE "user" ADD COLUMN ban_reason TEXT`,
      `ALTER TABLE "user" ADD COLUMN ban_expires ${time}`,
      `ALTER TABLE "session" ADD COLUMN impersonated_by TEXT`,
      `UPDATE "user" SET username = lower(name), display_username = name`,
      `CREATE UNIQUE INDEX user_username ON "user" (username)`,
      `CREATE INDEX user_role ON "user" (role)`,
      `CREATE UNIQUE INDEX account_of_provider ON "account" (provider_id, account_id)`,
    ];
  },
};
