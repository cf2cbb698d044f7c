import { audit } from "../audit/audit.ts";
import { sql, type RawBuilder, type SqlBool } from "kysely";
import type { Effort } from "../../core/effort.ts";
import { isoTime } from "../../core/clock.ts";
import { notFound, SparkyError } from "../../core/errors.ts";
import type { NewEvent, EventOf } from "../../core/events.ts";
import { withoutIds } from "../../core/references.ts";
import { shorten } from "../../core/text.ts";
import { audienceOf, chatFor, hasLink, lockChatFor, may, mayHere } from "../people/access.ts";
import { userActor } from "../people/actors.ts";
import { readEvents } from "../log/events.ts";
import { openMemory } from "./open-memory.ts";
import { chatPreviews, type ChatPreview } from "./previews.ts";
import { cancelChat } from "../endings/chat.ts";
import type { EndedState } from "../../core/run-state.ts";
import { holdingRuns, openRuns } from "../runs/open.ts";
import type { ChatRow, RunRow } from "../database/schema.ts";
import { newestFirst, pageFrom, pageOf, type PageQuery } from "../database/page.ts";
import { madeOnce, type Db } from "../database/sql.ts";
import { begins, contains } from "../database/spellings.ts";
import type { Store, Tx } from "../database/store.ts";
import { AGENT_ID, type User } from "../people/user.ts";

/** A chat as the API tells it to one viewer. */
export interface Chat {
  readonly id: string;
  readonly title: string;
  readonly ownerId: string;
  readonly origin: ChatRow["origin"];
  readonly model: string | null;
  readonly effort: Effort | null;
  readonly head: number;
  readonly seen: number;
  readonly archived: boolean;
  /** Whether its runs are given what is known that matters. */
  readonly recall: boolean;
  /** The viewer's own memory is used here, whoever reads it. */
  readonly openMemory?: true;
  /** Others see it too: their memory, and the viewer's, is used here only where they have opened it. */
  readonly othersRead?: true;
  readonly createdAt: string;
  readonly lastEventAt: string;
  readonly runState: RunRow["state"] | null;
  readonly lastRunState: EndedState | null;
  readonly canWrite: boolean;
  /** Whose it is, by name, where the viewer sees it only because it is shared with them. */
  readonly owner?: string;
  /** Only where it was asked for. */
  readonly preview?: ChatPreview;
}

const UNTITLED = "New chat";
const MAX_TITLE = 80;

/** The first line of some words, cut at a word. */
export function titleFrom(text: string): string {
  const line = withoutIds(text.trim().split("\n", 1)[0]?.trim() ?? "");
  if (line.length <= MAX_TITLE) return line;
  const words = line.slice(0, MAX_TITLE).lastIndexOf(" ");
  return words < MAX_TITLE / 2 ? shorten(line, MAX_TITLE) : `${line.slice(0, words).trimEnd()}…`;
}

type NewChatRow = Pick<ChatRow, "owner_id" | "title" | "titled_by" | "origin" | "schedule" | "model" | "key"> &
  Partial<Pick<ChatRow, "effort">>;

/** A chat's row, to be inserted before the first event of its log, which is `createdEvent`. */
export function newChatRow(tx: Tx, row: NewChatRow): ChatRow {
  return {
    effort: null,
    ...row,
    id: tx.newId(),
    head: 0,
    run_id: null,
    run_lease: null,
    archived: 0,
    recall: 1,
    created_at: tx.now,
    last_event_at: tx.now,
    deleted_at: null,
  };
}

export function createdEvent(creator: User, chat: ChatRow): NewEvent {
  return chatEvent(creator, { change: "created", title: chat.title, ownerId: chat.owner_id });
}

export function chatEvent(by: User, data: EventOf<"chat">["data"]): NewEvent {
  return { type: "chat", data, runId: null, taskId: null, step: null, actor: userActor(by) };
}

export async function createChat(
  store: Store,
  viewer: User,
  input: {
    readonly title?: string | undefined;
    readonly model?: string | undefined;
    readonly effort?: Effort | undefined;
    readonly key?: string | undefined;
  },
): Promise<{ readonly chat: Chat; readonly created: boolean }> {
  const make = async (tx: Tx) => {
    if (input.key !== undefined) {
      const known = await tx.db
        .selectFrom("chats")
        .selectAll()
        .where("owner_id", "=", viewer.id)
        .where("key", "=", input.key)
        .where("deleted_at", "is", null)
        .executeTakeFirst();
      if (known !== undefined) {
        if ((await forkedFrom(tx.db, known.id)).length > 0) throw keyOfAFork();
        return { row: known, created: false };
      }
    }
    const row = newChatRow(tx, {
      owner_id: viewer.id,
      title: input.title ?? UNTITLED,
      titled_by: input.title === undefined ? "nobody" : "person",
      origin: "user",
      schedule: null,
      model: input.model ?? null,
      effort: input.effort ?? null,
      key: input.key ?? null,
    });
    await tx.db.insertInto("chats").values(row).execute();
    await tx.append(row.id, [createdEvent(viewer, row)]);
    tx.changed("chats", [viewer.id], row.id);
    return { row, created: true };
  };
  const made = await madeOnce(() => store.transact(make));
  return { chat: await getChat(store, viewer, made.row.id), created: made.created };
}

const keyOfAFork = (): SparkyError =>
  new SparkyError("conflict", "this key has made another chat already, one that goes on from an older one", {
    hint: "send a key of its own with each new chat",
  });

/** The chats that it goes on from; none: it was begun by itself. */
export async function forkedFrom(db: Db, chatId: string): Promise<readonly string[]> {
  const events = await readEvents(db, chatId, { types: ["chat"] });
  return events.flatMap(({ type, data }) => (type === "chat" && data.change === "forked" ? [data.from] : []));
}

export interface ChatsQuery extends PageQuery {
  /** Left out: those that are not; of those that a prefix names, all. */
  readonly archived?: boolean | undefined;
  /** Those in which a run is queued, works or waits; false: the others. */
  readonly working?: boolean | undefined;
  /** Words in the title. */
  readonly search?: string | undefined;
  readonly origin?: ChatRow["origin"] | undefined;
  /** Those that the viewer has pinned; false: the others. */
  readonly pinned?: boolean | undefined;
  /** Those on which the viewer has put this tag. */
  readonly tag?: string | undefined;
  /** With what a list shows of each. */
  readonly preview?: boolean | undefined;
  /** Only ids that start so. */
  readonly prefix?: string | undefined;
}

export const LATEST_FIRST = newestFirst("chats.last_event_at", "chats.id");

/** The viewer's chats, the one with the latest event first. */
export async function listChats(
  store: Store,
  viewer: User,
  query: ChatsQuery = {},
): Promise<{ readonly items: readonly Chat[]; readonly next: string | null }> {
  const rows = await chatRows(store, viewer)
    .$if(query.archived !== undefined || query.prefix === undefined, (q) =>
      q.where("chats.archived", "=", query.archived ? 1 : 0),
    )
    .$if(query.working !== undefined, (q) =>
      q.where((eb) => {
        const open = eb.exists(
          eb
            .selectFrom("runs")
            .select(sql`1`.as("one"))
            .whereRef("runs.chat_id", "=", "chats.id")
            .where(openRuns()),
        );
        return query.working ? open : eb.not(open);
      }),
    )
    .$if(query.origin !== undefined, (q) => q.where("chats.origin", "=", query.origin ?? "user"))
    .$if(query.pinned !== undefined, (q) =>
      q.where((eb) => {
        const pin = eb
          .selectFrom("chat_pins")
          .select(sql`1`.as("one"))
          .whereRef("chat_pins.chat_id", "=", "chats.id")
          .where("chat_pins.user_id", "=", viewer.id);
        return query.pinned ? eb.exists(pin) : eb.not(eb.exists(pin));
      }),
    )
    .$if(query.tag !== undefined, (q) =>
      q.where((eb) =>
        eb.exists(
          eb
            .selectFrom("chat_tags")
            .select(sql`1`.as("one"))
            .whereRef("chat_tags.chat_id", "=", "chats.id")
            .where("chat_tags.user_id", "=", viewer.id)
            .where("chat_tags.tag", "=", query.tag ?? ""),
        ),
      ),
    )
    .$if(query.search !== undefined, (q) => q.where(contains("chats.title", query.search ?? "")))
    .$if(query.prefix !== undefined, (q) => q.where(begins("chats.id", query.prefix ?? "")))
    .$call(pageFrom(LATEST_FIRST, query))
    .execute();
  const page = pageOf(rows, query, (row) => [row.last_event_at, row.id]);
  const items = page.rows.map(chatOf);
  if (!query.preview) return { items, next: page.next };
  const previews = await chatPreviews(
    store,
    viewer,
    items.map(({ id }) => id),
  );
  return {
    items: items.map((chat) => ({ ...chat, ...previewFor(previews.get(chat.id)) })),
    next: page.next,
  };
}

/** A chat that went between the two questions has none. */
function previewFor(preview: ChatPreview | undefined): { readonly preview?: ChatPreview } {
  return preview === undefined ? {} : { preview };
}

export async function getChat(store: Store, viewer: User, chatId: string): Promise<Chat> {
  const row = await chatRows(store, viewer).where("chats.id", "=", chatId).executeTakeFirst();
  if (row === undefined) throw notFound(`chat ${JSON.stringify(chatId)}`);
  return chatOf(row);
}

export async function patchChat(
  store: Store,
  viewer: User,
  chatId: string,
  patch: {
    readonly title?: string | undefined;
    readonly archived?: boolean | undefined;
    readonly recall?: boolean | undefined;
    readonly openMemory?: boolean | undefined;
    readonly model?: string | null | undefined;
    readonly effort?: Effort | null | undefined;
  },
): Promise<Chat> {
  await store.transact(async (tx) => {
    const chat = await lockChatFor(tx, viewer, "write", chatId);
    const { title, archived, recall, model, effort, openMemory: open } = patch;
    const events: NewEvent[] = [];
    if (title !== undefined && (title !== chat.title || chat.titled_by !== "person")) {
      events.push(chatEvent(viewer, { change: "renamed", title, by: "person" }));
    }
    if (archived !== undefined && archived !== (chat.archived === 1)) {
      events.push(chatEvent(viewer, { change: "archived", archived }));
    }
    if (recall !== undefined && recall !== (chat.recall === 1)) {
      events.push(chatEvent(viewer, { change: "recall", recall }));
    }
    if (open !== undefined && (await openMemory(tx, viewer, chatId, open))) {
      events.push(chatEvent(viewer, { change: "memory", open }));
      audit(tx, viewer, { kind: open ? "chat.memory_opened" : "chat.memory_closed", thing: chat.title, chatId });
    }
    if (model !== undefined && model !== chat.model) {
      events.push(chatEvent(viewer, { change: "model", model: model ?? "" }));
    }
    if (effort !== undefined && effort !== chat.effort) {
      events.push(chatEvent(viewer, { change: "effort", effort: effort ?? "" }));
    }
    if (events.length === 0) return;
    await tx.append(chatId, events);
    await ownIsSeen(tx, viewer, chat, events.length);
    const set = {
      ...(title !== undefined && { title, titled_by: "person" as const }),
      ...(archived !== undefined && { archived: archived ? 1 : 0 }),
      ...(recall !== undefined && { recall: recall ? 1 : 0 }),
      ...(model !== undefined && { model }),
      ...(effort !== undefined && { effort }),
    };
    if (Object.keys(set).length > 0) await tx.db.updateTable("chats").set(set).where("id", "=", chatId).execute();
    tx.changed("chats", await audienceOf(tx.db, chat), chatId);
  });
  return getChat(store, viewer, chatId);
}

/** Cancels what runs or waits in the chat and hides it at once; all that belongs to it is purged later. */
export async function deleteChat(store: Store, viewer: User, chatId: string): Promise<void> {
  await store.transact(async (tx) => {
    const chat = await lockChatFor(tx, viewer, "delete", chatId);
    await cancelChat(tx, store.hub, viewer, chat);
    audit(tx, viewer, { kind: "chat.deleted", thing: chat.title, chatId });
    tx.changed("chats", await audienceOf(tx.db, chat), chatId);
  });
}

/** The viewer has seen the chat up to `seq`; never goes back. */
export async function markSeen(store: Store, viewer: User, chatId: string, seq: number): Promise<void> {
  const chat = await chatFor(store.db, viewer, "mark", chatId);
  const value = Math.min(seq, chat.head);
  await store.transact(async (tx) => {
    await seenIn(tx, viewer, chatId, value);
    tx.changed("chats", [viewer.id], chatId);
  });
}

export async function seenIn(tx: Tx, viewer: User, chatId: string, seq: number): Promise<void> {
  await tx.db
    .insertInto("seen")
    .values({ chat_id: chatId, user_id: viewer.id, seq })
    .onConflict((oc) => oc.columns(["chat_id", "user_id"]).doUpdateSet({ seq }).where("seen.seq", "<", seq))
    .execute();
}

/** Who had seen all of a chat, as it was before, has seen the events of it that are of their own making. */
export async function ownIsSeen(tx: Tx, viewer: User, before: ChatRow, events: number): Promise<void> {
  await tx.db
    .updateTable("seen")
    .set({ seq: before.head + events })
    .where("chat_id", "=", before.id)
    .where("user_id", "=", viewer.id)
    .where("seq", "=", before.head)
    .execute();
}

function chatRows({ db, clock }: Store, viewer: User) {
  return db
    .selectFrom("chats")
    .selectAll("chats")
    .select((eb) => [
      may(viewer, "write", "chats").as("can_write"),
      eb
        .selectFrom("seen")
        .select("seen.seq")
        .whereRef("seen.chat_id", "=", "chats.id")
        .where("seen.user_id", "=", viewer.id)
        .as("seen"),
      eb
        .selectFrom("chat_memory")
        .select("chat_memory.user_id")
        .whereRef("chat_memory.chat_id", "=", "chats.id")
        .where("chat_memory.user_id", "=", viewer.id)
        .as("open_memory"),
      othersRead(viewer, clock.now()).as("others_read"),
      eb
        .selectFrom("user")
        .select("user.name")
        .whereRef("user.id", "=", "chats.owner_id")
        .where("chats.owner_id", "not in", mayHere(viewer, "agent.act") ? [viewer.id, AGENT_ID] : [viewer.id])
        .as("owner"),
      eb
        .selectFrom("runs")
        .select("runs.state")
        .whereRef("runs.chat_id", "=", "chats.id")
        .where(holdingRuns())
        .limit(1)
        .as("active"),
      eb
        .selectFrom("runs")
        .select("runs.state")
        .whereRef("runs.chat_id", "=", "chats.id")
        .where(openRuns())
        .where("runs.state", "=", "queued")
        .limit(1)
        .as("queued"),
      eb
        .selectFrom("runs")
        .select("runs.state")
        .whereRef("runs.chat_id", "=", "chats.id")
        .where("runs.ended_at", "is not", null)
        .orderBy("runs.ended_at", "desc")
        .limit(1)
        .as("ended"),
    ])
    .where(may(viewer, "see", "chats"));
}

/** As `audienceOf` tells it; or whoever has a link may at any moment. */
function othersRead(viewer: User, now: number): RawBuilder<SqlBool> {
  return sql<SqlBool>`(
    chats.owner_id NOT IN (${viewer.id}, ${AGENT_ID})
    OR EXISTS (SELECT 1 FROM chat_shares s WHERE s.chat_id = chats.id AND s.user_id <> ${viewer.id})
    OR ${hasLink(now)}
    OR (chats.owner_id = ${AGENT_ID} AND EXISTS (SELECT 1 FROM "user" u WHERE u.role = 'owner' AND u.id <> ${viewer.id})))`;
}

type ListedRow = ChatRow & {
  can_write: SqlBool;
  seen: number | null;
  open_memory: string | null;
  others_read: SqlBool;
  owner: string | null;
  active: RunRow["state"] | null;
  queued: RunRow["state"] | null;
  ended: RunRow["state"] | null;
};

function chatOf(row: ListedRow): Chat {
  return {
    id: row.id,
    title: row.title,
    ownerId: row.owner_id,
    origin: row.origin,
    model: row.model,
    effort: row.effort,
    head: row.head,
    seen: row.seen ?? 0,
    archived: row.archived === 1,
    recall: row.recall === 1,
    ...(row.open_memory !== null && { openMemory: true as const }),
    ...(Boolean(row.others_read) && { othersRead: true as const }),
    createdAt: isoTime(row.created_at),
    lastEventAt: isoTime(row.last_event_at),
    runState: row.active ?? row.queued,
    // A run has ended in one of these states.
    lastRunState: row.ended as Chat["lastRunState"],
    canWrite: Boolean(row.can_write),
    ...(row.owner !== null && { owner: row.owner }),
  };
}
