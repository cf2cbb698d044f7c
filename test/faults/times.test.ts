import { expect, test, vi } from "vitest";
import { listApprovals, requestApprovals } from "../../src/store/approvals/approvals.ts";
import { createChat, deleteChat, getChat } from "../../src/store/chats/chats.ts";
import { eventsPage, readEvents } from "../../src/store/log/events.ts";
import { backOff, endRun, waitForOthers } from "../../src/store/endings/run.ts";
import { requestStop } from "../../src/store/endings/stop.ts";
import { away } from "../../src/store/overview/away.ts";
import { claimRuns } from "../../src/store/runs/claim.ts";
import { fenceOf } from "../../src/store/runs/record.ts";
import { runRow } from "../../src/store/runs/run.ts";
import type { Store } from "../../src/store/database/store.ts";
import type { User } from "../../src/store/people/user.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { startAgent, story } from "../kit/agent.ts";
import { testClock } from "../kit/clock.ts";
import { eachEngine } from "../kit/databases.ts";
import { people } from "../kit/members.ts";
import { call, say, scriptedModel } from "../kit/scripted-model.ts";
import { echoTool, ended, until } from "../kit/worker.ts";

vi.setConfig({ testTimeout: 300_000 });

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NEVER_MS = 1000 * DAY;

async function claimTask(store: Store, owner: User) {
  await addTask(store, owner, { instruction: "x" });
  const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
  return claimed!;
}

async function waitsForRetry(store: Store, owner: User): Promise<string> {
  const claimed = await claimTask(store, owner);
  const { run } = claimed;
  const until = store.clock.now() + 30_000;
  const by = {
    runId: run.id,
    taskId: run.task_id,
    step: 1,
    actor: { kind: "agent", id: "agent", name: "agent" },
  } as const;
  const error = { type: "error", data: { code: "model", message: "busy", retryable: true }, ...by } as const;
  const wait = { until, untilIso: new Date(until).toISOString(), message: "Waits", error, fallback: 0, isRetry: true };
  await store.transact((tx) => backOff(tx, run.id, wait, fenceOf(claimed)));
  return run.id;
}

async function waitsForApproval(store: Store, owner: User, ttlMs: number): Promise<string> {
  const claimed = await claimTask(store, owner);
  const request = { callId: "c1", tool: "shell", effect: "external", summary: "ls", args: {} } as const;
  await requestApprovals(store, claimed, [request], ttlMs);
  await store.transact((tx) => waitForOthers(tx, claimed.run.id, fenceOf(claimed)));
  return claimed.run.id;
}

eachEngine("a clock that was ahead for a moment", (engine) => {
  test.each([
    { what: "two hours, in the life of one process", by: 2 * HOUR, restarts: false },
    { what: "a year, in the life of one process", by: 365 * DAY, restarts: false },
    { what: "a year, before a restart", by: 365 * DAY, restarts: true },
  ])("F73 leaves no instant behind that lies as far ahead: $what", async ({ by, restarts }) => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { owner } = await people(store);
    const start = () => startAgent(store, { model: scriptedModel([]), tasks: false, pollMs: NEVER_MS });
    const agent = restarts ? undefined : await start();
    clock.step(by);
    store.hub.wake();
    const retry = await waitsForRetry(store, owner);
    const asks = await waitsForApproval(store, owner, DAY);
    const { task: queued } = await addTask(store, owner, { instruction: "later" });
    const later = new Date(clock.now() + 5 * HOUR).toISOString();
    const { task: wanted } = await addTask(store, owner, { instruction: "at a time", runAt: later });
    const { chat } = await createChat(store, owner, {});
    await deleteChat(store, owner, chat.id);
    const now = clock.now();
    await store.db
      .insertInto("grants")
      .values({
        id: "g1",
        principal_id: owner.id,
        tool: "shell",
        run_id: null,
        until_at: now + HOUR,
        granted_by: owner.id,
        created_at: now,
        revoked_at: null,
      })
      .execute();
    clock.step(-by);
    const real = clock.now();
    if (restarts) await start();
    else store.hub.wake();
    const notBefore = async (id: string | null) => (await runRow(store.db, id ?? "")).not_before;
    await until("the retry to be due", async () => (await notBefore(retry)) <= real);
    expect(await notBefore(asks)).toBe(real + DAY);
    expect(await notBefore(wanted.runId)).toBe(Date.parse(later));
    const rows = {
      approval: await store.db.selectFrom("approvals").select(["requested_at", "expires_at"]).executeTakeFirst(),
      grant: await store.db.selectFrom("grants").select(["created_at", "until_at"]).executeTakeFirst(),
      run: await store.db
        .selectFrom("runs")
        .select("queued_at")
        .where("id", "=", queued.runId ?? "")
        .executeTakeFirst(),
      gone: await store.db.selectFrom("chats").select("deleted_at").where("id", "=", chat.id).executeTakeFirst(),
      latest: await store.db
        .selectFrom("chats")
        .select((eb) => eb.fn.max("last_event_at").as("at"))
        .executeTakeFirst(),
    };
    expect(rows).toEqual({
      approval: { requested_at: real, expires_at: real + DAY },
      grant: { created_at: real, until_at: real + HOUR },
      run: { queued_at: real },
      gone: { deleted_at: real },
      latest: { at: real },
    });
    await agent?.stop();
  });

  test("F109 F73 an approval that nobody answered ends on a node without a loop too, and its run where there is one", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const runId = await waitsForApproval(store, owner, 200);
    const { chat_id } = await runRow(store.db, runId);
    const quiet = await startAgent(store, { model: scriptedModel([]), tasks: false, pollMs: NEVER_MS });
    const approvals = async () => (await listApprovals(store, owner, { state: "all" })).items;
    await until("its end", async () => (await approvals())[0]?.state === "expired");
    const told = await readEvents(store.db, chat_id, { types: ["approval"] });
    expect(told.map(({ data }) => (data as { state: string }).state)).toEqual(["requested", "expired"]);
    expect((await listApprovals(store, owner)).items).toEqual([]);
    expect((await runRow(store.db, runId)).state).toBe("waiting");
    await quiet.stop();
    await startAgent(store, { model: scriptedModel(() => [say("Done.")]), pollMs: NEVER_MS });
    expect((await ended(store, runId)).state).toBe("completed");
  });
});

eachEngine("a log with an event that cannot be read", (engine) => {
  const damaged = [
    { type: "tool_use", body: "{}" },
    { type: "tool_result", body: '{"type":"tool_result","data":{"callId":7}}' },
    { type: "message", body: '{"type":"message","data":{"role":"nobody"}}' },
    { type: "status", body: '{"type":"status","data":{"state":"of a version to come"}}' },
    { type: "approval", body: '{"type":"approval"}' },
    { type: "plan", body: '{"type":"plan","data":{"items":3}}' },
  ];

  async function damage(store: Store, chatId: string, runId: string | null, { type, body }: (typeof damaged)[number]) {
    await store.transact(async (tx) => {
      const { head } = await tx.db
        .selectFrom("chats")
        .select("head")
        .where("id", "=", chatId)
        .executeTakeFirstOrThrow();
      await tx.db
        .updateTable("chats")
        .set({ head: head + 1 })
        .where("id", "=", chatId)
        .execute();
      const row = { chat_id: chatId, seq: head + 1, type, at: tx.now, run_id: runId, task_id: null, body };
      await tx.db.insertInto("events").values(row).execute();
    });
  }

  test.each(damaged)("F109 ends its run all the same: a $type", async (event) => {
    const store = await engine.store();
    const { owner } = await people(store);
    const claimed = await claimTask(store, owner);
    const { run } = claimed;
    await damage(store, run.chat_id, run.id, event);
    const ending = { state: "completed", message: "Done", result: "ok" } as const;
    await store.transact((tx) => endRun(tx, run.id, ending, { readSeq: 99, fence: fenceOf(claimed) }));
    expect((await runRow(store.db, run.id)).state).toBe("completed");
  });

  test.each(damaged)("F109 goes on, can be stopped and looked at: a $type", async (event) => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { task } = await addTask(store, owner, { instruction: "go" });
    await damage(store, task.chatId, task.runId, event);
    const model = scriptedModel([[call("echo", { text: "1" })], [say("Done.")]]);
    const agent = await startAgent(store, { model, tools: [echoTool] });
    expect((await ended(store, task.runId)).state).toBe("completed");
    expect(await story(store, task.chatId)).toContain("assistant: Done.");
    expect((await getChat(store, owner, task.chatId)).head).toBeGreaterThan(3);
    expect((await eventsPage(store, owner, task.chatId, { after: 0 })).events.length).toBeGreaterThan(3);
    expect((await away(store, owner)).items.length).toBeGreaterThan(0);
    await agent.stop();
    const { task: second } = await addTask(store, owner, { instruction: "again", chatId: task.chatId });
    await requestStop(store, owner, { chatId: task.chatId });
    expect((await runRow(store.db, second.runId ?? "")).state).toBe("cancelled");
  });
});
