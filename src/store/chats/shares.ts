import { sql } from "kysely";
import { notFound, SparkyError } from "../../core/errors.ts";
import { audit } from "../audit/audit.ts";
import { audienceOf, chatFor, lockChatFor, may, mayHere } from "../people/access.ts";
import { AGENT_ID, type User } from "../people/user.ts";
import type { ChatRow } from "../database/schema.ts";
import { formsOf } from "../database/spellings.ts";
import type { Db } from "../database/sql.ts";
import { PROMPTLY, type Store, type Tx } from "../database/store.ts";
import { chatEvent, ownIsSeen } from "./chats.ts";

/** Who may watch a chat of somebody else's, or write in it too, by name. */
export interface Share {
  readonly user: string;
  readonly write: boolean;
}

export interface Shares {
  readonly items: readonly Share[];
  /** Whose chat it is, by name. */
  readonly owner: string;
  /** The viewer may share it, and take that back. */
  readonly mayShare: boolean;
}

/** For whoever sees the chat: who reads what one writes there is no secret. */
export async function sharesOf(store: Store, viewer: User, chatId: string): Promise<Shares> {
  const chat = await chatFor(store.db, viewer, "see", chatId);
  const owner = await store.db
    .selectFrom("chats")
    .innerJoin("user", "user.id", "chats.owner_id")
    .select(["user.name", may(viewer, "share", "chats").as("may_share")])
    .where("chats.id", "=", chatId)
    .executeTakeFirst();
  if (owner === undefined) throw notFound(`chat ${JSON.stringify(chatId)}`);
  const rows = await store.db
    .selectFrom("chat_shares")
    .innerJoin("user", "user.id", "chat_shares.user_id")
    .select(["user.id", "user.name", "user.role", "chat_shares.can_write"])
    .where("chat_shares.chat_id", "=", chatId)
    .orderBy("user.name")
    .execute();
  const items = rows
    .filter((person) => !hasItAnyway(person, chat))
    .map(({ name, can_write }) => ({ user: name, write: can_write === 1 }));
  return { items, owner: owner.name, mayShare: mayHere(viewer, "work.begin") && Boolean(owner.may_share) };
}

/** Lets somebody watch the chat, or write in it; again, it is changed. `created`: they had no share before. */
export async function shareChat(
  store: Store,
  viewer: User,
  chatId: string,
  { user, write }: Share,
): Promise<Share & { readonly created: boolean }> {
  return store.transact(async (tx) => {
    const chat = await lockChatFor(tx, viewer, "share", chatId);
    const person = await personWith(tx.db, user);
    refuseWhere(viewer, person, chat, write);
    const created = await giveShare(tx, viewer, chat, person, { write });
    return { user: person.name, write, created };
  }, PROMPTLY);
}

/** The link by which somebody takes a share, and how the audit calls it. */
interface Source {
  readonly id: string;
  readonly words: string;
}

/** The share of somebody who may have one: its row, its event and its audit. */
export async function giveShare(
  tx: Tx,
  by: User,
  chat: ChatRow,
  person: User,
  { write, link = null }: { readonly write: boolean; readonly link?: Source | null },
): Promise<boolean> {
  if (link === null) await afterLinks(tx, chat);
  const before = await shareIn(tx.db, chat.id, person.id);
  const what = { can_write: Number(write), link_id: link?.id ?? null };
  await tx.db
    .insertInto("chat_shares")
    .values({ chat_id: chat.id, user_id: person.id, ...what })
    .onConflict((oc) => oc.columns(["chat_id", "user_id"]).doUpdateSet(what))
    .execute();
  if (before?.can_write === what.can_write) return false;
  if (!write) await shutMemory(tx, chat.id, person.id);
  // One that is deleted says nothing; restored, it is shared as is said now.
  if (chat.deleted_at === null) {
    const source = link === null ? {} : { link: true as const };
    const shared = { change: "shared", userId: person.id, name: person.name, write, ...source } as const;
    await tx.append(chat.id, [chatEvent(by, shared)]);
    await told(tx, by, chat, person);
    const detail = `${person.name}, ${toDo(write)}${link === null ? "" : `, by ${link.words}`}`;
    audit(tx, by, { kind: "chat.shared", thing: chat.title, detail, chatId: chat.id });
  }
  if (before === undefined) return true;
  if (!write)
    for (const below of await delegatedFrom(tx, chat, person)) await giveShare(tx, by, below, person, { write });
  return false;
}

/** Takes it away: what that person has open of the chat ends before anything more of it goes out. */
export async function unshareChat(store: Store, viewer: User, chatId: string, user: string): Promise<void> {
  await store.transact(async (tx) => {
    const chat = await lockChatFor(tx, viewer, "share", chatId);
    const person = await personWith(tx.db, user);
    if (hasItAnyway(person, chat)) {
      throw refusal(`${person.name} has this chat without a share: that cannot be taken away`, SEE_SHARES);
    }
    if ((await shareIn(tx.db, chatId, person.id)) === undefined) {
      throw notFound(`a share of this chat with ${person.name}`, SEE_SHARES);
    }
    await takeShare(tx, store.hub, viewer, chat, person);
  }, PROMPTLY);
}

/** The end of a share that there is, and with it of those in what was delegated from there. */
export async function takeShare(
  tx: Tx,
  hub: Store["hub"],
  by: User,
  chat: ChatRow,
  person: Pick<User, "id" | "name">,
): Promise<void> {
  await afterLinks(tx, chat);
  const theirs = tx.db.deleteFrom("chat_shares").where("chat_id", "=", chat.id);
  await theirs.where("user_id", "=", person.id).execute();
  await shutMemory(tx, chat.id, person.id);
  if (chat.deleted_at === null) {
    // Announced before the event is: nobody is sent it by a right that is gone.
    tx.after(() => hub.gone(chat.id));
    await tx.append(chat.id, [chatEvent(by, { change: "unshared", userId: person.id, name: person.name })]);
    await told(tx, by, chat, person);
    audit(tx, by, { kind: "chat.unshared", thing: chat.title, detail: person.name, chatId: chat.id });
  }
  for (const below of await delegatedFrom(tx, chat, person)) await takeShare(tx, hub, by, below, person);
}

/** What is said by name now is said after every link: one that lies in the future was made before a clock was set back. */
async function afterLinks({ db, now }: Tx, { id }: Pick<ChatRow, "id">): Promise<void> {
  const later = db.updateTable("chat_links").set({ created_at: now }).where("created_at", ">", now);
  await later.where("chat_id", "=", id).execute();
}

/** Where what the chat's runs have delegated is done, as far as it is shared with somebody: a part of what they have here. */
async function delegatedFrom(
  { db, kind }: Tx,
  { id }: Pick<ChatRow, "id">,
  person: Pick<User, "id">,
): Promise<readonly ChatRow[]> {
  const works = db
    .selectFrom("tasks")
    .innerJoin("runs", "runs.id", "tasks.parent_run")
    .select("tasks.chat_id")
    .where("runs.chat_id", "=", id)
    .where("tasks.parent_call", "is not", null);
  const theirs = db.selectFrom("chat_shares").select("chat_id").where("user_id", "=", person.id);
  return db
    .selectFrom("chats")
    .selectAll()
    .where("id", "in", works)
    .where("id", "in", theirs)
    .orderBy("id")
    .$if(kind === "postgres", (query) => query.forNoKeyUpdate())
    .execute();
}

/** The names of those with whom the viewer can share: of other people here nobody but an owner is told more. */
export async function peopleToShareWith({ db }: Store, viewer: User): Promise<readonly string[]> {
  if (!mayHere(viewer, "work.begin")) return [];
  const rows = await db
    .selectFrom("user")
    .select("name")
    .where("id", "not in", [viewer.id, AGENT_ID])
    .where(sql<boolean>`NOT banned`)
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}

interface Person extends User {
  readonly disabled: boolean;
}

async function personWith(db: Db, name: string): Promise<Person> {
  const found = await db
    .selectFrom("user")
    .select(["id", "name", "role", "banned"])
    .where("name", "in", formsOf(name))
    .executeTakeFirst();
  if (found === undefined) {
    throw notFound(
      `user ${JSON.stringify(name)}`,
      "an owner can add them: sparky user add; sparky user list shows all",
    );
  }
  return { id: found.id, name: found.name, role: found.role, disabled: Boolean(found.banned) };
}

/** Whose chat it is, and for `agent`'s whoever acts for it. */
export function hasItAnyway(person: User, chat: Pick<ChatRow, "owner_id">): boolean {
  return person.id === chat.owner_id || (chat.owner_id === AGENT_ID && mayHere(person, "agent.act"));
}

function refuseWhere(viewer: User, person: Person, chat: ChatRow, write: boolean): void {
  const { name } = person;
  if (person.id === AGENT_ID) {
    throw agentNeedsNone();
  }
  if (person.id === viewer.id) throw refusal("you have this chat already", "share it with somebody else");
  if (hasItAnyway(person, chat)) throw refusal(`${name} has this chat already`, SEE_SHARES);
  if (person.disabled) {
    throw refusal(
      `${name} is disabled, and can see nothing here`,
      `an owner can let them in: sparky user enable ${name}`,
    );
  }
  if (write && !mayHere(person, "work.begin")) {
    throw refusal(`${name} may only look, whatever is shared`, "share it to watch");
  }
}

export const agentNeedsNone = (): SparkyError =>
  refusal("agent works in every chat that it is asked in: it needs no share", "share it with a person");

const SEE_SHARES = "sparky chats shares ID shows who sees a chat";

const refusal = (message: string, hint: string): SparkyError => new SparkyError("conflict", message, { hint });

export const toDo = (write: boolean): string => (write ? "to write" : "to watch");

export async function shareIn(db: Db, chatId: string, userId: string) {
  const query = db.selectFrom("chat_shares").select("can_write").where("chat_id", "=", chatId);
  return query.where("user_id", "=", userId).executeTakeFirst();
}

/** Who may not write there cannot shut it again by themselves. */
async function shutMemory(tx: Tx, chatId: string, userId: string): Promise<void> {
  await tx.db.deleteFrom("chat_memory").where("chat_id", "=", chatId).where("user_id", "=", userId).execute();
}

async function told(tx: Tx, by: User, chat: ChatRow, person: Pick<User, "id">): Promise<void> {
  await ownIsSeen(tx, by, chat, 1);
  tx.changed("chats", [...new Set([...(await audienceOf(tx.db, chat)), person.id])], chat.id);
  // What they see of its work comes and goes with it.
  tx.changed("tasks", [person.id]);
  tx.changed("approvals", [person.id]);
}
