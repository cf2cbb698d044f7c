import { sql } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { notFound, SparkyError } from "../../core/errors.ts";
import { rolesWith, standingsWith } from "../../core/rights.ts";
import { isoOf } from "./library-time.ts";
import { endChatLinksBy, endInvitesBy, endLinksFor } from "./links.ts";
import { emailOf, homeOwner } from "./users.ts";
import { skipWelcome } from "./welcome.ts";
import { requireManages } from "./access.ts";
import type { User } from "./user.ts";
import { audit } from "../audit/audit.ts";
import type { UserRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import { formsOf } from "../database/spellings.ts";
import { PROMPTLY, type EngineKind, type Store, type Tx } from "../database/store.ts";

/** The people of an instance, as an owner sees them: added, given another role, shut out and let in again. */

type Role = Exclude<UserRow["role"], "agent">;

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: UserRow["role"];
  readonly disabled: boolean;
  readonly createdAt: string;
}

const COLUMNS = ["id", "name", "role", "banned", "created_at"] as const;

export async function listAccounts({ db }: Pick<Store, "db">): Promise<readonly Account[]> {
  const rows = await db.selectFrom("user").select(COLUMNS).orderBy("created_at").orderBy("id").execute();
  return rows.map(shown);
}

/** Throws `conflict` where somebody has the name, `forbidden` where it is not for `by` to give the role. */
export async function addAccount(store: Store, name: string, role: Role, by?: User): Promise<Account> {
  if (by !== undefined) requireManages(by, role);
  return store.transact(async (tx) => {
    const account = await insertAccount(tx, name, role);
    if (by !== undefined) audit(tx, by, { kind: "user.added", thing: name, detail: role });
    return account;
  }, PROMPTLY);
}

export async function insertAccount(tx: Tx, name: string, role: Role): Promise<Account> {
  const { db, kind, now } = tx;
  const id = tx.newId();
  const at = kind === "sqlite" ? isoTime(now) : new Date(now);
  const made = await db
    .insertInto("user")
    .values({
      ...{ id, name, username: name, display_username: name, role },
      ...{ email: emailOf(id), email_verified: flag(kind, true), created_at: at, updated_at: at },
    })
    .onConflict((oc) => oc.doNothing())
    .returning(COLUMNS)
    .executeTakeFirst();
  if (made === undefined) {
    throw new SparkyError("conflict", `somebody here is called ${name} already`, {
      hint: "choose another name; sparky user list shows those that there are",
    });
  }
  if (role === "owner") await skipWelcome(tx, id);
  return shown(made);
}

/**
 * Once this is answered nothing is done with the rights of before: what was let in with them has ended by then, or is refused
 * inside its transaction. Who is shut out is signed out everywhere, and no sign-in link of theirs works; nor does an invitation of whoever
 * may not invite any more, or a link to a chat of whoever may not share as before, also when they may again.
 */
export async function changeAccount(
  store: Store,
  name: string,
  { role, disabled }: { readonly role?: Role | undefined; readonly disabled?: boolean | undefined },
  by?: User,
): Promise<Account> {
  return store.transact(async (tx) => {
    const { db, kind } = tx;
    const found = db.selectFrom("user").select(COLUMNS).where("name", "in", formsOf(name));
    const user = await found.$if(kind === "postgres", (query) => query.forNoKeyUpdate()).executeTakeFirst();
    if (user === undefined) throw notFound(`user ${JSON.stringify(name)}`);
    if (user.role === "agent")
      throw refusal("agent is the agent’s own account: it keeps its role, and is never disabled");
    if (by !== undefined) requireManages(by, user.role, role ?? user.role);
    const home = await homeOwner(db);
    if (user.id === home.id && (disabled === true || (role !== undefined && role !== "owner"))) {
      throw refusal(
        `${name} is the owner that this home was made with, and stays one: its secrets, tool servers and command line are this account’s`,
      );
    }
    await endBefore(tx, user.id);
    const wasDisabled = Boolean(user.banned);
    // Nobody is signed out by being let in who is in already.
    if (disabled === true || (disabled === false && wasDisabled)) {
      await sql`DELETE FROM "session" WHERE user_id = ${user.id}`.execute(db);
      await endLinksFor(db, user.id);
    }
    if (disabled === true || (role !== undefined && role !== "owner" && role !== user.role))
      await endInvitesBy(db, user.id);
    if (disabled === true || (role !== undefined && sharesLess(role, user.role))) await endChatLinksBy(tx, user.id);
    if (role === "owner") await skipWelcome(tx, user.id);
    const changed = await db
      .updateTable("user")
      .set({
        ...(role !== undefined && { role }),
        ...(disabled !== undefined && { banned: flag(kind, disabled) }),
        updated_at: kind === "sqlite" ? isoTime(tx.now) : new Date(tx.now),
      })
      .where("id", "=", user.id)
      .returning(COLUMNS)
      .executeTakeFirstOrThrow();
    // What they ask is another's to answer now, and what others ask theirs.
    if (role !== undefined && role !== user.role) tx.changed("approvals", await whoAnswers(db, user.id));
    // What was so before is not told as done.
    if (by !== undefined && role !== undefined && role !== user.role)
      audit(tx, by, { kind: "user.role", thing: user.name, detail: role });
    if (by !== undefined && disabled !== undefined && disabled !== wasDisabled)
      audit(tx, by, { kind: disabled ? "user.disabled" : "user.enabled", thing: user.name });
    return shown(changed);
  }, PROMPTLY);
}

async function whoAnswers(db: Db, userId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("user")
    .select("id")
    .where((eb) => eb.or([eb("role", "in", [...rolesWith("chats.approve")]), eb("id", "=", userId)]))
    .execute();
  return rows.map(({ id }) => id);
}

/** Waits for the changes that are being made with this user's sign-ins: `requireIdentity` holds them. */
async function endBefore({ db, kind }: Tx, userId: string): Promise<void> {
  if (kind !== "postgres") return;
  for (const table of ["session", "tokens"]) {
    await sql`SELECT 1 FROM ${sql.table(table)} WHERE user_id = ${userId} ORDER BY id FOR UPDATE`.execute(db);
  }
}

const sharesLess = (role: Role, than: UserRow["role"]): boolean =>
  standingsWith("chats.share", role).length < standingsWith("chats.share", than).length;

const refusal = (message: string): SparkyError => new SparkyError("conflict", message);

/** The library's booleans are numbers on SQLite. */
const flag = (kind: EngineKind, is: boolean): boolean | number => (kind === "sqlite" ? Number(is) : is);

function shown(
  row: Pick<UserRow, "id" | "name" | "role" | "created_at"> & { readonly banned: boolean | number },
): Account {
  const { id, name, role, banned, created_at } = row;
  return { id, name, role, disabled: Boolean(banned), createdAt: isoOf(created_at) };
}
