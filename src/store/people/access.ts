import {
  expressionBuilder,
  sql,
  type Expression,
  type ExpressionBuilder,
  type ExpressionWrapper,
  type RawBuilder,
  type SqlBool,
} from "kysely";
import { notFound, SparkyError } from "../../core/errors.ts";
import {
  BELOW,
  manages,
  rolesWith,
  standingsWith,
  type RightHere,
  type RightOf,
  type Standing,
  type VerbOf,
} from "../../core/rights.ts";
import { AGENT_ID, type User } from "./user.ts";
import type { ChatRow, Schema, TaskRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";

/**
 * The one gate, in front of HTTP, sockets, streams, replay, search and export: what the table of rights says, as a condition of
 * their queries. What one may not see does not exist for one.
 */
interface Rights {
  chats: VerbOf<"chats">;
  tasks: VerbOf<"tasks">;
  schedules: VerbOf<"schedules">;
  grants: VerbOf<"grants">;
}

type Rules = {
  readonly [T in keyof Rights]: (
    viewer: User,
    of: Standings,
    right: Rights[T],
  ) => ExpressionWrapper<Schema, T, SqlBool>;
};

/** For a query over the table, alone or joined: the rows with which the viewer may do this. Also to be selected. */
export function may<T extends keyof Rights>(viewer: User, right: Rights[T], table: T): ReturnType<Rules[T]> {
  // Each verb of a table, with its name before it, is a right.
  const of = new Set(standingsWith(`${table}.${right}` as RightOf, rowRole(viewer)));
  return RULES[table](viewer, of, right) as ReturnType<Rules[T]>;
}

/** How one may stand to the thing. */
type Standings = ReadonlySet<Standing>;

/** That a viewer changes nothing is seen to at the door: what they had begun and planned before goes on. */
const rowRole = ({ role }: User): User["role"] => (role === "viewer" ? "member" : role);

/** The chats to which one stands so. */
function chatsOf(viewer: User, of: Standings): ExpressionWrapper<Schema, "chats", SqlBool> {
  const eb = expressionBuilder<Schema, "chats">();
  const shared = eb
    .selectFrom("chat_shares")
    .select(sql`1`.as("one"))
    .whereRef("chat_shares.chat_id", "=", "chats.id")
    .where("chat_shares.user_id", "=", viewer.id)
    .$if(!of.has("watches"), (query) => query.where("chat_shares.can_write", "=", 1));
  return eb.or([
    ...(of.has("own") ? [eb("chats.owner_id", "=", viewer.id)] : []),
    ...(of.has("writes") ? [eb.exists(shared)] : []),
    ...(of.has("agents") ? [eb("chats.owner_id", "=", AGENT_ID)] : []),
    ...(of.has("below") ? [eb.exists(ownersBelow(viewer))] : []),
  ]);
}

/** The chat's owner, where that is somebody of a lesser role. */
const ownersBelow = ({ role }: User) =>
  expressionBuilder<Schema, "chats">()
    .selectFrom("user")
    .select(sql`1`.as("one"))
    .whereRef("user.id", "=", "chats.owner_id")
    .where("user.role", "in", BELOW[role]);

const RULES: Rules = {
  chats(viewer, of, right) {
    const eb = expressionBuilder<Schema, "chats">();
    const theirs = chatsOf(viewer, of);
    return right === "restore" ? theirs : eb.and([eb("chats.deleted_at", "is", null), theirs]);
  },

  tasks(viewer, of, right) {
    const eb = expressionBuilder<Schema, "tasks">();
    const chat = eb
      .selectFrom("chats")
      .select(sql`1`.as("one"))
      .whereRef("chats.id", "=", "tasks.chat_id")
      .where("chats.deleted_at", "is", null)
      .where(chatsOf(viewer, of));
    // Who may write in its chat no more may not begin work there again, by a task that was theirs either.
    const whose = right === "see" ? eb.or([eb("tasks.owner_id", "=", viewer.id), eb.exists(chat)]) : eb.exists(chat);
    return eb.and([eb("tasks.deleted_at", "is", null), whose]);
  },

  schedules(viewer) {
    const eb = expressionBuilder<Schema, "schedules">();
    return eb.and([eb("schedules.owner_id", "=", viewer.id), eb("schedules.deleted_at", "is", null)]);
  },

  grants(viewer, of) {
    const eb = expressionBuilder<Schema, "grants">();
    return eb.or([
      eb("grants.principal_id", "=", viewer.id),
      eb("grants.granted_by", "=", viewer.id),
      ...(of.has("agents") ? [eb("grants.principal_id", "=", AGENT_ID)] : []),
    ]);
  },
};

/** What one's role alone gives. */
export function mayHere({ role }: Pick<User, "role">, right: RightHere): boolean {
  return rolesWith(right).includes(role);
}

/** Throws `forbidden` where somebody has not to say what people of this role may do. */
export function requireManages({ role }: Pick<User, "role">, ...of: readonly User["role"][]): void {
  if (of.every((each) => manages(role, each))) return;
  throw new SparkyError(
    "forbidden",
    "an admin looks after members and viewers; the others are an owner’s to look after",
    {
      hint: "ask an owner",
    },
  );
}

/** Whether somebody may do this with what they stand to in this way: for rules that are no query. */
export function mayAs(viewer: User, standing: Standing, right: RightOf): boolean {
  return standingsWith(right, rowRole(viewer)).includes(standing);
}

/** What who sees a chat is told when more is asked for than the right to see it gives. */
const REFUSED: {
  readonly [right in Exclude<Rights["chats"], "see" | "mark" | "restore" | "approve">]: readonly [
    message: string,
    hint?: string,
  ];
} = {
  write: ["you may watch this chat, but not write in it", "ask its owner to share it with you for writing"],
  answer: ["you may watch this chat, but not answer for it"],
  context: [
    "what a model is given in a chat is shown to whose chat it is alone: what they have in their memory may be in it",
    "ask them",
  ],
  delete: ["only who may write in a chat can delete it"],
  share: ["only its owner can share this chat, and say with whom"],
};

/** The chat, if the viewer may do this in it. `hidden`: what is said not to exist when it may not even be seen. */
export async function chatFor(
  db: Db,
  viewer: User,
  right: ChatRight,
  chatId: string,
  hidden = `chat ${JSON.stringify(chatId)}`,
): Promise<ChatRow> {
  const found = await asked(db, viewer, right, chatId).executeTakeFirst();
  return allowed(found, right, hidden);
}

/** The same under the chat's lock, as for a change in it: the row is read once. */
export async function lockChatFor(
  tx: Tx,
  viewer: User,
  right: ChatRight,
  chatId: string,
  hidden = `chat ${JSON.stringify(chatId)}`,
): Promise<ChatRow> {
  const found = await asked(tx.db, viewer, right, chatId)
    .$if(tx.kind === "postgres", (query) => query.forNoKeyUpdate())
    .executeTakeFirst();
  return allowed(found, right, hidden);
}

type ChatRight = Exclude<Rights["chats"], "restore" | "approve">;

function asked(db: Db, viewer: User, right: ChatRight, chatId: string) {
  return db
    .selectFrom("chats")
    .selectAll("chats")
    .select(may(viewer, right, "chats").as("allowed"))
    .where("chats.id", "=", chatId)
    .where(may(viewer, "see", "chats"));
}

function allowed(found: (ChatRow & { allowed: SqlBool }) | undefined, right: ChatRight, hidden: string): ChatRow {
  if (found === undefined) throw notFound(hidden);
  const { allowed: isAllowed, ...chat } = found;
  // Whoever sees a chat may mark it for themselves.
  if (right === "see" || right === "mark" || isAllowed) return chat;
  const [message, hint] = REFUSED[right];
  throw new SparkyError("forbidden", message, hint === undefined ? {} : { hint });
}

/** The task, if the viewer may do this with it. */
export async function taskFor(db: Db, viewer: User, right: Rights["tasks"], taskId: string): Promise<TaskRow> {
  const found = await db
    .selectFrom("tasks")
    .selectAll("tasks")
    .select(may(viewer, right, "tasks").as("allowed"))
    .where("tasks.id", "=", taskId)
    .where(may(viewer, "see", "tasks"))
    .executeTakeFirst();
  if (found === undefined) throw notFound(`task ${JSON.stringify(taskId)}`);
  const { allowed, ...task } = found;
  if (!allowed) throw new SparkyError("forbidden", "you may watch this task, but not change it");
  return task;
}

/**
 * Locks the chat's row: every change of a chat's runs happens under it, so they happen one after another. Nothing to
 * do on SQLite, where the whole transaction is alone. This lock, and not a stronger one, everywhere: rows that only refer
 * to the chat, as those of the index of search, can be written meanwhile, and keep nobody from it.
 */
export async function lockChat(tx: Tx, chatId: string): Promise<ChatRow> {
  const row = await chatLock(tx, (eb) => eb("id", "=", chatId)).executeTakeFirst();
  if (row === undefined) throw notFound(`chat ${JSON.stringify(chatId)}`);
  return row;
}

/** The same as a query, for who asks for more at once. */
export function chatLock(tx: Tx, which: (eb: ExpressionBuilder<Schema, "chats">) => Expression<SqlBool>) {
  return tx.db
    .selectFrom("chats")
    .selectAll()
    .where(which)
    .where("deleted_at", "is", null)
    .$if(tx.kind === "postgres", (query) => query.forNoKeyUpdate());
}

/** Whether a link by which the chat is shared holds: of a query over chats. */
export const hasLink = (now: number): RawBuilder<SqlBool> =>
  sql<SqlBool>`EXISTS (SELECT 1 FROM chat_links l WHERE l.chat_id = chats.id AND l.revoked_at IS NULL AND l.expires_at > ${now})`;

/** Whoever may see the chat: to them alone its changes are announced. */
export async function audienceOf(db: Db, chat: Pick<ChatRow, "id" | "owner_id">): Promise<readonly string[]> {
  return (await audiencesOf(db, [chat])).get(chat.id) ?? [];
}

/** The same for many chats, by id, with one question to the database. */
export async function audiencesOf(
  db: Db,
  chats: readonly Pick<ChatRow, "id" | "owner_id">[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const ids = chats.map((chat) => chat.id);
  const none = sql<string | null>`NULL`.as("chat_id");
  const rows = await db
    .selectFrom("chat_shares")
    .select(["chat_id", "user_id"])
    .where("chat_id", "in", ids)
    .$castTo<{ readonly chat_id: string | null; readonly user_id: string }>()
    .unionAll(db.selectFrom("user").select([none, "id as user_id"]).where("role", "=", "owner"))
    .execute();
  const owners = rows.flatMap((row) => (row.chat_id === null ? [row.user_id] : []));
  const audiences = new Map(
    chats.map((chat) => [chat.id, new Set([chat.owner_id, ...(chat.owner_id === AGENT_ID ? owners : [])])]),
  );
  for (const { chat_id, user_id } of rows) if (chat_id !== null) audiences.get(chat_id)?.add(user_id);
  return new Map([...audiences].map(([id, users]) => [id, [...users]]));
}
