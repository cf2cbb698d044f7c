import { expect, test } from "vitest";
import type { ChatEvent } from "../../src/core/events.ts";
import { isEnded } from "../../src/core/run-state.ts";
import { taskTree } from "../../src/store/delegated/tree.ts";
import { readEvents } from "../../src/store/log/events.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { getTask } from "../../src/store/tasks/read.ts";
import { postgres, sqlite, type Engine } from "../kit/databases.ts";
import { extent } from "../kit/extent.ts";
import { tempHome } from "../kit/temp-home.ts";
import { findingsOf } from "../kit/verify-scene.ts";
import type { Moment } from "./crash-scenario.ts";
import { afterEach, dieIn } from "./deaths.ts";
import { effectsOf, live, PARTS, type WaitsScenario } from "./waits-scenario.ts";

// A task that waits for a person and for what it has delegated is killed with all of it, at every point at which that can make
// a difference. `npm run test:sim` leaves no point out.

const CHILD = new URL("./waits-child.ts", import.meta.url);
const PATIENCE_MS = extent.all ? 900_000 : 120_000;

const scenarioOn = async (engine: Engine, stops = false): Promise<WaitsScenario> => ({
  place: await engine.place(),
  folder: await tempHome(),
  stops,
});

/** Everything that was promised: one question, one answer, each part once, one end of each, and a whole log. */
async function expectWhole(engine: Engine, scenario: WaitsScenario, rootId: string): Promise<void> {
  const store = await engine.open(scenario.place);
  const { owner } = await ensureUsers(store);
  const root = await getTask(store, owner, rootId);
  expect(root).toMatchObject({ status: "completed", result: "all is done" });
  const { items } = await taskTree(store, owner, rootId);
  expect(items.map(({ instruction, depth }) => `${depth} ${instruction}`)).toEqual([
    "1 the part left",
    "1 the part right",
    "2 the part below",
  ]);
  const questions = await store.db.selectFrom("questions").select(["state", "answer"]).execute();
  expect(questions).toEqual([{ state: "answered", answer: '"this one"' }]);
  const done = effectsOf(scenario);
  expect(done.toSorted()).toEqual([...new Set(done)].toSorted());
  for (const { chatId, status } of [root, ...items]) {
    expect(status).toBe("completed");
    const events = await readEvents(store.db, chatId);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    const ends = events.filter((event) => event.type === "status" && isEnded(event.data.state));
    expect(ends).toHaveLength(1);
    expectResults(events, done);
  }
  const untold = await store.db
    .selectFrom("tasks")
    .select("id")
    .where("parent_call", "is not", null)
    .where("told", "=", 0)
    .execute();
  expect(untold).toEqual([]);
  expect(await findingsOf(store)).toEqual([]);
  await store[Symbol.asyncDispose]();
}

function expectResults(events: readonly ChatEvent[], done: readonly string[]): void {
  const uses = events.flatMap((event) => (event.type === "tool_use" ? [event.data] : []));
  for (const { callId, name, summary } of uses) {
    const results = events.flatMap((event) =>
      event.type === "tool_result" && event.data.callId === callId ? [event.data] : [],
    );
    expect(results).toHaveLength(1);
    const [result] = results;
    if (name === "ask_user") expect(result?.result).toEqual({ answer: "this one", by: "owner" });
    if (name === "delegate") expect(JSON.stringify(result?.result)).not.toMatch(/still running|cancelled|failed/);
    if (name === "note" && result?.ok) expect(done).toContain(summary);
    if (name === "note" && !result?.ok) expect(result).toMatchObject({ interrupted: true });
  }
}

/** Nothing is stuck and nothing was done twice, whether the stop or the crash came first. */
async function expectStopped(engine: Engine, scenario: WaitsScenario, rootId: string): Promise<void> {
  const store = await engine.open(scenario.place);
  const { owner } = await ensureUsers(store);
  const root = await getTask(store, owner, rootId);
  const { items } = await taskTree(store, owner, rootId);
  expect([root, ...items].filter(({ status }) => !isEnded(status))).toEqual([]);
  // What was interrupted may have come to its end before the person was back.
  if (root.status === "cancelled") expect(root.error).toBe("cancelled by owner");
  const done = effectsOf(scenario);
  expect(done.toSorted()).toEqual([...new Set(done)].toSorted());
  const open = await store.db.selectFrom("runs").select("id").where("ended_at", "is", null).execute();
  const asked = await store.db.selectFrom("questions").select("id").where("state", "=", "asked").execute();
  expect([open, asked]).toEqual([[], []]);
  expect(await findingsOf(store)).toEqual([]);
  await store[Symbol.asyncDispose]();
}

const MATRICES = extent.all
  ? [sqlite, postgres].map((engine) => ({ engine, every: 1 }))
  : [
      { engine: sqlite, every: 20 },
      { engine: postgres, every: 45 },
    ];

/** Dies at some moments of a calm life, each in a life of its own, lives on, and checks. */
async function killAndLiveOn(
  engine: Engine,
  { every, stops, check }: { readonly every: number; readonly stops: boolean; readonly check: typeof expectWhole },
): Promise<readonly Moment[]> {
  const moments: Moment[] = [];
  const calm = await scenarioOn(engine, stops);
  const tell = (moment: Moment, isFirst = true): void => void (isFirst && moments.push(moment));
  await check(engine, calm, await live(calm, tell));
  expect(effectsOf(calm).toSorted()).toEqual([...PARTS, "root"].toSorted());
  const deaths = moments.filter((_, index) => index % every === 0);
  const { died } = await afterEach(deaths, async (death) => {
    const scenario = await scenarioOn(engine, stops);
    const isDead = await dieIn(CHILD, scenario, death);
    await check(engine, scenario, await live(scenario));
    return isDead;
  });
  // Which node comes to a moment first is chance.
  expect(died).toBeGreaterThan(deaths.length / 4);
  return moments;
}

const matrices = MATRICES.map((matrix) => ({ ...matrix, kind: matrix.engine.kind }));

test.each(matrices)(
  "F25: a task that waits for an answer and for delegated work, killed with all of it at any point, comes to its one end ($kind, 1 point in $every)",
  async ({ engine, every }) => {
    const moments = await killAndLiveOn(engine, { every, stops: false, check: expectWhole });
    expect(moments.length).toBeGreaterThan(100);
  },
  PATIENCE_MS,
);

test.each(matrices)(
  "F25: a stop of a task with all that it has delegated, killed at any point, leaves nothing at work and nothing asked ($kind, 1 point in $every)",
  async ({ engine, every }) => {
    await killAndLiveOn(engine, { every: every * 2 - 1, stops: true, check: expectStopped });
  },
  PATIENCE_MS,
);

const moment = (when: Moment["when"], what: Moment["what"], n: number): Moment => ({ when, what, n });

/** Of the node that has begun with the root: it holds the question, then the tree's root, then parts of the tree. */
const OF_THE_FIRST_NODE = [
  moment("after", "effect", 1),
  moment("after", "event", 12),
  moment("before", "effect", 2),
  moment("after", "effect", 2),
  ...(extent.all ? [3, 6, 9, 15, 18, 21, 24, 27].map((n) => moment("after", "event", n)) : []),
];

test(
  "F25: when one node of two is killed while it holds a question, or a part of what was delegated, the other goes on with it (postgres)",
  async () => {
    const { died } = await afterEach(OF_THE_FIRST_NODE, async (death) => {
      const scenario = { ...(await scenarioOn(postgres)), apart: true };
      const dying = dieIn(CHILD, scenario, death);
      await expectWhole(postgres, scenario, await live(scenario, undefined, { is: "survivor", death: dying }));
      return dying;
    });
    expect(died).toBeGreaterThan(OF_THE_FIRST_NODE.length / 2);
  },
  PATIENCE_MS * 2,
);
