import type { Migration } from "./migration.ts";

/** What a token may be used for, how long, and when it last was. One that is there already may do everything, for ever. */
export const tokenScopes: Migration = {
  number: 34,
  name: "token scopes",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    return [
      `ALTER TABLE tokens ADD COLUMN scopes TEXT`,
      `ALTER TABLE tokens ADD COLUMN expires_at ${int}`,
      `ALTER TABLE tokens ADD COLUMN last_used_at ${int}`,
    ];
  },
};
