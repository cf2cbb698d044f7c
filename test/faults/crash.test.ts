import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { EventOf, EventType } from "../../src/core/events.ts";
import { eventJson } from "../../src/store/place.ts";
import { readEvents, readHead } from "../../src/store/events.ts";
import type { Store } from "../../src/store/store.ts";
import { getTask } from "../../src/store/tasks.ts";
import { ensureUsers } from "../../src/store/users.ts";
import { postgres, sqlite, type Engine } from "../kit/databases.ts";
import { tempHome } from "../kit/temp-home.ts";
import { live, notesFile, RESULT, stampsFile, STEPS, watched, type Scenario } from "./crash-scenario.ts";

/** Where a life ends: right before or right after its k-th commit. */
interface Death {
  readonly when: "before" | "after";
  readonly k: number;
}

const CHILD = fileURLToPath(new URL("./crash-child.ts", import.meta.url));

/** Lives in a process of its own until it kills itself; false: it never came so far, and ended well. */
async function die(scenario: Scenario, death: Death): Promise<boolean> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify({ scenario, ...death })], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (signal === "SIGKILL") return true;
  expect([code, complaint]).toEqual([0, ""]);
  return false;
}

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];

interface Story {
  /** Calls whose outcome nobody knows. */
  readonly unknown: number;
  readonly partial: number;
  readonly attempts: number;
}

/** Everything that was promised, of a run that has ended after any number of deaths. */
async function expectWhole(
  engine: Engine,
  scenario: Scenario,
  taskId: string,
  deaths: readonly Death[],
): Promise<Story> {
  const store = await engine.open(scenario.place);
  const { owner } = await ensureUsers(store);
  const task = await getTask(store, owner, taskId);
  const events = await readEvents(store.db, task.chatId);
  const dataOf = <T extends EventType>(type: T): EventOf<T>["data"][] =>
    events.filter((event) => event.type === type).map((event) => event.data as EventOf<T>["data"]);

  // The log has no gap and one end, and says what the tables say.
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(await readHead(store, task.chatId)).toBe(events.length);
  const states = dataOf("status").map((status) => status.state);
  expect(states.filter((state) => ["completed", "failed", "cancelled"].includes(state))).toEqual(["completed"]);
  expect(states.at(-1)).toBe("completed");
  expect(task).toMatchObject({ status: "completed", result: RESULT.slice(0, 4000), progress: { done: 1, total: 1 } });

  // Every call has one result, and no effect happened twice.
  const [uses, results] = [dataOf("tool_use"), dataOf("tool_result")];
  expect(results.map((result) => result.callId).sort()).toEqual(uses.map((use) => use.callId).sort());
  expect(uses).toHaveLength(6);
  const notes = linesOf(notesFile(scenario));
  expect(notes.toSorted()).toEqual([...new Set(notes)].sort());
  for (const { callId, summary } of uses.filter((use) => use.name === "note")) {
    const result = results.find((candidate) => candidate.callId === callId);
    if (result?.ok) expect(notes).toContain(summary);
    else expect(result).toMatchObject({ interrupted: true });
  }
  expect(linesOf(stampsFile(scenario)).length).toBeGreaterThan(0);
  expect(results.filter((result) => result.name !== "note" && !result.ok)).toEqual([]);

  // Nothing was said twice, and nothing is left over.
  const said = [...dataOf("message"), ...dataOf("thought")].filter((data) => !data.partial).map((data) => data.text);
  expect(said).toEqual(["Do both", RESULT, "First a plan.", "Now both."]);
  const steps = await store.db.selectFrom("steps").select("step").orderBy("step").execute();
  expect(steps.map((row) => row.step)).toEqual(STEPS.map((_, index) => index + 1));
  for (const table of ["parts", "blobs"] as const)
    expect(await store.db.selectFrom(table).selectAll().execute()).toEqual([]);

  // The watcher that came back each time with its cursor holds exactly the log.
  expect(watched(scenario)).toEqual(await logAsSent(store, task.chatId));
  await store[Symbol.asyncDispose]();
  const attempts = Math.max(...dataOf("status").map((status) => ("attempt" in status ? (status.attempt ?? 0) : 0)));
  expect(attempts).toBeLessThanOrEqual(deaths.length + 1);
  const partial = [...dataOf("message"), ...dataOf("thought")].filter((data) => data.partial).length;
  return { unknown: results.filter((result) => result.interrupted).length, partial, attempts };
}

async function logAsSent(store: Store, chatId: string): Promise<string[]> {
  const rows = await store.db.selectFrom("events").selectAll().where("chat_id", "=", chatId).orderBy("seq").execute();
  return rows.map(({ seq, body }) => eventJson(chatId, seq, body));
}

/** Dies at each point in turn, lives on without dying again, and checks. Two at a time: each is mostly a process's start. */
async function dieAndLiveOn(engine: Engine, all: readonly (readonly Death[])[]): Promise<readonly Story[]> {
  const left = [...all];
  const stories: Story[] = [];
  const work = async (): Promise<void> => {
    for (let deaths = left.shift(); deaths !== undefined; deaths = left.shift()) {
      const scenario = { place: await engine.place(), folder: await tempHome() };
      try {
        for (const death of deaths) expect(await die(scenario, death)).toBe(true);
        stories.push(await expectWhole(engine, scenario, await live(scenario), deaths));
      } catch (error) {
        throw new Error(`after dying ${deaths.map(({ when, k }) => `${when} commit ${k}`).join(", then ")}`, {
          cause: error,
        });
      }
    }
  };
  await Promise.all([work(), work()]);
  return stories;
}

/** How many commits a whole life takes. */
async function commitsOfOneLife(engine: Engine): Promise<number> {
  const scenario = { place: await engine.place(), folder: await tempHome() };
  let commits = 0;
  const taskId = await live(scenario, { after: (_kind, n) => (commits = n) });
  expect(await expectWhole(engine, scenario, taskId, [])).toEqual({ unknown: 0, partial: 0, attempts: 1 });
  return commits;
}

const before = (k: number): Death => ({ when: "before", k });
const after = (k: number): Death => ({ when: "after", k });
const around = (k: number): Death[] => [before(k), after(k)];
const upTo = (n: number, by = 1): number[] => Array.from({ length: Math.ceil(n / by) }, (_, i) => 1 + i * by);

test("F25: a run killed right before or after any commit goes on to its one end, with a whole log (sqlite)", async () => {
  const commits = await commitsOfOneLife(sqlite);
  expect(commits).toBeGreaterThan(15);
  const stories = await dieAndLiveOn(
    sqlite,
    upTo(commits - 1)
      .flatMap(around)
      .map((death) => [death]),
  );
  expect(stories.filter((story) => story.unknown > 0).length).toBeGreaterThan(2);
  expect(stories.filter((story) => story.partial > 0).length).toBeGreaterThan(0);
  expect(stories.filter((story) => story.attempts > 1).length).toBeGreaterThan(commits);
}, 60_000);

test("F25: a run killed again and again, also while it is being recovered, goes on all the same (sqlite)", async () => {
  const deaths = [7, 10].map((k): Death[] => [after(k), before(3), after(5)]);
  const stories = await dieAndLiveOn(sqlite, deaths);
  expect(Math.max(...stories.map((story) => story.attempts))).toBeGreaterThan(2);
}, 60_000);

test("F25: a run killed right before or after a commit goes on to its one end, with a whole log (postgres)", async () => {
  const commits = await commitsOfOneLife(postgres);
  const stories = await dieAndLiveOn(
    postgres,
    upTo(commits - 1, 3)
      .flatMap(around)
      .map((death) => [death]),
  );
  expect(stories.filter((story) => story.attempts > 1).length).toBeGreaterThan(4);
}, 60_000);
