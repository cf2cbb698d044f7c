import { isoTime } from "../../core/clock.ts";
import { notFound } from "../../core/errors.ts";
import { newId } from "../../core/ids.ts";
import { AGENT_ID, type User } from "./user.ts";
import type { UserRow } from "../database/schema.ts";
import { formsOf } from "../database/spellings.ts";
import type { Store } from "../database/store.ts";

/** Makes the two accounts that every instance has, once. */
export async function ensureUsers(store: Store): Promise<{ readonly owner: User; readonly agent: User }> {
  return store.transact(async ({ db, now }) => {
    const insert = (id: string, name: string, role: UserRow["role"]) => {
      const at = store.kind === "sqlite" ? isoTime(now) : new Date(now);
      const email_verified = store.kind === "sqlite" ? 1 : true;
      return db
        .insertInto("user")
        .values({ id, name, role, email: `${id}@sparky.invalid`, email_verified, created_at: at, updated_at: at })
        .onConflict((oc) => oc.column("name").doNothing())
        .execute();
    };
    await insert(AGENT_ID, "agent", "agent");
    const owner = await db.selectFrom("user").select("id").where("role", "=", "owner").executeTakeFirst();
    if (owner === undefined) await insert(newId(store.random), "owner", "owner");
    const users = await db.selectFrom("user").select(["id", "name", "role"]).orderBy("created_at").execute();
    const find = (role: UserRow["role"]): User => {
      const user = users.find((candidate) => candidate.role === role);
      if (user === undefined) throw notFound(`the ${role} account`);
      return user;
    };
    return { owner: find("owner"), agent: find("agent") };
  });
}

export async function getUser(store: Store, id: string): Promise<User | null> {
  const query = store.db.selectFrom("user").select(["id", "name", "role"]);
  return (await query.where("id", "=", id).executeTakeFirst()) ?? null;
}

export async function getUserByName(store: Store, name: string): Promise<User | null> {
  const query = store.db.selectFrom("user").select(["id", "name", "role"]);
  return (await query.where("name", "in", formsOf(name)).executeTakeFirst()) ?? null;
}
