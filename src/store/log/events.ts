import { SparkyError } from "../../core/errors.ts";
import { anyEventSchema, chatEventSchema, EVENT_TYPES, type ChatEvent, type EventType } from "../../core/events.ts";
import type { HubEvent } from "../../core/hub.ts";
import { wellFormedJson } from "../../core/text.ts";
import { chatFor } from "../people/access.ts";
import { eventJson } from "../database/drafts.ts";
import { pageSize } from "../database/page.ts";
import type { EventRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Store } from "../database/store.ts";
import type { User } from "../people/user.ts";

/** Replay: reading a chat's log by page, from any point. */

const PAGE_EVENTS = 200;
const PAGE_BYTES = 65_536;
const FIRST_ROWS = 40;
/** So many bytes of events are in one answer over HTTP, or one bigger event. */
const HTTP_PAGE_BYTES = 262_144;

/**
 * The next events after `after`, serialised, at most so many and so many bytes, but at least one if there is one. No
 * permission check: for callers that have made theirs.
 */
export async function readPage(
  store: Store,
  chatId: string,
  after: number,
  limits: { readonly events?: number; readonly bytes?: number } = {},
): Promise<readonly HubEvent[]> {
  const most = limits.events ?? PAGE_EVENTS;
  const room = limits.bytes ?? PAGE_BYTES;
  const page: HubEvent[] = [];
  let bytes = 0;
  // Few rows first: events may be big, and what does not fit into the page should not be read for it.
  for (let want = Math.min(FIRST_ROWS, most); page.length < most; want = most - page.length) {
    const rows = await store.db
      .selectFrom("events")
      .select(["seq", "body"])
      .where("chat_id", "=", chatId)
      .where("seq", ">", page.at(-1)?.seq ?? after)
      .orderBy("seq")
      .limit(want)
      .execute();
    for (const row of rows) {
      const json = eventJson(chatId, row.seq, row.body);
      bytes += Buffer.byteLength(json);
      if (page.length > 0 && bytes > room) return page;
      page.push({ seq: row.seq, json });
    }
    if (rows.length < want) break;
  }
  return page;
}

/** The log's last `seq`; null when there is no such chat. */
export async function readHead(store: Store, chatId: string): Promise<number | null> {
  const row = await store.db
    .selectFrom("chats")
    .select("head")
    .where("id", "=", chatId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row?.head ?? null;
}

/** Text that an older version has cut between the halves of a character is read as well-formed, and stays as it is. */
export function decodeEvent(chatId: string, seq: number, body: string): ChatEvent {
  return chatEventSchema.parse({ ...(JSON.parse(wellFormedJson(body)) as object), chatId, seq });
}

/**
 * The same; null: it is damaged, or of a version to come. `verify` finds such an event; nothing that reads a log, and above
 * all no end of a run, waits for it.
 */
export function readableEvent(chatId: string, seq: number, body: string): ChatEvent | null {
  try {
    return decodeEvent(chatId, seq, body);
  } catch {
    return null;
  }
}

/** The same for whoever asks for a page: as over a socket, what only a newer Sparky knows is there too, for them to show as such. */
function servedEvent(chatId: string, { seq, body }: BodyRow): ChatEvent | null {
  const known = readableEvent(chatId, seq, body);
  if (known !== null) return known;
  try {
    const raw: unknown = { ...(JSON.parse(wellFormedJson(body)) as object), chatId, seq };
    // No kind of ours: every reader of such pages has words for that.
    return anyEventSchema.parse(raw) as unknown as ChatEvent;
  } catch {
    return null;
  }
}

/** The same for a stretch of a chat's log. */
export async function servedEvents(db: Db, chatId: string, range: EventRange): Promise<readonly ChatEvent[]> {
  return (await eventsOf(db, chatId, range).execute()).flatMap((row) => servedEvent(chatId, row) ?? []);
}

interface EventRange {
  readonly from?: number;
  readonly to?: number;
  readonly types?: readonly EventType[];
}

/** All events of a chat from `from` on, decoded: what a fold of the log starts from. */
export async function readEvents(db: Db, chatId: string, range: EventRange = {}): Promise<readonly ChatEvent[]> {
  return decodeAll(chatId, await eventsOf(db, chatId, range).execute());
}

/** The same as a query, for who asks for more at once. */
export function eventsOf(db: Db, chatId: string, range: EventRange) {
  return db
    .selectFrom("events")
    .select(["seq", "body"])
    .where("chat_id", "=", chatId)
    .where("seq", ">=", range.from ?? 1)
    .$if(range.to !== undefined, (query) => query.where("seq", "<=", range.to ?? 0))
    .$if(range.types !== undefined, (query) => query.where("type", "in", [...(range.types ?? [])]))
    .orderBy("seq");
}

export function decodeAll(
  chatId: string,
  rows: readonly { readonly seq: number; readonly body: string }[],
): readonly ChatEvent[] {
  return rows.flatMap(({ seq, body }) => readableEvent(chatId, seq, body) ?? []);
}

export interface EventsQuery {
  readonly after?: number;
  readonly before?: number;
  readonly limit?: number;
  readonly type?: string;
  readonly epoch?: string;
}

type BodyRow = Pick<EventRow, "seq" | "body">;

/** Rows that follow `start`, at most so many and so many bytes, but at least one: few are read that do not fit. */
async function fitting(
  read: (seq: number | undefined, want: number) => Promise<readonly BodyRow[]>,
  start: number | undefined,
  most: number,
): Promise<readonly BodyRow[]> {
  const page: BodyRow[] = [];
  let bytes = 0;
  while (page.length < most) {
    const want = Math.min(FIRST_ROWS, most - page.length);
    const rows = await read(page.at(-1)?.seq ?? start, want);
    for (const row of rows) {
      bytes += Buffer.byteLength(row.body);
      if (page.length > 0 && bytes > HTTP_PAGE_BYTES) return page;
      page.push(row);
    }
    if (rows.length < want) break;
  }
  return page;
}

/** A page for HTTP: after a point, before a point, or the newest. Always ascending. */
export async function eventsPage(
  store: Store,
  viewer: User,
  chatId: string,
  query: EventsQuery,
): Promise<{ readonly events: readonly ChatEvent[]; first: number; last: number; epoch: string }> {
  const chat = await chatFor(store.db, viewer, "see", chatId);
  if (query.epoch !== undefined && query.epoch !== store.epoch) {
    throw new SparkyError("conflict", "the history was cut since: this is another epoch", {
      hint: "drop what you have and read from the start",
    });
  }
  const types = query.type === undefined ? [] : query.type.split(",");
  const unknown = types.find((type) => !EVENT_TYPES.includes(type as EventType));
  if (unknown !== undefined) {
    throw new SparkyError("invalid_input", `type: there is no event type ${JSON.stringify(unknown)}`, {
      hint: `the types are ${EVENT_TYPES.join(", ")}`,
    });
  }
  const forward = query.after !== undefined;
  const from = (seq: number | undefined, want: number) =>
    store.db
      .selectFrom("events")
      .select(["seq", "body"])
      .where("chat_id", "=", chatId)
      .$if(seq !== undefined, (q) => q.where("seq", forward ? ">" : "<", seq ?? 0))
      .$if(types.length > 0, (q) => q.where("type", "in", types))
      .orderBy("seq", forward ? "asc" : "desc")
      .limit(want)
      .execute();
  const rows = await fitting(from, query.after ?? query.before, pageSize(query));
  const events = rows.flatMap((row) => servedEvent(chatId, row) ?? []);
  if (!forward) events.reverse();
  return { events, first: chat.head === 0 ? 0 : 1, last: chat.head, epoch: store.epoch };
}

/** Whether a person's message lies above `readSeq`: words that no step of a run has read yet. */
export async function hasUnread(db: Db, chatId: string, readSeq: number): Promise<boolean> {
  return hasPersonsWords(await readEvents(db, chatId, { from: readSeq + 1, types: ["message"] }));
}

export function hasPersonsWords(events: readonly ChatEvent[]): boolean {
  return events.some((event) => event.type === "message" && event.data.role === "user" && event.taskId === null);
}
