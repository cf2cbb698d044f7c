import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { decideApproval, requestApprovals } from "../approvals/approvals.ts";
import { away, markAwaySeen } from "./away.ts";
import { createChat, deleteChat, getChat, markSeen } from "../chats/chats.ts";
import { postMessage } from "../chats/messages.ts";
import { claimRuns, type Claimed } from "../runs/claim.ts";
import { endRun, handBack, waitForOthers } from "../endings/run.ts";
import { fenceOf, recordStep } from "../runs/record.ts";
import type { Ending } from "../runs/ending.ts";
import type { Store } from "../database/store.ts";
import { addTask } from "../tasks/add.ts";
import type { User } from "../people/user.ts";
import { NO_REQUEST } from "../../../test/kit/no-request.ts";

async function claim(store: Store): Promise<Claimed> {
  const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
  if (claimed === undefined) throw new Error("nothing to claim");
  return claimed;
}

const DONE: Ending = { state: "completed", message: "Task completed", result: "42" };
const FAILED: Ending = {
  state: "failed",
  message: "Task failed",
  reason: "the model answered 401",
  code: "model_auth",
};
const CANCELLED: Ending = { state: "cancelled", message: "Task cancelled", by: "ann" };

const end = (store: Store, claimed: Claimed, ending: Ending) =>
  store.transact((tx) =>
    endRun(tx, claimed.run.id, ending, { fence: fenceOf(claimed), readSeq: Number.MAX_SAFE_INTEGER }),
  );

/** A task of `viewer`'s that was worked on and has ended so. */
async function worked(store: Store, viewer: User, instruction: string, ending: Ending) {
  const { task } = await addTask(store, viewer, { instruction });
  await end(store, await claim(store), ending);
  // The next one ends in a later millisecond.
  await wait(2);
  return task;
}

const spent = (store: Store, claimed: Claimed, step: number, costUsd?: number) => {
  const usage = {
    model: "m",
    inputTokens: 100,
    outputTokens: 10,
    durationMs: 1,
    ...(costUsd !== undefined && { costUsd }),
  };
  const { id: runId, task_id: taskId } = claimed.run;
  const actor = { kind: "agent", id: "agent", name: "agent" } as const;
  const events = [{ type: "usage", data: usage, runId, taskId, step, actor }] as const;
  return recordStep(store, claimed, {
    step,
    readSeq: 0,
    provider: "p",
    model: "m",
    request: NO_REQUEST,
    messages: "[]",
    events,
    usage,
  });
};

const ask = (store: Store, claimed: Claimed) =>
  requestApprovals(
    store,
    claimed,
    [{ callId: "c1", tool: "shell", effect: "external", summary: "ls -l", args: { command: "ls -l" } }],
    60_000,
  );

eachEngine("while a person was away", (engine) => {
  test("what ended, with its reason, is told from the log, the newest first, and empties as its chats are seen", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const tasks = [
      await worked(store, ann, "Count the nodes", DONE),
      await worked(store, ann, "Check the links", FAILED),
      await worked(store, ann, "Write the report", CANCELLED),
    ];
    const told = await away(store, ann);
    expect(
      told.items
        .map(({ kind, title, reason, taskId, runId, chatId }) => ({ kind, title, reason, taskId, runId, chatId }))
        .toReversed(),
    ).toEqual(
      [
        { kind: "completed", title: "Count the nodes", reason: null },
        { kind: "failed", title: "Check the links", reason: "the model answered 401" },
        { kind: "cancelled", title: "Write the report", reason: "by ann" },
      ].map((item, at) => ({ ...item, taskId: tasks[at]?.id, runId: tasks[at]?.runId, chatId: tasks[at]?.chatId })),
    );
    for (const { chatId, seq } of told.items) expect(seq).toBe((await getChat(store, ann, chatId)).head);
    expect(told).toMatchObject({
      total: 3,
      complete: true,
      waiting: 0,
      totals: { completed: 1, flawed: 0, failed: 1, cancelled: 1 },
    });
    await markSeen(store, ann, tasks[0]?.chatId ?? "", 1000);
    expect((await away(store, ann)).items.map((item) => item.kind)).toEqual(["cancelled", "failed"]);
    const shown = Object.fromEntries(told.items.map(({ chatId, seq }) => [chatId, seq]));
    expect(await markAwaySeen(store, ann, shown)).toBe(3);
    expect(await away(store, ann)).toMatchObject({ items: [], total: 0, totals: { failed: 0, costUsd: null } });
  });

  test("counts apart what was completed though not all went well, in words of today and of older logs", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    await worked(store, ann, "Count the nodes", DONE);
    await worked(store, ann, "Read both", { ...DONE, flaws: "one tool failed" });
    await worked(store, ann, "Read it", { ...DONE, message: "Task completed, one tool failed" });
    expect(await away(store, ann)).toMatchObject({ total: 3, totals: { completed: 3, flawed: 2 } });
  });

  test("a run that a crash interrupted and that went on is told, with what was spent since the person looked", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const { task } = await addTask(store, ann, { instruction: "Long work" });
    const first = await claim(store);
    await spent(store, first, 1);
    expect((await away(store, ann)).totals).toMatchObject({ inputTokens: 100, outputTokens: 10, costUsd: null });
    await markSeen(store, ann, task.chatId, 1000);
    await store.transact((tx) => handBack(tx, first.run.id, "crash", fenceOf(first)));
    const second = await claim(store);
    await spent(store, second, 2, 0.25);
    await spent(store, second, 3, 0.5);
    const told = await away(store, ann);
    expect(told.items).toMatchObject([{ kind: "recovered", chatId: task.chatId, runId: task.runId, reason: null }]);
    expect(told.totals).toMatchObject({ recovered: 1, inputTokens: 200, outputTokens: 20, costUsd: 0.75 });
  });

  test("what asks is told with its expiry until it is answered, and counts as waiting even when it was seen", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const { task } = await addTask(store, ann, { instruction: "List my files" });
    const claimed = await claim(store);
    await ask(store, claimed);
    await store.transact((tx) => waitForOthers(tx, claimed.run.id, fenceOf(claimed)));
    const told = await away(store, ann);
    expect(told.items).toMatchObject([
      { kind: "asks", title: "List my files", reason: "shell ls -l", taskId: task.id },
    ]);
    expect(Date.parse(told.items[0]?.expiresAt ?? "")).toBeGreaterThan(Date.parse(told.items[0]?.at ?? ""));
    await markAwaySeen(store, ann, { [task.chatId]: told.items[0]?.seq ?? 0 });
    expect(await away(store, ann)).toMatchObject({ items: [], waiting: 1 });
    // A chat that was not looked at again still does not ask once it is answered.
    await store.db.deleteFrom("seen").execute();
    await decideApproval(store, ann, told.items[0]?.approvalId ?? "", { decision: "deny" });
    expect(await away(store, ann)).toMatchObject({ items: [], total: 0, waiting: 0 });
  });

  test("F16 another person is told nothing of it, and marks nothing of it as seen", async () => {
    const store = await engine.store();
    const { ann, bob, owner } = await people(store);
    const task = await worked(store, ann, "Secret", FAILED);
    const { chat } = await createChat(store, ann, {});
    await postMessage(store, ann, chat.id, { text: "hello" });
    const { task: asking } = await addTask(store, ann, { instruction: "Ask", chatId: chat.id });
    await store.db.deleteFrom("runs").where("task_id", "is", null).execute();
    await ask(store, await claim(store));
    expect(await away(store, bob)).toMatchObject({ items: [], total: 0, waiting: 0 });
    expect(await markAwaySeen(store, bob, { [task.chatId]: 9, [asking.chatId]: 9, nowhere: 1 })).toBe(0);
    expect((await away(store, ann)).items.map((item) => item.kind).toSorted()).toEqual(["asks", "failed"]);
    // What is done for nobody in particular is the owner's to see; a person's own chat is not.
    expect((await away(store, owner)).items.map((item) => item.title)).toEqual(["Secret"]);
    // Each has a cursor of their own.
    await markAwaySeen(store, owner, { [task.chatId]: 99 });
    expect((await away(store, owner)).items).toEqual([]);
    expect((await away(store, ann)).items).toHaveLength(2);
    await deleteChat(store, ann, chat.id);
    expect(await away(store, ann)).toMatchObject({ total: 1, waiting: 0 });
  });

  test("marking never goes back, nor beyond the log's end", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const { chatId } = await worked(store, ann, "One", DONE);
    const { head } = await getChat(store, ann, chatId);
    await markAwaySeen(store, ann, { [chatId]: head + 100 });
    await markAwaySeen(store, ann, { [chatId]: 1 });
    expect((await getChat(store, ann, chatId)).seen).toBe(head);
  });

  test("one look stays small: the newest is told, all of it is counted, and it says what it left out", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const { chat } = await createChat(store, ann, {});
    const ended = (message: string) => ({
      type: "status" as const,
      data: { state: "completed" as const, message },
      runId: "r",
      taskId: null,
      step: null,
      actor: { kind: "agent" as const, id: "agent", name: "agent" },
    });
    await store.append({ chatId: chat.id, events: Array.from({ length: 600 }, (_, at) => ended(String(at))) });
    const told = await away(store, ann);
    expect(told).toMatchObject({ total: 600, complete: true });
    expect(told.items.map((item) => item.seq)).toEqual(Array.from({ length: 500 }, (_, at) => 601 - at));
    const later = await worked(store, ann, "Later", DONE);
    const short = await away(store, ann, 100);
    expect(short).toMatchObject({ complete: false, items: { 0: { title: "Later", chatId: later.chatId } } });
    expect(short.total).toBeLessThanOrEqual(100);
  });
});
