import { createHash } from "node:crypto";
import { sql } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { notFound, SparkyError } from "../../core/errors.ts";
import { audit } from "../audit/audit.ts";
import { chatFor, chatLock, lockChatFor, may, mayHere } from "../people/access.ts";
import { AGENT_ID, type User } from "../people/user.ts";
import type { ChatLinkRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import { PROMPTLY, type Store, type Tx } from "../database/store.ts";
import { agentNeedsNone, giveShare, hasItAnyway, shareIn, takeShare, toDo } from "./shares.ts";

/**
 * Links by which a chat is shared: whoever is signed in here and has one takes a share by it, as often as people come, until it ends. Its
 * token is kept as a hash only. It holds as long as who has made it may share the chat.
 */

const DAY_MS = 86_400_000;
const USUAL_MS = 7 * DAY_MS;
const LONGEST_MS = 366 * DAY_MS;
const TOKEN_BYTES = 32;
/** Of one chat, at a time. */
const MOST = 20;

export interface ChatLink {
  readonly id: string;
  readonly write: boolean;
  /** Who has made it, by name. */
  readonly by: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Who has the chat by it, by name. */
  readonly people: readonly string[];
}

export interface NewChatLink {
  readonly write: boolean;
  readonly expiresAt?: string | undefined;
}

export async function makeLink(
  store: Store,
  viewer: User,
  chatId: string,
  { write, expiresAt }: NewChatLink,
): Promise<ChatLink & { readonly token: string }> {
  const token = Buffer.from(store.random(TOKEN_BYTES)).toString("base64url");
  return store.transact(async (tx) => {
    const chat = await lockChatFor(tx, viewer, "share", chatId);
    const until = endOf(tx.now, expiresAt);
    const others = await openIn(tx.db, chatId, tx.now).select("chat_links.id").execute();
    if (others.length >= MOST)
      throw new SparkyError("conflict", `there are ${MOST} links to this chat already`, { hint: "revoke one" });
    const row = { id: tx.newId(), chat_id: chatId, made_by: viewer.id, hash: hashOf(token), can_write: Number(write) };
    await tx.db
      .insertInto("chat_links")
      .values({ ...row, created_at: tx.now, expires_at: until, revoked_at: null })
      .execute();
    const detail = `${nameOf(row)}, ${toDo(write)}, until ${isoTime(until)}`;
    audit(tx, viewer, { kind: "chat.link_made", thing: chat.title, detail, chatId });
    const times = { createdAt: isoTime(tx.now), expiresAt: isoTime(until) };
    return { id: row.id, write, by: viewer.name, ...times, people: [], token };
  }, PROMPTLY);
}

function endOf(now: number, expiresAt: string | undefined): number {
  if (expiresAt === undefined) return now + USUAL_MS;
  const until = Date.parse(expiresAt);
  if (until <= now) throw new SparkyError("invalid_input", `expiresAt: ${isoTime(until)} lies in the past`);
  if (until > now + LONGEST_MS)
    throw new SparkyError("invalid_input", "expiresAt: a link to a chat holds a year at most");
  return until;
}

/** Those that hold still, the newest first, for who may share the chat. */
export async function linksOf(
  { db, clock }: Store,
  viewer: User,
  chatId: string,
  prefix: string,
): Promise<readonly ChatLink[]> {
  await chatFor(db, viewer, "share", chatId);
  const rows = await openIn(db, chatId, clock.now())
    .innerJoin("user", "user.id", "chat_links.made_by")
    .select(["chat_links.id", "can_write", "user.name", "chat_links.created_at", "expires_at"])
    .where(sql<boolean>`substr(chat_links.id, 1, ${prefix.length}) = ${prefix}`)
    .orderBy("chat_links.created_at", "desc")
    .orderBy("chat_links.id")
    .execute();
  const came = await cameBy(db, chatId);
  return rows.map(({ id, can_write, name, created_at, expires_at }) => ({
    ...{ id, write: can_write === 1, by: name, createdAt: isoTime(created_at), expiresAt: isoTime(expires_at) },
    people: came.filter(({ link_id }) => link_id === id).map((person) => person.name),
  }));
}

/** Nobody comes by it any more. `unshare`: who has come by it loses the chat too; otherwise they keep it. */
export async function revokeLink(
  store: Store,
  viewer: User,
  chatId: string,
  linkId: string,
  { unshare }: { readonly unshare: boolean },
): Promise<void> {
  await store.transact(async (tx) => {
    const chat = await lockChatFor(tx, viewer, "share", chatId);
    const link = await tx.db
      .updateTable("chat_links")
      .set({ revoked_at: tx.now })
      .where("id", "=", linkId)
      .where("chat_id", "=", chatId)
      .where("revoked_at", "is", null)
      .returning("id")
      .executeTakeFirst();
    if (link === undefined)
      throw notFound(`link ${JSON.stringify(linkId)} to this chat`, "sparky chats links ID shows those that there are");
    audit(tx, viewer, { kind: "chat.link_revoked", thing: chat.title, detail: nameOf(link), chatId });
    const came = unshare ? (await cameBy(tx.db, chatId)).filter(({ link_id }) => link_id === linkId) : [];
    // One after another: each is an event after the last.
    for (const [at, person] of came.entries())
      await takeShare(tx, store.hub, viewer, { ...chat, head: chat.head + at }, person);
  }, PROMPTLY);
}

export interface Taken {
  readonly chatId: string;
  readonly write: boolean;
  /** They did not have the chat before. */
  readonly created: boolean;
}

/**
 * The share that a link gives, to whoever takes it up: as by hand, and never less than what they have. Throws `not_found` for a token that is
 * none here, and one and the same `conflict` for any that was one, or is none for them: nobody learns more of the chat by it.
 */
export async function takeLink(store: Store, taker: User, token: string): Promise<Taken> {
  return store.transact(async (tx) => {
    const link = await tx.db
      .selectFrom("chat_links")
      .innerJoin("user", "user.id", "chat_links.made_by")
      .select(["chat_links.id", "chat_id", "can_write"])
      .select(["user.id as maker", "user.name", "user.role"])
      .select(sql<boolean>`NOT "user".banned`.as("is_in"))
      .where("hash", "=", hashOf(token))
      .executeTakeFirst();
    if (link === undefined)
      throw new SparkyError("not_found", "there is no such link", {
        hint: "copy it again, from its first to its last character",
      });
    const maker = { id: link.maker, name: link.name, role: link.role };
    const chat = await chatLock(tx, (eb) =>
      eb.and([eb("id", "=", link.chat_id), may(maker, "share", "chats")]),
    ).executeTakeFirst();
    // Looked at under the chat's lock: who ends it has come before, or comes after.
    const open = await openNow(tx, link.id);
    if (chat === undefined || open === null || !link.is_in || !mayHere(maker, "work.begin")) throw ended();
    if (taker.id === AGENT_ID) throw agentNeedsNone();
    const mayWrite = mayHere(taker, "work.begin");
    if (hasItAnyway(taker, chat)) return { chatId: chat.id, write: mayWrite, created: false };
    const write = mayWrite && link.can_write === 1;
    const before = await shareIn(tx.db, chat.id, taker.id);
    const isSaid = await saidByHand(tx.db, open, taker.id);
    if (before === undefined && isSaid) throw ended();
    if (before !== undefined && (isSaid || before.can_write >= Number(write)))
      return { chatId: chat.id, write: mayWrite && before.can_write === 1, created: false };
    const source = { id: link.id, words: `${maker.name}’s ${nameOf(link)}` };
    const created = await giveShare(tx, taker, chat, taker, { write, link: source });
    return { chatId: chat.id, write, created };
  }, PROMPTLY);
}

const ended = (): SparkyError =>
  new SparkyError("conflict", "this link has ended", { hint: "ask whoever gave it to you for another one" });

/**
 * Whether the chat was shared with somebody by hand, or taken from them, since a link was made: that word counts for more than the link,
 * by which they would undo it. As it stands in events, and in no text: quotes are escaped there.
 */
async function saidByHand(
  db: Db,
  { chat_id, created_at }: Pick<ChatLinkRow, "chat_id" | "created_at">,
  userId: string,
): Promise<boolean> {
  const row = await db
    .selectFrom("events")
    .select("seq")
    .where("chat_id", "=", chat_id)
    .where("type", "=", "chat")
    .where("at", ">=", created_at)
    .where("body", "like", `%"userId":"${userId}"%`)
    .where("body", "not like", `%"link":true%`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** null: it holds no more. Until the transaction has ended nobody ends it, whether by hand or with its maker's rights. */
async function openNow({ db, kind, now }: Tx, linkId: string): Promise<ChatLinkRow | null> {
  const query = db.selectFrom("chat_links").selectAll().where("id", "=", linkId);
  const row = await query.$if(kind === "postgres", (locked) => locked.forShare()).executeTakeFirst();
  return row === undefined || row.revoked_at !== null || row.expires_at <= now ? null : row;
}

const openIn = (db: Db, chatId: string, now: number) =>
  db
    .selectFrom("chat_links")
    .where("chat_links.chat_id", "=", chatId)
    .where("chat_links.revoked_at", "is", null)
    .where("chat_links.expires_at", ">", now);

const cameBy = (db: Db, chatId: string) =>
  db
    .selectFrom("chat_shares")
    .innerJoin("user", "user.id", "chat_shares.user_id")
    .select(["user.id", "user.name", "link_id"])
    .where("chat_id", "=", chatId)
    .where("link_id", "is not", null)
    .orderBy("user.name")
    .execute();

/** As lists on a terminal call it too. */
const nameOf = ({ id }: Pick<ChatLinkRow, "id">): string => `link ${id.slice(0, 8)}`;

const hashOf = (token: string): string => createHash("sha256").update(token).digest("base64url");
