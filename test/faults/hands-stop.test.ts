import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished, expect, test } from "vitest";
import type { Store, Tx } from "../../src/store/database/store.ts";
import { serverProcesses } from "../../src/store/mcp/processes.ts";
import { listQuestions } from "../../src/store/questions/questions.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { getTask } from "../../src/store/tasks/read.ts";
import { createRegistry } from "../../src/tools/registry.ts";
import { BackgroundCommands } from "../../src/tools/shell/background.ts";
import { Sandbox } from "../../src/tools/shell/sandbox.ts";
import { shellTools } from "../../src/tools/shell/tools.ts";
import { dataOf, startAgent, story } from "../kit/agent.ts";
import { testClock } from "../kit/clock.ts";
import { eachEngine } from "../kit/databases.ts";
import { deskOf, person } from "../kit/mcp/desk.ts";
import { people } from "../kit/members.ts";
import { processesWith, sleeperOf } from "../kit/processes.ts";
import { call, say, scriptedModel, stepsIn, type Step } from "../kit/scripted-model.ts";
import { tempHome } from "../kit/temp-home.ts";
import { ended, until } from "../kit/worker.ts";
import { findingsOf } from "../kit/verify-scene.ts";

// A stop in the middle of what other processes do. The clock stands still: what must have come about by two seconds after the
// stop has, by what is on record.

const IN_TIME_MS = 1999;
const SERVER = join(import.meta.dirname, "../kit/mcp/effect-server.ts");

/** A run's tools are those of a server whose effects are lines in a file. */
async function withServer(store: Store, clock: ReturnType<typeof testClock>, steps: readonly Step[]) {
  const { owner } = await people(store);
  const [file, sleeper] = [join(await tempHome(), "effects"), sleeperOf(7)];
  const ours = { command: process.execPath, args: [SERVER, file, sleeper], policy: "allow" };
  const { desk } = await deskOf(store, owner.id, { ours });
  await desk.look((await desk.server("ours")).definition, person(owner));
  const agent = await startAgent(store, {
    model: scriptedModel((request) => steps[stepsIn(request)] ?? [say("done")]),
    toolsFor: async ({ run }, principal) => createRegistry<Tx>([...(await desk.toolsFor(principal, run.id))]),
  });
  const lines = () => (existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : []);
  /** Ends the task as a person does who has had enough of it. */
  const stop = async (chatId: string, runId: string | null): Promise<void> => {
    await agent.stopper.stop(owner, { chatId });
    await clock.advance(IN_TIME_MS);
    await ended(store, runId);
    await until("a free worker", () => agent.loop.size === 0);
  };
  return { owner, desk, agent, lines, stop, sleeper };
}

eachEngine("F26: a stop", (engine) => {
  test("in the middle of a server's call ends the run in time, tells the server, and leaves it to the next run", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const hang = call("mcp__ours__hang", { text: "once" });
    const { owner, desk, agent, lines, stop, sleeper } = await withServer(store, clock, [[hang]]);
    const { task } = await addTask(store, owner, { instruction: "go" });
    await until("the effect", () => lines().length > 0);
    await stop(task.chatId, task.runId);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "cancelled", error: "cancelled by owner" });
    expect(await dataOf(store, task.chatId, "tool_result")).toMatchObject([{ ok: false, interrupted: true }]);
    expect(await story(store, task.chatId)).toEqual(expect.arrayContaining(["stopping", "cancelled"]));
    await until("the server to hear of it", () => lines().includes("once was cancelled"));
    expect(lines()).toEqual(["once", "once was cancelled"]);
    expect(desk.servers.stateOf("ours", { userId: "agent" })).toMatchObject({ state: "ready" });
    expect(await findingsOf(store)).toEqual([]);
    expect(agent.errors).toEqual([]);
    // It heeds neither the end of its input nor SIGTERM, and has started a process outside of its group.
    await agent.stop();
    expect((await processesWith(sleeper)).length).toBeGreaterThan(1);
    await desk[Symbol.asyncDispose]();
    await until("every process to end", async () => (await processesWith(sleeper)).length === 0);
    expect(await serverProcesses(store)).toEqual([]);
  });

  test("while a server's question is open takes it back, and nothing was done", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const book = call("mcp__ours__book", { text: "eight" });
    const { owner, agent, lines, stop } = await withServer(store, clock, [[book]]);
    const { task } = await addTask(store, owner, { instruction: "go" });
    await until("the question", async () => (await listQuestions(store, owner)).items[0]);
    await until("the wait", async () => (await getTask(store, owner, task.id)).status === "waiting");
    await stop(task.chatId, task.runId);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "cancelled" });
    const questions = await dataOf(store, task.chatId, "question");
    expect(questions.map(({ state }) => state)).toEqual(["asked", "withdrawn"]);
    expect(await dataOf(store, task.chatId, "tool_result")).toMatchObject([{ ok: false }]);
    expect([(await listQuestions(store, owner)).items, lines()]).toEqual([[], []]);
    expect(await findingsOf(store)).toEqual([]);
    expect(agent.errors).toEqual([]);
  });

  test("ends commands in the background with all that left their groups, whatever they heed, and the call that reads them", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { owner } = await people(store);
    const home = await tempHome();
    const workspaces = join(home, "workspace");
    const environment = { PATH: process.env["PATH"] ?? "" };
    const background = new BackgroundCommands();
    onTestFinished(() => background[Symbol.asyncDispose]());
    const sandbox = new Sandbox({ mode: "sandbox", hidden: [home], environment });
    const sleeper = sleeperOf(8);
    const command = `trap '' TERM HUP; setsid sh -c 'trap "" TERM HUP; sleep ${sleeper}' & touch up; sleep ${sleeper}`;
    const model = scriptedModel((request): Step => {
      const [, id = ""] = /"id\\*":\\*"([0-9a-f]{8})/.exec(JSON.stringify(request.messages)) ?? [];
      return stepsIn(request) === 0
        ? [call("shell_start", { command })]
        : [call("shell_read", { id, waitSeconds: 30 })];
    });
    const agent = await startAgent(store, {
      model,
      workspaces,
      tools: shellTools({ environment, sandbox }, background),
      leftRun: (runId) => background.endOf(runId),
    });
    const { task } = await addTask(store, owner, { instruction: "go" });
    await until("the command", () => existsSync(join(workspaces, "agent", "up")));
    await until("the read", async () => (await dataOf(store, task.chatId, "tool_start")).length === 2);
    expect((await processesWith(sleeper)).length).toBeGreaterThan(1);
    await agent.stopper.stop(owner, { chatId: task.chatId });
    await clock.advance(IN_TIME_MS);
    await ended(store, task.runId);
    expect(await getTask(store, owner, task.id)).toMatchObject({ status: "cancelled" });
    const results = await dataOf(store, task.chatId, "tool_result");
    expect(results).toMatchObject([{ ok: true }, { ok: false, interrupted: true }]);
    await until("its processes to end", async () => (await processesWith(sleeper)).length === 0);
    await until("a free worker", () => agent.loop.size === 0);
    expect(await findingsOf(store)).toEqual([]);
    expect(agent.errors).toEqual([]);
  });
});
