import type { Migration } from "./migration.ts";

/**
 * Keys by which people sign in without a password, each for one address. A session that one has begun names it, and ends with it,
 * also one that is begun while it is being taken away.
 */
export const passkeys: Migration = {
  number: 38,
  name: "passkeys",
  statements: (engine) => {
    const int = engine === "sqlite" ? "INTEGER" : "BIGINT";
    return [
      `CREATE TABLE passkeys (
        id TEXT PRIMARY KEY NOT NULL,
        user_id TEXT NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        address TEXT NOT NULL,
        credential TEXT NOT NULL UNIQUE,
        public_key TEXT NOT NULL,
        uses ${int} NOT NULL,
        created_at ${int} NOT NULL,
        used_at ${int}
      )${engine === "sqlite" ? " STRICT" : ""}`,
      `CREATE INDEX passkeys_of_user ON passkeys (user_id)`,
      `ALTER TABLE "session" ADD COLUMN passkey_id TEXT REFERENCES passkeys (id) ON DELETE CASCADE`,
      `CREATE INDEX session_of_passkey ON "session" (passkey_id)`,
    ];
  },
};
