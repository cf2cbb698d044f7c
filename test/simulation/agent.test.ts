import fc from "fast-check";
import { expect, test } from "vitest";
import { foldChat } from "../../src/core/chat-view.ts";
import { chatEventSchema, type EventOf, type EventType } from "../../src/core/events.ts";
import { isEnded } from "../../src/core/run-state.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import { readEvents } from "../../src/store/log/events.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { postgres, sqlite } from "../kit/databases.ts";
import { extent } from "../kit/extent.ts";
import { findingsOf } from "../kit/verify-scene.ts";
import { createWorld, type World } from "./world.ts";

// Whatever people do, and whenever the process dies: everything comes to an end, and what was promised holds.

const CHATS = 3;
const NODES = 3;
/** What goes wrong is made smaller before it is shown, which takes its time. */
const PATIENCE_MS = 240_000 + extent.minutes * 2 * 60_000;
const chat = fc.nat(CHATS - 1);
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("say"), chat, twice: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("task"), chat: fc.option(chat) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("stop"), chat }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("crash", "shutDown") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stepClock"), ms: fc.integer({ min: -30_000, max: 30_000 }) }) },
);
const plan = fc.array(fc.tuple(action, fc.nat(3000)), { minLength: 4, maxLength: 20 });

type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;
type Steps = typeof plan extends fc.Arbitrary<infer P> ? P : never;

async function act(world: World, chats: readonly string[], act: Action, n: number): Promise<void> {
  const { owner } = world;
  const { store, stopper } = world.node();
  switch (act.do) {
    case "say": {
      const send = () => postMessage(store, owner, chats[act.chat] ?? "", { text: `words ${n}`, key: `key ${n}` });
      await Promise.all(act.twice ? [send(), send()] : [send()]);
      return;
    }
    case "task": {
      const chatId = act.chat === null ? {} : { chatId: chats[act.chat] };
      const { task } = await addTask(store, owner, { instruction: `task ${n}`, ...chatId });
      if (act.chat === null) world.watch(task.chatId);
      return;
    }
    case "stop":
      await stopper.stop(owner, { chatId: chats[act.chat] ?? "" });
      return;
    case "stepClock":
      return world.stepClock(act.ms);
    case "crash":
      return world.crash();
    case "shutDown":
      return world.shutDown();
  }
}

/** Until nothing is queued, works or waits. */
async function settle(world: World): Promise<void> {
  const open = () => world.store.db.selectFrom("runs").select(["id", "state"]).where("ended_at", "is", null).execute();
  for (let i = 0; i < 400; i++) {
    // What nodes tell each other may be lost: what they missed they look for once a second.
    if ((await open()).length === 0) return world.pass(world.store.kind === "postgres" ? 3000 : 0);
    await world.pass(1000);
  }
  expect(await open(), "every run comes to an end").toEqual([]);
}

async function expectAllWell(world: World): Promise<void> {
  const { db } = world.store;
  const runs = await db.selectFrom("runs").selectAll().execute();
  for (const [chatId, seen] of world.watched) {
    const events = await readEvents(db, chatId);
    const of = <T extends EventType>(type: T): EventOf<T>[] =>
      events.filter((event): event is EventOf<T> => event.type === type);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));

    // Who watched all the time, through every death, has exactly the log.
    for (const own of seen) expect(own.map((json) => chatEventSchema.parse(JSON.parse(json)))).toEqual(events);
    const view = foldChat(events);

    for (const run of runs.filter((row) => row.chat_id === chatId)) {
      const own = events.filter((event) => event.runId === run.id);
      const ends = of("status").filter((event) => event.runId === run.id && isEnded(event.data.state as never));
      expect(ends.map((event) => [event.data.state, event.seq])).toEqual([[run.state, own.at(-1)?.seq]]);
      expect(view.runs.get(run.id)?.state).toBe(run.state);
      // A stop that was accepted is what becomes of the run, unless it came to its end by itself just then.
      const states = own.flatMap((event) => (event.type === "status" ? [event.data.state] : []));
      if (states.includes("stopping")) expect(states.indexOf("stopping")).toBe(states.length - 2);
    }
    expect([view.openCalls, view.activeRunId]).toEqual([[], null]);

    const [uses, results] = [of("tool_use"), of("tool_result")];
    expect(results.map((event) => event.data.callId).sort()).toEqual(uses.map((event) => event.data.callId).sort());
    for (const { data } of results.filter((event) => event.data.name === "note" && event.data.ok)) {
      expect(world.effects.filter((callId) => callId === data.callId)).toEqual([data.callId]);
    }

    // Nothing is said twice; what the model began and lost is marked as such.
    const said = [...of("message"), ...of("thought")]
      .filter((event) => !event.data.partial)
      .map((event) => event.data.text);
    expect(said.toSorted()).toEqual([...new Set(said)].sort());
    const parts = [...of("message"), ...of("thought")].flatMap(({ runId, data }) =>
      data.part ? [`${runId} ${data.part}`] : [],
    );
    expect(parts.toSorted()).toEqual([...new Set(parts)].sort());

    // Each word of a person was in some run's context, or a stop or a failure came after it.
    for (const { seq, taskId } of of("message").filter((event) => event.data.role === "user")) {
      const read = runs.some((run) => run.chat_id === chatId && run.read_seq >= seq);
      const ended = of("status").some((event) => event.seq > seq && ["failed", "cancelled"].includes(event.data.state));
      expect(taskId !== null || read || ended).toBe(true);
    }
  }
  expect(world.effects.toSorted()).toEqual([...new Set(world.effects)].sort());
  for (const task of await db.selectFrom("tasks").selectAll().execute()) {
    expect(runs.find((run) => run.id === task.run_id)?.state).toBe(task.status);
  }
  expect(await db.selectFrom("parts").selectAll().execute()).toEqual([]);
  expect(await db.selectFrom("chats").select("id").where("run_id", "is not", null).execute()).toEqual([]);
  expect(await findingsOf(world.store)).toEqual([]);
  expect(world.errors).toEqual([]);
}

const nothing = { recovered: 0, interrupted: 0, partial: 0, cancelled: 0, failed: 0, completed: 0, retried: 0 };
type Reached = Record<keyof typeof nothing, number>;

/** What a world goes through, until all of it has ended well; adds up what came of it. */
async function live(world: World, steps: Steps, reached: Reached): Promise<void> {
  try {
    const chats: string[] = [];
    for (let i = 0; i < CHATS; i++) chats.push((await createChat(world.store, world.owner, {})).chat.id);
    for (const id of chats) world.watch(id);
    for (const [n, [each, ms]] of steps.entries()) {
      await act(world, chats, each, n);
      await world.pass(ms);
    }
    await settle(world);
    await expectAllWell(world);
    for (const chatId of world.watched.keys()) {
      for (const { type, data } of await readEvents(world.store.db, chatId)) {
        if (type === "tool_result" && data.interrupted) reached.interrupted++;
        if (type === "message" && data.partial) reached.partial++;
        if (type !== "status") continue;
        if (data.state === "resumed") reached[data.reason === "recovered" ? "recovered" : "retried"]++;
        if (data.state === "completed" || data.state === "failed" || data.state === "cancelled") reached[data.state]++;
      }
    }
  } finally {
    await world.close();
  }
}

/** Tries plans, until time is up or `runs` of them held. Only a world that lives again the same way is made smaller. */
async function tryPlans(
  { runs, isSameAgain }: { readonly runs: number; readonly isSameAgain: boolean },
  life: (steps: Steps, seed: number) => Promise<void>,
): Promise<void> {
  let last = Promise.resolve();
  await fc.assert(
    fc.asyncProperty(plan, fc.nat(), (steps, seed) => (last = life(steps, seed))),
    {
      seed: extent.seed,
      endOnFailure: !isSameAgain,
      ...(extent.minutes === 0
        ? { numRuns: runs }
        : { numRuns: 1_000_000, interruptAfterTimeLimit: extent.minutes * 60_000 }),
    },
  );
  // What the time limit has interrupted is not waited for by itself; it must come to its end, and hold, all the same.
  await last;
}

test(
  "F25: people talk, queue and stop, the clock is set, the process dies and comes back: all ends, once, and every watcher has the log",
  async () => {
    const reached = { ...nothing };
    await tryPlans({ runs: 40, isSameAgain: true }, async (steps, seed) =>
      live(await createWorld(await sqlite.place(), seed), steps, reached),
    );
    if (extent.minutes > 0) console.info(`reached: ${JSON.stringify(reached)}`);
    for (const [what, times] of Object.entries(reached)) expect(times, what).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);

test(
  "F25: the same of three nodes on one PostgreSQL, whose time is set as theirs is: what a dead one left is taken over",
  async () => {
    const reached = { ...nothing };
    // Whatever else there is: somebody talks and queues, and each node may be the one that dies of it.
    const first: Steps = [
      [{ do: "task", chat: null }, 300],
      [{ do: "say", chat: 0, twice: true }, 300],
      [{ do: "crash" }, 200],
      [{ do: "task", chat: 1 }, 300],
      [{ do: "crash" }, 200],
    ];
    await tryPlans({ runs: 6, isSameAgain: false }, async (steps, seed) =>
      live(await createWorld(await postgres.place(), seed, NODES), [...first, ...steps], reached),
    );
    if (extent.minutes > 0) console.info(`reached: ${JSON.stringify(reached)}`);
    for (const what of ["recovered", "completed"] as const) expect(reached[what], what).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);
