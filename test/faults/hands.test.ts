import { expect, test } from "vitest";
import type { ChatEvent } from "../../src/core/events.ts";
import { isEnded } from "../../src/core/run-state.ts";
import { readEvents, readHead } from "../../src/store/log/events.ts";
import { serverProcesses } from "../../src/store/mcp/processes.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { getTask } from "../../src/store/tasks/read.ts";
import { postgres, sqlite, type Engine } from "../kit/databases.ts";
import { extent } from "../kit/extent.ts";
import { processesWith, sleeperOf } from "../kit/processes.ts";
import { tempHome } from "../kit/temp-home.ts";
import { until } from "../kit/worker.ts";
import { findingsOf } from "../kit/verify-scene.ts";
import type { Moment } from "./crash-scenario.ts";
import { afterEach, dieIn } from "./deaths.ts";
import { effectsOf, live, type HandsScenario } from "./hands-scenario.ts";

// A task that works by a tool server, or by commands in the sandbox, is killed at every point around its calls: before and
// after each start, effect, question, answer and result. `npm run test:sim` leaves no point out, on both engines.

const CHILD = new URL("./hands-child.ts", import.meta.url);
const PATIENCE_MS = extent.all ? 1_800_000 : 600_000;

/** The events at whose commits a kill makes a difference for a call. */
const AROUND_CALLS: ReadonlySet<string> = new Set(["tool_use", "tool_start", "tool_result", "question", "status"]);
/** What has its effect in its own process alone: gone with it, it says so. */
const OF_A_COMMAND = new Set(["shell_write", "shell_read", "shell_stop"]);

const IN_BACKGROUND = new Set(["shell_start", "shell_write"]);

interface Story {
  /** Calls whose outcome nobody knows. */
  readonly unknown: number;
  /** Of those, such whose effect happened. */
  readonly unseen: number;
  /** Of those, such as were answered when they were gone already. */
  readonly answered: number;
}

async function scenarioOn(engine: Engine, hands: HandsScenario["hands"]): Promise<HandsScenario> {
  return { place: await engine.place(), folder: await tempHome(), hands, sleeper: sleeperOf(6) };
}

/** Everything that was promised. */
async function expectWhole(engine: Engine, scenario: HandsScenario, taskId: string): Promise<Story> {
  await until("every process to end", async () => (await processesWith(scenario.sleeper)).length === 0);
  const store = await engine.open(scenario.place, { node: "here" });
  const { owner } = await ensureUsers(store);
  const task = await getTask(store, owner, taskId);
  expect(task).toMatchObject({ status: "completed", result: "all is done" });
  const events = await readEvents(store.db, task.chatId);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(await readHead(store, task.chatId)).toBe(events.length);
  expect(events.filter((event) => event.type === "status" && isEnded(event.data.state))).toHaveLength(1);
  const done = effectsOf(scenario);
  expect(done).toEqual([...new Set(done)]);
  const story = expectResults(events, done);
  const asked = await store.db.selectFrom("questions").select("state").execute();
  expect(asked.filter(({ state }) => state !== "answered")).toEqual([]);
  expect(asked.length).toBeLessThanOrEqual(1);
  expect(await serverProcesses(store)).toEqual([]);
  expect(await findingsOf(store)).toEqual([]);
  await store[Symbol.asyncDispose]();
  return story;
}

function expectResults(events: readonly ChatEvent[], done: readonly string[]): Story {
  const uses = events.flatMap((event) => (event.type === "tool_use" ? [event.data] : []));
  const story = { unknown: 0, unseen: 0, answered: 0 };
  for (const { callId, name, args } of uses) {
    const results = events.flatMap((event) =>
      event.type === "tool_result" && event.data.callId === callId ? [event.data] : [],
    );
    expect(results).toHaveLength(1);
    const [result] = results;
    const starts = events.filter((event) => event.type === "tool_start" && event.data.callId === callId).length;
    // One that asked a person is started once more with the answer; what may be repeated is.
    if (!["mcp__ours__book", "shell_read", "shell_stop"].includes(name)) expect(starts).toBeLessThanOrEqual(1);
    expect(starts).toBeLessThanOrEqual(2);
    const effect = effectIn(name, JSON.stringify(args));
    if (result?.ok) {
      // What is begun in the background has not done anything yet.
      if (effect !== null && !IN_BACKGROUND.has(name)) expect(done).toContain(effect);
    } else if (result?.interrupted !== true) {
      expect([name, result?.error]).toEqual([
        expect.toSatisfy((each: string) => OF_A_COMMAND.has(each)),
        result?.error,
      ]);
      expect(result?.error).toMatch(/no command .* runs in the background/);
    } else {
      story.unknown++;
      if (effect !== null && done.includes(effect)) story.unseen++;
      // The call of an older server is gone with the process that asked; what was answered is told.
      if (result.error?.includes("is gone with the process")) {
        expect(result.error).toMatch(/not made again, .* had answered: name: Ann; whether it happened is unknown$/);
        story.answered++;
        continue;
      }
      expect(result.error).toContain("its outcome is unknown; it was not run again");
      if (name.startsWith("mcp__"))
        expect(result.error).toContain("the server ours was ended too, and what it held in memory is gone");
    }
  }
  return story;
}

/** The line that a call leaves behind. */
function effectIn(name: string, args: string): string | null {
  if (name === "shell") return "one";
  if (name === "shell_start") return "start";
  if (name === "shell_write") return "told";
  return /"text":"(\w+)"/.exec(args)?.[1] ?? null;
}

const MATRICES = (["server", "commands"] as const).flatMap((hands) =>
  [
    { engine: sqlite, every: extent.all ? 1 : 3 },
    { engine: postgres, every: extent.all ? 1 : 6 },
  ].map((matrix) => ({ ...matrix, hands, kind: matrix.engine.kind })),
);

test.each(MATRICES)(
  "F25: a task that works by $hands of its own, killed at any point around its calls, does nothing twice, says what is unknown, and leaves no process ($kind, 1 point in $every)",
  async ({ engine, hands, every }) => {
    const calm = await scenarioOn(engine, hands);
    const all: Moment[] = [];
    const taskId = await live(calm, (moment, isFirst = true) => void (isFirst && all.push(moment)));
    expect(await expectWhole(engine, calm, taskId)).toEqual({ unknown: 0, unseen: 0, answered: 0 });
    const kinds = await kindsOf(engine, calm, taskId);
    const moments = all.filter(
      ({ what, n }) => what === "effect" || (what === "event" && AROUND_CALLS.has(kinds[n - 1] ?? "")),
    );
    const quiet = all.filter(({ what, n }) => what === "silent commit" && n % 4 === 0);
    const deaths = [...moments, ...quiet].filter((_, index) => index % every === 0);
    const stories: Story[] = [];
    const { died } = await afterEach(deaths, async (death) => {
      const scenario = await scenarioOn(engine, hands);
      const isDead = await dieIn(CHILD, scenario, death);
      stories.push(await expectWhole(engine, scenario, await live(scenario)));
      return isDead;
    });
    expect(died).toBeGreaterThan(deaths.length / 2);
    expect(stories.filter(({ unknown }) => unknown > 0).length).toBeGreaterThan(0);
    // The effect had happened, and nobody will ever know: the one case in which it must not be tried again.
    expect(stories.filter(({ unseen }) => unseen > 0).length).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);

test.each([sqlite, postgres])(
  "F25: a server of the older revision that acts before it asks, killed around its question, acts once: its outcome is unknown, and the answer is told ($kind)",
  async (engine) => {
    const calm = await scenarioOn(engine, "older");
    const all: Moment[] = [];
    const taskId = await live(calm, (moment, isFirst = true) => void (isFirst && all.push(moment)));
    expect(await expectWhole(engine, calm, taskId)).toEqual({ unknown: 0, unseen: 0, answered: 0 });
    expect(effectsOf(calm)).toEqual(["eight begun", "eight", "last"]);
    const kinds = await kindsOf(engine, calm, taskId);
    const deaths = all.filter(({ what, n }) => what === "event" && kinds[n - 1] === "question");
    const stories: Story[] = [];
    const { died } = await afterEach(deaths, async (death) => {
      const scenario = await scenarioOn(engine, "older");
      const isDead = await dieIn(CHILD, scenario, death);
      stories.push(await expectWhole(engine, scenario, await live(scenario)));
      expect(effectsOf(scenario)).toEqual(["eight begun", "last"]);
      return isDead;
    });
    // Before and after it is asked, and answered.
    expect([deaths.length, died]).toEqual([4, 4]);
    expect(stories.map(({ unknown }) => unknown)).toEqual([1, 1, 1, 1]);
    expect(stories.filter(({ answered }) => answered > 0)).toHaveLength(3);
  },
  PATIENCE_MS,
);

/** The type of each event of the one chat, in the order of the log. */
async function kindsOf(engine: Engine, scenario: HandsScenario, taskId: string): Promise<readonly string[]> {
  const store = await engine.open(scenario.place);
  const { owner } = await ensureUsers(store);
  const { chatId } = await getTask(store, owner, taskId);
  const kinds = (await readEvents(store.db, chatId)).map(({ type }) => type);
  await store[Symbol.asyncDispose]();
  return kinds;
}
