/**
 * The tables of accounts and sessions, as better-auth's migration planner compiles them for our options, with `TEXT` for
 * its dates (ISO 8601) on SQLite, where strict tables know no `date`, and a unique `name`. On PostgreSQL
 * `email_verified` is a boolean and dates are `timestamptz`, because that is what the library binds there.
 */
export const authTables: { readonly sqlite: readonly string[]; readonly postgres: readonly string[] } = {
  sqlite: [
    `create table "user" (
      "id" text not null primary key,
      "name" text not null unique,
      "email" text not null unique,
      "email_verified" integer not null,
      "image" text,
      "created_at" text not null,
      "updated_at" text not null,
      "role" text not null
    ) strict`,
    `create table "session" (
      "id" text not null primary key,
      "expires_at" text not null,
      "token" text not null unique,
      "created_at" text not null,
      "updated_at" text not null,
      "ip_address" text,
      "user_agent" text,
      "user_id" text not null references "user" ("id") on delete cascade
    ) strict`,
    `create table "account" (
      "id" text not null primary key,
      "account_id" text not null,
      "provider_id" text not null,
      "user_id" text not null references "user" ("id") on delete cascade,
      "access_token" text,
      "refresh_token" text,
      "id_token" text,
      "access_token_expires_at" text,
      "refresh_token_expires_at" text,
      "scope" text,
      "password" text,
      "created_at" text not null,
      "updated_at" text not null
    ) strict`,
    `create table "verification" (
      "id" text not null primary key,
      "identifier" text not null,
      "value" text not null,
      "expires_at" text not null,
      "created_at" text not null,
      "updated_at" text not null
    ) strict`,
    `create index "session_user_id_idx" on "session" ("user_id")`,
    `create index "account_user_id_idx" on "account" ("user_id")`,
    `create index "verification_identifier_idx" on "verification" ("identifier")`,
  ],
  postgres: [
    `create table "user" (
      "id" text not null primary key,
      "name" text not null unique,
      "email" text not null unique,
      "email_verified" boolean not null,
      "image" text,
      "created_at" timestamptz default current_timestamp not null,
      "updated_at" timestamptz default current_timestamp not null,
      "role" text not null
    )`,
    `create table "session" (
      "id" text not null primary key,
      "expires_at" timestamptz not null,
      "token" text not null unique,
      "created_at" timestamptz default current_timestamp not null,
      "updated_at" timestamptz not null,
      "ip_address" text,
      "user_agent" text,
      "user_id" text not null references "user" ("id") on delete cascade
    )`,
    `create table "account" (
      "id" text not null primary key,
      "account_id" text not null,
      "provider_id" text not null,
      "user_id" text not null references "user" ("id") on delete cascade,
      "access_token" text,
      "refresh_token" text,
      "id_token" text,
      "access_token_expires_at" timestamptz,
      "refresh_token_expires_at" timestamptz,
      "scope" text,
      "password" text,
      "created_at" timestamptz default current_timestamp not null,
      "updated_at" timestamptz not null
    )`,
    `create table "verification" (
      "id" text not null primary key,
      "identifier" text not null,
      "value" text not null,
      "expires_at" timestamptz not null,
      "created_at" timestamptz default current_timestamp not null,
      "updated_at" timestamptz default current_timestamp not null
    )`,
    `create index "session_user_id_idx" on "session" ("user_id")`,
    `create index "account_user_id_idx" on "account" ("user_id")`,
    `create index "verification_identifier_idx" on "verification" ("identifier")`,
  ],
};
