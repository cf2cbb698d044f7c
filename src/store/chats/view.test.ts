import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { foldChat } from "../../core/chat-view.ts";
import type { EventBody, NewEvent } from "../../core/events.ts";
import { AGENT_ACTOR } from "../people/actors.ts";
import { getChatWithView } from "./view.ts";
import { createChat } from "./chats.ts";
import { readEvents } from "../log/events.ts";
import { postMessage } from "./messages.ts";
import { claimRuns } from "../runs/claim.ts";
import { endRun, handBack } from "../endings/run.ts";
import { fenceOf, recordStep } from "../runs/record.ts";
import type { Store } from "../database/store.ts";
import { addTask } from "../tasks/add.ts";
import type { User } from "../people/user.ts";
import { ensureUsers } from "../people/users.ts";
import { NO_REQUEST } from "../../../test/kit/no-request.ts";

/** The view of the API beside the fold of the whole log, in the same shape. */
async function both(store: Store, viewer: User, chatId: string) {
  const { view } = await getChatWithView(store, viewer, chatId);
  const fold = foldChat(await readEvents(store.db, chatId));
  return {
    view: { ...view, activeRun: view.activeRun?.id ?? null, queuedRuns: view.queuedRuns.toSorted() },
    fold: {
      head: fold.head,
      activeRun: fold.activeRunId,
      queuedRuns: [...fold.runs.values()].flatMap((run) => (run.state === "queued" ? [run.id] : [])).toSorted(),
      openCalls: fold.openCalls,
      approvals: [],
      questions: [],
      plan: fold.plan,
      totals: { inputTokens: fold.inputTokens, outputTokens: fold.outputTokens, costUsd: fold.costUsd },
      lastCall: fold.lastCall,
    },
  };
}

eachEngine("a chat's view", (engine) => {
  test("F32: is the fold of its log at every moment: queued, at work, with open calls, taken back, ended", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const { chat } = await createChat(store, owner, {});
    const check = async () => {
      const { view, fold } = await both(store, owner, chat.id);
      expect(view).toEqual(fold);
      return view;
    };
    await check();
    await postMessage(store, owner, chat.id, { text: "look" });
    await addTask(store, owner, { instruction: "later", chatId: chat.id });
    expect((await check()).queuedRuns).toHaveLength(2);
    const [claimed] = await claimRuns(store, { kind: "turn", limit: 1 });
    if (claimed === undefined) throw new Error("nothing was claimed");
    const place = { runId: claimed.run.id, taskId: null, step: 1, actor: AGENT_ACTOR };
    const event = (body: EventBody): NewEvent => ({ ...body, ...place });
    const call = (callId: string) =>
      event({ type: "tool_use", data: { callId, name: "look", args: {}, effect: "read", summary: callId } });
    const context = { system: 1, tools: 2, messages: 4, leftOut: 0, window: 100 };
    const usage = { model: "m", inputTokens: 7, outputTokens: 3, costUsd: 0.5, durationMs: 1, context };
    await recordStep(store, claimed, {
      step: 1,
      request: NO_REQUEST,
      readSeq: 2,
      provider: "p",
      model: "m",
      messages: "[]",
      usage,
      events: [call("a"), call("b"), event({ type: "usage", data: usage })],
    });
    expect((await check()).openCalls).toHaveLength(2);
    const append = (...events: NewEvent[]) => store.append({ chatId: chat.id, events, fence: fenceOf(claimed) });
    await append(event({ type: "tool_start", data: { callId: "a", attempt: 1 } }));
    const done = { callId: "b", name: "look", ok: true, result: 1, durationMs: 1, size: 1 };
    const plan = { items: [{ text: "look", status: "doing" }] } as const;
    await append(event({ type: "plan", data: { items: [...plan.items] } }), event({ type: "tool_result", data: done }));
    const working = await check();
    expect(working.openCalls).toMatchObject([{ callId: "a" }]);
    expect(working.plan).toHaveLength(1);
    expect(working.lastCall).toEqual(usage);
    expect(working.totals).toEqual({ inputTokens: 7, outputTokens: 3, costUsd: 0.5 });
    await store.transact((tx) => handBack(tx, claimed.run.id, "crash"));
    expect((await check()).openCalls).toHaveLength(1);
    const [again] = await claimRuns(store, { kind: "turn", limit: 1 });
    if (again === undefined) throw new Error("nothing was claimed again");
    const ending = { state: "failed", message: "Failed", reason: "enough", code: "test" } as const;
    await store.transact((tx) => endRun(tx, again.run.id, ending, { readSeq: chat.head + 100, fence: fenceOf(again) }));
    expect(await check()).toMatchObject({ openCalls: [], activeRun: null });
  });
});
