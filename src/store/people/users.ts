import { sql } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { notFound } from "../../core/errors.ts";
import { newId } from "../../core/ids.ts";
import { AGENT_ID, type User } from "./user.ts";
import type { UserRow } from "../database/schema.ts";
import { formsOf } from "../database/spellings.ts";
import type { Db } from "../database/sql.ts";
import type { Store } from "../database/store.ts";

const HOME_OWNER = "home_owner";

/** Nobody writes there: the library wants an address. */
export const emailOf = (userId: string): string => `${userId}@sparky.invalid`;

/** Makes the two accounts that every instance has, once. */
export async function ensureUsers(store: Store): Promise<{ readonly owner: User; readonly agent: User }> {
  return store.transact(async ({ db, now }) => {
    const insert = (id: string, name: string, role: UserRow["role"]) => {
      const at = store.kind === "sqlite" ? isoTime(now) : new Date(now);
      const email_verified = store.kind === "sqlite" ? 1 : true;
      return db
        .insertInto("user")
        .values({
          ...{ id, name, username: name, display_username: name, role },
          ...{ email: emailOf(id), email_verified, created_at: at, updated_at: at },
        })
        .onConflict((oc) => oc.column("name").doNothing())
        .execute();
    };
    await insert(AGENT_ID, "agent", "agent");
    const owner = await db.selectFrom("user").select("id").where("role", "=", "owner").executeTakeFirst();
    if (owner === undefined) await insert(newId(store.random), "owner", "owner");
    const home = await homeOwner(db);
    await db
      .insertInto("meta")
      .values({ key: HOME_OWNER, value: home.id })
      .onConflict((oc) => oc.column("key").doNothing())
      .execute();
    const agent = await users(db).where("role", "=", "agent").executeTakeFirst();
    if (agent === undefined) throw notFound("the agent account");
    return { owner: home, agent };
  });
}

const users = (db: Db) => db.selectFrom("user").select(["id", "name", "role"]);

/**
 * The owner that the home was made with: its secrets, its tool servers and its first schedules are this account's, and the command
 * line speaks for it. It stays an owner. null: a file that holds none.
 */
export async function findHomeOwner(db: Db): Promise<User | null> {
  const isFirst = sql`CASE WHEN id = (SELECT value FROM meta WHERE key = ${HOME_OWNER}) THEN 0 ELSE 1 END`;
  const owners = users(db).where("role", "=", "owner").orderBy(isFirst).orderBy("created_at").orderBy("id");
  return (await owners.limit(1).executeTakeFirst()) ?? null;
}

export async function homeOwner(db: Db): Promise<User> {
  const owner = await findHomeOwner(db);
  if (owner === null) throw notFound("the owner account");
  return owner;
}

export async function getUser(store: Store, id: string): Promise<User | null> {
  return (await users(store.db).where("id", "=", id).executeTakeFirst()) ?? null;
}

export async function getUserByName(store: Store, name: string): Promise<User | null> {
  return (await users(store.db).where("name", "in", formsOf(name)).executeTakeFirst()) ?? null;
}
