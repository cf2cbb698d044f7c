import { sql } from "kysely";
import { foldChat } from "../../core/chat-view.ts";
import type { ChatEvent, EventOf } from "../../core/events.ts";
import { getChat, type Chat } from "./chats.ts";
import { readableEvent } from "../log/events.ts";
import { openRuns } from "../runs/open.ts";
import { callEvents, currentOf, runOf, type Run } from "../runs/run.ts";
import type { Db } from "../database/sql.ts";
import type { Store } from "../database/store.ts";
import type { User } from "../people/user.ts";

export interface ChatWithView extends Chat {
  readonly view: {
    readonly head: number;
    readonly activeRun: Run | null;
    readonly queuedRuns: readonly string[];
    readonly openCalls: readonly {
      readonly callId: string;
      readonly runId: string;
      readonly step: number;
      readonly name: string;
      readonly summary: string;
      readonly startedAt: string | null;
    }[];
    readonly approvals: readonly { readonly approvalId: string; readonly callId: string; readonly state: string }[];
    readonly questions: readonly { readonly questionId: string; readonly callId: string; readonly state: string }[];
    readonly plan: readonly { readonly text: string; readonly status: "todo" | "doing" | "done" }[];
    readonly totals: { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd: number | null };
    readonly lastCall: EventOf<"usage">["data"] | null;
  };
}

/**
 * A chat with the fold of its log. A long log is not folded again for each look: what the fold would say is read from
 * where it is kept, and only the active run's own events are folded. A test holds the two equal.
 */
export async function getChatWithView(store: Store, viewer: User, chatId: string): Promise<ChatWithView> {
  const { db } = store;
  const chat = await getChat(store, viewer, chatId);
  const runs = await db
    .selectFrom("runs")
    .selectAll()
    .where("chat_id", "=", chatId)
    .where(openRuns())
    .orderBy("first_seq")
    .execute();
  const active = runs.find((run) => run.state !== "queued");
  const open = runs.filter((run) => run.attempt > 0);
  const calls: ChatEvent[] = [];
  for (const run of open) calls.push(...(await callEvents(db, run)).filter((event) => event.runId === run.id));
  const spent = await db.selectFrom("chat_spent").selectAll().where("chat_id", "=", chatId).executeTakeFirst();
  return {
    ...chat,
    view: {
      head: chat.head,
      activeRun: active === undefined ? null : runOf(active, await currentOf(db, active)),
      queuedRuns: runs.filter((run) => run.state === "queued").map((run) => run.id),
      openCalls: foldChat(calls.toSorted((one, other) => one.seq - other.seq)).openCalls,
      approvals: await approvalsOf(db, chatId),
      questions: await db
        .selectFrom("questions")
        .select(["id as questionId", "call_id as callId", "state"])
        .where("chat_id", "=", chatId)
        .orderBy("asked_seq")
        .execute(),
      plan: await planOf(store, chatId),
      totals: {
        inputTokens: spent?.input_tokens ?? 0,
        outputTokens: spent?.output_tokens ?? 0,
        costUsd: spent?.cost_usd ?? null,
      },
      // Where nothing was spent there is none to look for.
      lastCall: spent === undefined ? null : await lastCallOf(db, chatId),
    },
  };
}

async function planOf({ db, kind }: Store, chatId: string): Promise<ChatWithView["view"]["plan"]> {
  // Left to itself SQLite goes back through the whole log by its key. The type is written out: only so does the index apply.
  const events = kind === "sqlite" ? sql`events INDEXED BY events_plan` : sql`events`;
  const { rows } = await sql<{ seq: number; body: string }>`
    SELECT seq, body FROM ${events} WHERE chat_id = ${chatId} AND type = 'plan' ORDER BY seq DESC LIMIT 1`.execute(db);
  const [row] = rows;
  const event = row === undefined ? undefined : readableEvent(chatId, row.seq, row.body);
  return event?.type === "plan" ? event.data.items : [];
}

/** Near the end of the log: each step of a run has one. */
async function lastCallOf(db: Db, chatId: string): Promise<EventOf<"usage">["data"] | null> {
  const row = await db
    .selectFrom("events")
    .select(["seq", "body"])
    .where("chat_id", "=", chatId)
    .where("type", "=", "usage")
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  const event = row === undefined ? undefined : readableEvent(chatId, row.seq, row.body);
  return event?.type === "usage" ? event.data : null;
}

async function approvalsOf(db: Db, chatId: string): Promise<ChatWithView["view"]["approvals"]> {
  const rows = await db
    .selectFrom("approvals")
    .select(["id as approvalId", "call_id as callId", "state"])
    .where("chat_id", "=", chatId)
    .orderBy("requested_at")
    .orderBy("id")
    .execute();
  return rows;
}
