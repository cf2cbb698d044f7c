import { spawn } from "node:child_process";
import { once } from "node:events";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { dataOf, startAgent, story } from "../../test/kit/agent.ts";
import { testClock } from "../../test/kit/clock.ts";
import { eachEngine, postgres, sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, gate, say, scriptedModel, stepsIn, think, untimed } from "../../test/kit/scripted-model.ts";
import { echoTool, ended, testTool, until } from "../../test/kit/worker.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { claimRuns } from "../store/runs/claim.ts";
import { requestStop } from "../store/endings/stop.ts";
import { untilLeaseEnds } from "../store/endings/sweep.ts";
import { addTask } from "../store/tasks/add.ts";
import { getTask, listTasks } from "../store/tasks/read.ts";
import { keepProcess } from "../store/runs/tool-processes.ts";
import { startOf } from "../tools/shell/processes.ts";

eachEngine("the loop", (engine) => {
  test("works on a task at once, to its end: plan, thoughts, calls, results, the last words as its result", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const plan = (status: string) => ({ items: [{ text: "look", status }] });
    const model = scriptedModel([
      [think("First a plan."), call("plan_update", plan("doing"))],
      [say("I will look."), call("echo", { text: "42" })],
      [call("plan_update", plan("done"))],
      [think("Done."), say("It is ", "42.")],
    ]);
    const agent = await startAgent(store, { model, tools: [echoTool] });
    const { task } = await addTask(store, owner, { instruction: "Look" });
    await ended(store, task.runId);
    expect(await getTask(store, owner, task.id)).toMatchObject({
      status: "completed",
      result: "It is 42.",
      progress: { done: 1, total: 1, step: 4, current: null },
    });
    expect(await story(store, task.chatId)).toEqual([
      "queued",
      "user: Look",
      "starting",
      "thinks: First a plan.",
      "asks plan_update",
      "plan doing",
      "has plan_update",
      "thinks: I will look.",
      "asks echo",
      "has echo",
      "asks plan_update",
      "plan done",
      "has plan_update",
      "thinks: Done.",
      "assistant: It is 42.",
      "completed",
    ]);
    expect((await dataOf(store, task.chatId, "tool_result"))[1]).toMatchObject({ ok: true, result: { echo: "42" } });
    expect(agent.errors).toEqual([]);
  });

  test("ends what a crash left of a command, though its run was stopped and nobody goes on with it", async () => {
    const place = await engine.place();
    const dead = await engine.open(place);
    const { owner } = await people(dead);
    const { task } = await addTask(dead, owner, { instruction: "go" });
    const [claimed] = await claimRuns(dead, { kind: "task", limit: 1 });
    if (claimed === undefined) throw new Error("nothing to claim");
    const command = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
    const gone = once(command, "exit");
    onTestFinished(() => void command.kill("SIGKILL"));
    const pid = command.pid ?? 0;
    await keepProcess(dead, claimed, "call", { pgid: pid, started: startOf(pid) ?? "", mark: null });
    await requestStop(dead, owner, { chatId: task.chatId });
    // Its worker is gone without a word.
    if (engine.kind === "postgres") await dead.db.updateTable("runs").set({ lease_until: 1 }).execute();
    const store = await engine.open(place);
    await startAgent(store, { model: scriptedModel([]) });
    expect((await ended(store, task.runId)).state).toBe("cancelled");
    expect(await gone).toEqual([null, "SIGKILL"]);
    expect(await store.db.selectFrom("tool_processes").selectAll().execute()).toEqual([]);
  });

  test("leaves tasks alone where the agent loop is off, and still answers people", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    await startAgent(store, { model: scriptedModel([[say("Hello.")]]), tasks: false });
    const { task } = await addTask(store, owner, { instruction: "wait" });
    const { chat } = await createChat(store, owner, {});
    const { runId } = await postMessage(store, owner, chat.id, { text: "Hi" });
    expect(await ended(store, runId)).toMatchObject({ state: "completed" });
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "pending" });
  });

  test("works on as many tasks at a time as it may, one in a chat, and takes the next when one ends", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { chat } = await createChat(store, owner, {});
    const gates = new Map(["a", "b", "c", "d"].map((name) => [name, gate()]));
    const at = new Set<string>();
    let most = 0;
    const wait = testTool("wait", async (name, { signal }) => {
      at.add(name);
      most = Math.max(most, at.size);
      await gates.get(name)?.wait(signal);
      at.delete(name);
      return null;
    });
    const model = scriptedModel(({ messages }) => {
      const [words] = untimed(messages)
        .filter((message) => message.role === "user")
        .slice(-1);
      const last = messages.at(-1);
      return last?.role === "user" ? [call("wait", { text: String(words?.content) })] : [say("done")];
    });
    await startAgent(store, { model, tools: [wait], concurrency: 2 });
    const add = async (instruction: string) => addTask(store, owner, { instruction, chatId: chat.id });
    const apart = [(await addTask(store, owner, { instruction: "a" })).task];
    const shared = [(await add("b")).task, (await add("c")).task];
    await Promise.all([gates.get("a")?.reached, gates.get("b")?.reached]);
    apart.push((await addTask(store, owner, { instruction: "d" })).task);
    expect([...at].sort()).toEqual(["a", "b"]);
    for (const name of ["b", "a", "c", "d"]) {
      await gates.get(name)?.reached;
      gates.get(name)?.open();
    }
    await Promise.all([...apart, ...shared].map((task) => ended(store, task.runId)));
    expect((await listTasks(store, owner, { status: "completed" })).total).toBe(4);
    expect(most).toBe(2);
  });
});

test("a task for later starts at its time, and a lost wake-up costs no more than one poll", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { owner } = await people(store);
  const model = scriptedModel((request) => [say(`done ${stepsIn(request)}`)]);
  const agent = await startAgent(store, { model, pollMs: 10_000 });
  await until("the first round of claims", () => clock.pending === 2);
  const later = () => new Date(clock.now() + 60_000).toISOString();
  const { task } = await addTask(store, owner, { instruction: "later", runAt: later() });
  await until("a timer for it", () => clock.pending === 3);
  await clock.advance(59_999);
  expect(await getTask(store, owner, task.id)).toMatchObject({ status: "pending" });
  await clock.advance(1);
  await ended(store, task.runId);
  const { task: unheard } = await addTask(store, owner, { instruction: "unheard", runAt: later() });
  await until("a timer for the other", () => clock.pending === 3);
  // As if another process had changed it, and nobody was told.
  await store.db.updateTable("runs").set({ not_before: 0 }).where("id", "=", unheard.runId).execute();
  await clock.advance(10_000);
  await ended(store, unheard.runId);
  expect(agent.errors).toEqual([]);
});

test("F25 a run whose node is gone is taken at the end of its lease, not at the next look", async () => {
  const place = await postgres.place();
  const clock = testClock();
  const [gone, other] = [await postgres.open(place), await postgres.open(place, { clock })];
  const { owner } = await people(gone);
  const { task } = await addTask(gone, owner, { instruction: "Look" });
  const [claimed] = await claimRuns(gone, { kind: "task", limit: 1 });
  await sql`update runs set lease_until = (extract(epoch from clock_timestamp()) * 1000)::bigint + 1000`.execute(
    gone.db,
  );
  const agent = await startAgent(other, { model: scriptedModel([[say("Done.")]]) });
  // The lease ends by the database's clock.
  await until("the lease's end", async () => ((await untilLeaseEnds(other)) ?? 0) < 0);
  // Leases are renewed, and looked at, every 5 s.
  await clock.advance(4500);
  await ended(other, claimed?.run.id ?? "");
  expect(await getTask(other, owner, task.id)).toMatchObject({ status: "completed", attempts: 1 });
  expect(await story(other, task.chatId)).toContain("resumed");
  expect(agent.errors).toEqual([]);
});
