import { ensureUsers } from "../../src/store/people/users.ts";
import type { User } from "../../src/store/people/user.ts";
import type { Store } from "../../src/store/database/store.ts";

/** The instance's two accounts and two members, for tests of who sees what. */
export async function people(store: Store): Promise<{ owner: User; agent: User; ann: User; bob: User }> {
  const { owner, agent } = await ensureUsers(store);
  return { owner, agent, ann: await addMember(store, "ann"), bob: await addMember(store, "bob") };
}

async function addMember(store: Store, name: string): Promise<User> {
  const user: User = { id: name, name, role: "member" };
  const at = store.kind === "sqlite" ? "2026-01-01T00:00:00.000Z" : new Date("2026-01-01");
  const email_verified = store.kind === "sqlite" ? 1 : true;
  const email = `${name}@sparky.invalid`;
  await store.db
    .insertInto("user")
    .values({ ...user, username: name, display_username: name, email, email_verified, created_at: at, updated_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return user;
}
