import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { dataOf, startAgent, story, type Agent } from "../../test/kit/agent.ts";
import { testClock } from "../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import {
  call,
  deafPause,
  gate,
  pause,
  say,
  scriptedModel,
  stepsIn,
  type Step,
  untimed,
} from "../../test/kit/scripted-model.ts";
import { tempHome } from "../../test/kit/temp-home.ts";
import { agentDeps, ended, noteTool, testTool, until } from "../../test/kit/worker.ts";
import type { HubDelta } from "../core/hub.ts";
import { createChat, deleteChat } from "../store/chats/chats.ts";
import { readEvents } from "../store/log/events.ts";
import { postMessage } from "../store/chats/messages.ts";
import { claimRuns } from "../store/runs/claim.ts";
import { backOff, endRun, handBack } from "../store/endings/run.ts";
import { fenceOf, recordStep } from "../store/runs/record.ts";
import { sweepRuns } from "../store/endings/sweep.ts";
import { runRow } from "../store/runs/run.ts";
import { requestStop } from "../store/endings/stop.ts";
import type { Store } from "../store/database/store.ts";
import { addTask } from "../store/tasks/add.ts";
import { getTask } from "../store/tasks/read.ts";
import type { User } from "../store/people/user.ts";
import { RunAborted } from "./deps.ts";
import { workRun } from "./run.ts";
import { NO_REQUEST } from "../../test/kit/no-request.ts";

const never = new Promise<never>(() => {});

/** Each leaves the run at work on something; `reached` says when. */
const atWork = () => {
  const here = gate();
  const waits = (name: string, heeds: boolean) =>
    testTool(name, (_text, { signal }) => {
      void here.wait(heeds ? signal : undefined).catch(() => {});
      return heeds
        ? new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("told to end"))))
        : never;
    });
  return { here, tools: [waits("waits", true), waits("deaf", false)] };
};

/** What takes `no time` ends by itself, however little time passes. */
const STOPS: readonly {
  readonly what: string;
  readonly step: (here: ReturnType<typeof gate>) => Step;
  readonly leaves: readonly string[];
  readonly takes: "no time" | "two seconds";
}[] = [
  {
    what: "speaks",
    step: (here) => [say("I am", " about"), pause(here)],
    leaves: ["assistant: I am about …"],
    takes: "no time",
  },
  {
    what: "speaks and does not heed its signal",
    step: (here) => [say("I am"), deafPause(here)],
    leaves: ["assistant: I am …"],
    takes: "no time",
  },
  {
    what: "waits for a tool",
    step: () => [call("waits")],
    leaves: ["asks waits", "fails waits"],
    takes: "no time",
  },
  {
    what: "waits for a tool that hears nothing",
    step: () => [call("deaf")],
    leaves: ["asks deaf", "fails deaf"],
    takes: "two seconds",
  },
];

eachEngine("F26: a stop", (engine) => {
  test.each(STOPS)("ends a run that $what within two seconds, as cancelled", async ({ step, leaves, takes }) => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { owner } = await people(store);
    const { here, tools } = atWork();
    const agent = await startAgent(store, { model: scriptedModel([step(here)]), tools });
    const { task } = await addTask(store, owner, { instruction: "go" });
    await here.reached;
    expect(await agent.stopper.stop(owner, { chatId: task.chatId })).toEqual({ runId: task.runId });
    if (takes === "two seconds") await clock.advance(1999);
    await ended(store, task.runId);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "cancelled", error: "cancelled by owner" });
    const log = await story(store, task.chatId);
    expect(log.slice(3).filter((line) => line !== "stopping")).toEqual([...leaves, "cancelled"]);
    expect(log.filter((line) => line === "stopping")).toHaveLength(1);
    // The worker is free again: what hangs holds no place.
    await until("a free worker", () => agent.loop.size === 0);
    expect(store.hub.openParts(task.chatId)).toEqual([]);
    expect(store.hub.size).toBe(0);
    expect(agent.errors).toEqual([]);
  });

  test("ends in time though whoever asked for it is gone: its worker's node sees to it too", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { owner } = await people(store);
    const { here, tools } = atWork();
    const agent = await startAgent(store, { model: scriptedModel([[call("deaf")]]), tools });
    const { task } = await addTask(store, owner, { instruction: "go" });
    await here.reached;
    await requestStop(store, owner, { chatId: task.chatId });
    await clock.advance(1500);
    await ended(store, task.runId);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "cancelled" });
    await until("a free worker", () => agent.loop.size === 0);
    expect(agent.errors).toEqual([]);
  });

  test.each([
    { what: "its chat is deleted", leave: deleteChat },
    { what: "the server stops", leave: (_store: Store, _by: User, _chatId: string, agent: Agent) => agent.stop() },
  ])("nothing is remembered of a run that speaks when $what", async ({ leave }) => {
    const store = await engine.store();
    const { owner } = await people(store);
    const here = gate();
    const agent = await startAgent(store, { model: scriptedModel([[say("I am", " about"), pause(here)]]) });
    const { task } = await addTask(store, owner, { instruction: "go" });
    await here.reached;
    expect(store.hub.size).toBe(1);
    await leave(store, owner, task.chatId, agent);
    await until("a free worker", () => agent.loop.size === 0);
    expect(store.hub.size).toBe(0);
  });
});

test("F26: a stop whose worker does nothing at all is carried out for it, and the worker can write nothing more", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { owner } = await people(store);
  const here = gate();
  const agent = await startAgent(store, { model: scriptedModel([]), tasks: false });
  const { task } = await addTask(store, owner, { instruction: "go" });
  const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
  if (claimed === undefined) throw new Error("nothing to claim");
  // A worker elsewhere, that nobody can tell to stop.
  const ghost = workRun(
    agentDeps(store, { model: scriptedModel([[say("a"), deafPause(here), say("b")]]) }),
    claimed,
    new AbortController().signal,
  );
  await here.reached;
  await agent.stopper.stop(owner, { chatId: task.chatId });
  await clock.advance(1499);
  expect(await runRow(store.db, claimed.run.id)).toMatchObject({ state: "stopping" });
  await clock.advance(1);
  await ended(store, task.runId);
  const log = await story(store, task.chatId);
  here.open();
  await ghost;
  expect(store.hub.size).toBe(0);
  expect(await story(store, task.chatId)).toEqual(log);
  expect(log.slice(2)).toEqual(["starting", "stopping", "assistant: a …", "cancelled"]);
});

test("a stop that was recorded first wins over a back-off, a hand-back, a step and an end, and counts what was said as read", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const error = { type: "error", data: { code: "x", message: "x", retryable: true } } as const;
  const usage = { model: "m", inputTokens: 1, outputTokens: 1, durationMs: 1 };
  const place = { taskId: null, step: null, actor: { kind: "agent", id: "agent", name: "agent" } } as const;
  const DONE = { state: "completed", message: "Done", result: "" } as const;
  const leaving = [
    (runId: string, lease: number) =>
      store.transact((tx) =>
        backOff(
          tx,
          runId,
          { until: 1, untilIso: "", message: "", error: { ...error, ...place, runId }, fallback: 0, isRetry: true },
          { runId, lease },
        ),
      ),
    (runId: string, lease: number) => store.transact((tx) => handBack(tx, runId, "shutdown", { runId, lease })),
    (runId: string, lease: number) =>
      store.transact((tx) => endRun(tx, runId, DONE, { fence: { runId, lease }, readSeq: 0 })),
  ];
  for (const leave of leaving) {
    const { chat } = await createChat(store, owner, {});
    const { seq } = await postMessage(store, owner, chat.id, { text: "one" });
    const [claimed] = await claimRuns(store, { kind: "turn", limit: 1 });
    if (claimed === undefined) throw new Error("nothing to claim");
    await postMessage(store, owner, chat.id, { text: "two, unread" });
    await requestStop(store, owner, { chatId: chat.id });
    const step = {
      step: 1,
      readSeq: seq,
      provider: "p",
      model: "m",
      request: NO_REQUEST,
      messages: "[]",
      events: [],
      usage,
    };
    await recordStep(store, claimed, step);
    await leave(claimed.run.id, claimed.lease);
    expect((await story(store, chat.id)).slice(-2)).toEqual(["stopping", "cancelled"]);
    expect(await store.db.selectFrom("runs").select("state").where("chat_id", "=", chat.id).execute()).toEqual([
      { state: "cancelled" },
    ]);
  }
});

/** Stops the agent over a store, and starts another one over the same data. */
async function restart(store: Store, agent: { stop(): Promise<void> }): Promise<number> {
  const before = performance.now();
  await agent.stop();
  const took = performance.now() - before;
  await store[Symbol.asyncDispose]();
  return took;
}

eachEngine("a shutdown", (engine) => {
  test("hands runs back within five seconds, and the next start goes on without repeating what was finished", async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    const { owner } = await people(first);
    const file = `${await tempHome()}/notes`;
    const here = gate();
    let slow = 0;
    const tools = [
      noteTool(file),
      testTool("slow", () => (slow++ === 0 ? here.wait().then(() => null) : Promise.resolve("ok"))),
    ];
    const script = (at: number): Step =>
      at === 0
        ? [call("note", { text: "once" })]
        : at === 1
          ? [say("Then"), call("note", { text: "twice" }), call("slow")]
          : [say("All done.")];
    const model = () => scriptedModel((request) => script(stepsIn(request)));
    const agent = await startAgent(first, { model: model(), tools });
    const { task } = await addTask(first, owner, { instruction: "go" });
    await here.reached;
    await until("the other call's result", async () => (await dataOf(first, task.chatId, "tool_result")).length === 2);
    expect(await restart(first, agent)).toBeLessThan(5000);
    const second = await engine.open(place);
    expect(await runRow(second.db, task.runId ?? "")).toMatchObject({ state: "queued", recoveries: 0, boot_id: null });
    const heir = model();
    const next = await startAgent(second, { model: heir, tools });
    await ended(second, task.runId);
    expect(await getTask(second, owner, task.id)).toMatchObject({ status: "completed", result: "All done." });
    expect((await story(second, task.chatId)).slice(2)).toEqual([
      "starting",
      "asks note",
      "has note",
      "thinks: Then",
      "asks note",
      "asks slow",
      "has note",
      "interrupted",
      "resumed",
      "has slow",
      "assistant: All done.",
      "completed",
    ]);
    expect(heir.requests).toHaveLength(1);
    expect(await readFile(file, "utf8")).toBe("once\ntwice\n");
    expect([agent.errors, next.errors]).toEqual([[], []]);
  });

  test("keeps what the model had said, and lets it say it again", async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    const { owner } = await people(first);
    const here = gate();
    const agent = await startAgent(first, { model: scriptedModel([[say("The answer", " is"), pause(here)]]) });
    const { chat } = await createChat(first, owner, {});
    const { runId } = await postMessage(first, owner, chat.id, { text: "What is it?" });
    await here.reached;
    expect(await restart(first, agent)).toBeLessThan(1000);
    const second = await engine.open(place);
    const model = scriptedModel([[say("The answer is 42.")]]);
    await startAgent(second, { model });
    await ended(second, runId);
    expect((await story(second, chat.id)).slice(2)).toEqual([
      "starting",
      "assistant: The answer is …",
      "interrupted",
      "resumed",
      "assistant: The answer is 42.",
      "completed",
    ]);
    expect(untimed(model.requests[0]?.messages ?? [])).toEqual([{ role: "user", content: "What is it?" }]);
  });

  test("of a stopped run keeps the stop", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { here, tools } = atWork();
    const agent = await startAgent(store, { model: scriptedModel([[call("deaf")]]), tools });
    const { task } = await addTask(store, owner, { instruction: "go" });
    await here.reached;
    const stopping = agent.stop();
    await requestStop(store, owner, { chatId: task.chatId });
    await stopping;
    expect(await runRow(store.db, task.runId ?? "")).toMatchObject({ state: "cancelled" });
  });
});

eachEngine("a worker that lost its run", (engine) => {
  test("writes nothing more, and delivers nothing more from its next checkpoint on", async () => {
    const place = await engine.place();
    // Its checkpoints come by what it says, never by time.
    const [lost, store] = [await engine.open(place, { clock: testClock() }), await engine.open(place)];
    const { owner } = await people(lost);
    const chat = (await createChat(lost, owner, {})).chat.id;
    const deltas: HubDelta[] = [];
    lost.hub.watch(chat, { events: () => {}, delta: (delta) => void deltas.push(delta), gone: () => {} });
    const here = gate();
    const { runId } = await postMessage(lost, owner, chat, { text: "hi" });
    const [claimed] = await claimRuns(lost, { kind: "turn", limit: 1 });
    if (claimed === undefined) throw new Error("nothing to claim");
    const model = scriptedModel([
      [say("mine"), deafPause(here), say("x".repeat(4000)), deafPause(gate()), say("late")],
    ]);
    const ghost = workRun(agentDeps(lost, { model }), claimed, new AbortController().signal);
    await here.reached;
    // Its lease has run out: another node takes the run, and ends it.
    await store.db.updateTable("runs").set({ boot_id: "gone", lease_until: 1 }).where("id", "=", runId).execute();
    expect(await sweepRuns(store)).toBe(1);
    await startAgent(store, { model: scriptedModel([[say("the heir's")]]) });
    await ended(store, runId);
    const log = await readEvents(store.db, chat);
    here.open();
    await ghost;
    expect(await readEvents(store.db, chat)).toEqual(log);
    expect(await store.db.selectFrom("parts").selectAll().execute()).toEqual([]);
    expect(await store.db.selectFrom("steps").select("step").where("run_id", "=", runId).execute()).toHaveLength(1);
    expect((await story(store, chat)).at(-2)).toBe("assistant: the heir's");
    // Its next checkpoint told it, if its node had not heard of the end before: the worker has left, and what its model still
    // says reaches nobody.
    const shown = deltas.filter((delta) => delta.lease === claimed.lease).map((delta) => delta.text[0]);
    expect(["m", "mx"]).toContain(shown.join(""));
  });

  test("is told by an aborted signal, and its tools end with it", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { here, tools } = atWork();
    const { task } = await addTask(store, owner, { instruction: "go" });
    const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
    if (claimed === undefined) throw new Error("nothing to claim");
    const control = new AbortController();
    const worker = workRun(
      agentDeps(store, { model: scriptedModel([[call("deaf")]]), tools }),
      claimed,
      control.signal,
    );
    await here.reached;
    const log = await story(store, task.chatId);
    control.abort(new RunAborted("lost"));
    await worker;
    expect(await story(store, task.chatId)).toEqual(log);
    expect(fenceOf(claimed)).toEqual({ runId: task.runId, lease: 1 });
  });
});
