import { callLine, exactLine } from "../../core/exact.ts";
import { sql, type RawBuilder } from "kysely";
import { isoTime } from "../../core/clock.ts";
import type { ChatEvent } from "../../core/events.ts";
import { flawsIn } from "../../core/run-state.ts";
import { shorten } from "../../core/text.ts";
import { may } from "../people/access.ts";
import { openQuestions } from "../questions/questions.ts";
import { seesApproval } from "../approvals/approvers.ts";
import { askedApprovals } from "../approvals/asked.ts";
import { titleFrom } from "../chats/chats.ts";
import { lookBackOf } from "../database/look-back.ts";
import { readableEvent } from "../log/events.ts";
import type { ApprovalRow, QuestionRow } from "../database/schema.ts";
import type { Store } from "../database/store.ts";
import { field, isFlawed, kindOf, mayBeTold, type AwayKind } from "./away-events.ts";
import type { User } from "../people/user.ts";

/** What a person has missed: read from the log above their own `seen`, with no model call. */

export interface AwayItem {
  readonly kind: AwayKind;
  readonly chatId: string;
  readonly seq: number;
  readonly at: string;
  /** null: a task that failed before it had a run. */
  readonly runId: string | null;
  readonly taskId: string | null;
  readonly title: string;
  readonly reason: string | null;
  readonly approvalId: string | null;
  readonly questionId: string | null;
  readonly expiresAt: string | null;
  readonly schedule: string | null;
  readonly tookMs: number | null;
}

export type AwayTotals = { readonly [kind in AwayKind]: number } & {
  /** Of what was completed, that on whose way not all went well. */
  readonly flawed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
};

export interface Away {
  readonly items: readonly AwayItem[];
  readonly next: null;
  readonly total: number;
  readonly totals: AwayTotals;
  readonly waiting: number;
  readonly complete: boolean;
}

const MAX_ITEMS = 500;
/** Of a message that mentions the viewer: it is a link to the rest. */
const MAX_WORDS = 500;
const MAX_CHATS = 500;
/** So many unseen events are looked at, those of the most recent chats first: one look costs no more, however long one was away. */
const MAX_EVENTS = 20_000;

export async function away(store: Store, viewer: User, lookAt: number = MAX_EVENTS): Promise<Away> {
  const { ranges, complete } = await unseen(store, viewer, lookAt);
  const waiting = (await openApprovals(store, viewer)) + (await openQuestions(store, viewer));
  if (ranges.length === 0) return { items: [], next: null, total: 0, totals: NOTHING, waiting, complete };
  const totals = await totalsOf(store, viewer, ranges);
  const total =
    totals.completed +
    totals.failed +
    totals.cancelled +
    totals.recovered +
    totals.asks +
    totals.waits +
    totals.notice +
    totals.skipped +
    totals.paused +
    totals.mentioned;
  return { items: await itemsOf(store, viewer, ranges), next: null, total, totals, waiting, complete };
}

/** How many approvals wait for an answer where the viewer sees them. */
export async function openApprovals(store: Store, viewer: User): Promise<number> {
  const { count } = await store.db
    .selectFrom("approvals")
    .innerJoin("chats", "chats.id", "approvals.chat_id")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where(askedApprovals())
    .where(seesApproval(viewer))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Marks the chats as seen up to the `seq`s, as far as the viewer may see them; never goes back. Returns how many there were. */
export async function markAwaySeen(
  store: Store,
  viewer: User,
  shown: { readonly [chatId: string]: number },
): Promise<number> {
  const ids = Object.keys(shown);
  if (ids.length === 0) return 0;
  return store.transact(async (tx) => {
    const chats = await tx.db
      .selectFrom("chats")
      .select(["chats.id", "chats.head"])
      .where("chats.id", "in", ids)
      .where(may(viewer, "mark", "chats"))
      .execute();
    if (chats.length === 0) return 0;
    await tx.db
      .insertInto("seen")
      .values(chats.map(({ id, head }) => ({ chat_id: id, user_id: viewer.id, seq: Math.min(shown[id] ?? 0, head) })))
      .onConflict((oc) =>
        oc
          .columns(["chat_id", "user_id"])
          .doUpdateSet((eb) => ({ seq: eb.ref("excluded.seq") }))
          .whereRef("seen.seq", "<", "excluded.seq"),
      )
      .execute();
    for (const { id } of chats) tx.changed("chats", [viewer.id], id);
    return chats.length;
  });
}

/** Events of a chat that are looked at: those above `after`. */
interface Range {
  readonly chatId: string;
  readonly after: number;
}

async function unseen(
  store: Store,
  viewer: User,
  lookAt: number,
): Promise<{ readonly ranges: readonly Range[]; readonly complete: boolean }> {
  const now = store.clock.now();
  const lookBack = lookBackOf(store, `away ${viewer.id} ${viewer.role}`);
  // Not a join: that would read how far all chats were seen.
  const seen = sql<number>`coalesce((SELECT s.seq FROM seen s WHERE s.chat_id = chats.id AND s.user_id = ${viewer.id}), 0)`;
  const chats = await store.db
    .selectFrom("chats")
    .select(["chats.id", "chats.head", "chats.last_event_at"])
    .select(seen.as("seen"))
    .where(may(viewer, "see", "chats"))
    .where("chats.last_event_at", ">=", lookBack.from(now))
    .where("chats.head", ">", seen)
    .orderBy("chats.last_event_at", "desc")
    .limit(MAX_CHATS + 1)
    .execute();
  if (chats.length <= MAX_CHATS) lookBack.looked(now, chats.at(-1)?.last_event_at);
  const ranges: Range[] = [];
  let left = lookAt;
  let complete = chats.length <= MAX_CHATS;
  for (const { id, head, seen: to } of chats.slice(0, MAX_CHATS)) {
    const after = Math.max(Number(to), head - left);
    if (after > Number(to)) complete = false;
    if (after >= head) break;
    ranges.push({ chatId: id, after });
    left -= head - after;
  }
  return { ranges, complete };
}

/** The ranges as a table: so it is one statement, whatever their number. */
function above(store: Store, ranges: readonly Range[]): RawBuilder<unknown> {
  const json = JSON.stringify(ranges);
  return store.kind === "sqlite"
    ? sql`(SELECT value ->> 'chatId' AS chat_id, value ->> 'after' AS after_seq FROM json_each(${json}))`
    : sql`(SELECT value ->> 'chatId' AS chat_id, (value ->> 'after')::bigint AS after_seq
           FROM json_array_elements(${json}::json))`;
}

const NOTHING: AwayTotals = {
  completed: 0,
  flawed: 0,
  failed: 0,
  cancelled: 0,
  recovered: 0,
  asks: 0,
  waits: 0,
  notice: 0,
  skipped: 0,
  paused: 0,
  mentioned: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: null,
};

async function totalsOf(store: Store, viewer: User, ranges: readonly Range[]): Promise<AwayTotals> {
  const number = (name: string) => sql<number | null>`sum(CAST(${field(store, name)} AS DOUBLE PRECISION))`;
  const { rows } = await sql<{
    kind: AwayKind | null;
    count: number;
    flawed: number;
    input: number;
    output: number;
    cost: number | null;
  }>`
    SELECT ${kindOf(store, viewer)} AS kind, count(*) AS count,
      count(CASE WHEN ${field(store, "state")} = 'completed' AND ${isFlawed(store)} THEN 1 END) AS flawed, ${number("inputTokens")} AS input,
      ${number("outputTokens")} AS output, ${number("costUsd")} AS cost
    FROM ${above(store, ranges)} r CROSS JOIN events e
    WHERE e.chat_id = r.chat_id AND e.seq > r.after_seq AND ${mayBeTold(store, viewer, ["usage"])}
    GROUP BY 1`.execute(store.db);
  const count = (kind: AwayKind): number => Number(rows.find((row) => row.kind === kind)?.count ?? 0);
  const spent = rows.find((row) => row.kind === null);
  return {
    completed: count("completed"),
    flawed: Number(rows.find(({ kind }) => kind === "completed")?.flawed ?? 0),
    failed: count("failed"),
    cancelled: count("cancelled"),
    recovered: count("recovered"),
    asks: count("asks"),
    waits: count("waits"),
    notice: count("notice"),
    skipped: count("skipped"),
    paused: count("paused"),
    mentioned: count("mentioned"),
    inputTokens: Number(spent?.input ?? 0),
    outputTokens: Number(spent?.output ?? 0),
    costUsd: spent?.cost == null ? null : Number(spent.cost),
  };
}

interface ItemRow {
  readonly kind: AwayKind;
  readonly chat_id: string;
  readonly seq: number;
  readonly at: number;
  readonly body: string;
  readonly task_id: string | null;
}

async function itemsOf(store: Store, viewer: User, ranges: readonly Range[]): Promise<readonly AwayItem[]> {
  const { rows } = await sql<ItemRow>`
    SELECT ${kindOf(store, viewer)} AS kind, e.chat_id, e.seq, e.at, e.body, e.task_id
    FROM ${above(store, ranges)} r CROSS JOIN events e
    WHERE e.chat_id = r.chat_id AND e.seq > r.after_seq AND ${mayBeTold(store, viewer)} AND ${kindOf(store, viewer)} IS NOT NULL
    ORDER BY e.at DESC, e.chat_id, e.seq DESC
    LIMIT ${MAX_ITEMS}`.execute(store.db);
  const events = rows.flatMap((row) => {
    const event = readableEvent(row.chat_id, Number(row.seq), row.body);
    return event === null ? [] : [{ row, event }];
  });
  const asked = events.flatMap(({ event }) => (event.type === "approval" ? [event.data.approvalId] : []));
  const approvals =
    asked.length === 0 ? [] : await store.db.selectFrom("approvals").selectAll().where("id", "in", asked).execute();
  const questioned = events.flatMap(({ event }) => (event.type === "question" ? [event.data.questionId] : []));
  const questions =
    questioned.length === 0
      ? []
      : await store.db.selectFrom("questions").selectAll().where("id", "in", questioned).execute();
  const titles = await titlesOf(store, rows);
  const runs = await runsOf(
    store,
    events.flatMap(({ event }) => (event.type === "status" && event.runId !== null ? [event.runId] : [])),
  );
  return events.map(({ row, event }) => ({
    ...itemOf(row, event, titles, askedIn(event, approvals, questions)),
    schedule: runs.get(event.runId ?? "")?.schedule ?? null,
    tookMs: tookMs(event, runs.get(event.runId ?? "")?.startedAt),
  }));
}

/** By the ids of tasks and of chats: asked for apart, and only of what is shown. */
async function titlesOf(store: Store, rows: readonly ItemRow[]): Promise<ReadonlyMap<string, string>> {
  const chatIds = [...new Set(rows.map((row) => row.chat_id))];
  const taskIds = [...new Set(rows.flatMap(({ task_id }) => (task_id === null ? [] : [task_id])))];
  const chats =
    chatIds.length === 0
      ? []
      : await store.db.selectFrom("chats").select(["id", "title"]).where("id", "in", chatIds).execute();
  const tasks =
    taskIds.length === 0
      ? []
      : await store.db
          .selectFrom("tasks")
          .select(["id", "instruction", "schedule"])
          .where("id", "in", taskIds)
          .execute();
  return new Map([
    ...chats.map(({ id, title }) => [id, title] as const),
    ...tasks.map(({ id, schedule, instruction }) => [id, schedule ?? titleFrom(instruction)] as const),
  ]);
}

interface RunFacts {
  readonly startedAt: number | null;
  readonly schedule: string | null;
}

/** When runs began, and for which schedules. */
async function runsOf(store: Store, ids: readonly string[]): Promise<ReadonlyMap<string, RunFacts>> {
  if (ids.length === 0) return new Map();
  const rows = await store.db
    .selectFrom("runs")
    .leftJoin("tasks", "tasks.id", "runs.task_id")
    .select(["runs.id", "runs.started_at", "tasks.schedule"])
    .where("runs.id", "in", [...new Set(ids)])
    .execute();
  return new Map(
    rows.map(({ id, started_at, schedule }) => [
      id,
      { startedAt: started_at === null ? null : Number(started_at), schedule: schedule ?? null },
    ]),
  );
}

/** From its first start to its end, waits included. */
function tookMs(event: ChatEvent, startedAt: number | null | undefined): number | null {
  if (event.type !== "status" || startedAt == null) return null;
  const { state } = event.data;
  if (state !== "completed" && state !== "failed" && state !== "cancelled") return null;
  return Math.max(0, Date.parse(event.at) - startedAt);
}

interface AskedHere {
  readonly approvalId: string | null;
  readonly questionId: string | null;
  readonly what: string;
  readonly expiresAt: number;
}

function askedIn(
  event: ChatEvent,
  approvals: readonly ApprovalRow[],
  questions: readonly QuestionRow[],
): AskedHere | undefined {
  if (event.type === "approval") {
    const row = approvals.find(({ id }) => id === event.data.approvalId);
    const what = callLine(row?.tool ?? "", row?.summary);
    return row && { approvalId: row.id, questionId: null, what, expiresAt: row.expires_at };
  }
  if (event.type !== "question") return undefined;
  const row = questions.find(({ id }) => id === event.data.questionId);
  return row && { approvalId: null, questionId: row.id, what: exactLine(row.text), expiresAt: row.expires_at };
}

function itemOf(
  row: ItemRow,
  event: ChatEvent,
  titles: ReadonlyMap<string, string>,
  asked: AskedHere | undefined,
): Omit<AwayItem, "schedule" | "tookMs"> {
  return {
    kind: row.kind,
    chatId: row.chat_id,
    seq: event.seq,
    at: event.at,
    runId: event.runId,
    taskId: event.taskId,
    title: titles.get(row.task_id ?? "") ?? titles.get(row.chat_id) ?? "",
    reason: asked === undefined ? reasonOf(event) : asked.what,
    approvalId: asked?.approvalId ?? null,
    questionId: asked?.questionId ?? null,
    expiresAt: asked === undefined ? null : isoTime(asked.expiresAt),
  };
}

function reasonOf(event: ChatEvent): string | null {
  if (event.type === "schedule") return event.data.message;
  if (event.type === "notice") return event.data.text;
  if (event.type === "message") return `${event.actor.name}: ${shorten(event.data.text, MAX_WORDS)}`;
  if (event.type !== "status") return null;
  if (event.data.state === "failed") return event.data.reason;
  if (event.data.state === "completed") return flawsIn(event.data);
  if (event.data.state === "waiting") return event.data.message;
  return event.data.state === "cancelled" ? `by ${event.data.by}` : null;
}
