import { foldChat } from "../core/chat-view.ts";
import { readableChat } from "./access.ts";
import { getChat, type Chat } from "./chats.ts";
import { readEvents } from "./events.ts";
import { ACTIVE, currentOf, runOf, type Run } from "./runs.ts";
import type { Store } from "./store.ts";
import type { User } from "./user.ts";

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
    readonly plan: readonly { readonly text: string; readonly status: "todo" | "doing" | "done" }[];
    readonly totals: { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd: number | null };
  };
}

/** A chat with the fold of its log: the same fold that a watcher makes of the events. */
export async function getChatWithView(store: Store, viewer: User, chatId: string): Promise<ChatWithView> {
  await readableChat(store.db, viewer, chatId);
  const chat = await getChat(store, viewer, chatId);
  const types = ["chat", "status", "tool_use", "tool_start", "tool_result", "plan", "approval", "usage"] as const;
  const view = foldChat(await readEvents(store.db, chatId, { types }));
  const active = await store.db
    .selectFrom("runs")
    .selectAll()
    .where("chat_id", "=", chatId)
    .where("state", "in", [...ACTIVE])
    .executeTakeFirst();
  return {
    ...chat,
    view: {
      head: chat.head,
      activeRun: active === undefined ? null : runOf(active, await currentOf(store.db, active)),
      queuedRuns: [...view.runs.values()].filter((run) => run.state === "queued").map((run) => run.id),
      openCalls: view.openCalls,
      approvals: [...view.approvals.values()].map(({ approvalId, callId, state }) => ({ approvalId, callId, state })),
      plan: view.plan,
      totals: { inputTokens: view.inputTokens, outputTokens: view.outputTokens, costUsd: view.costUsd },
    },
  };
}
