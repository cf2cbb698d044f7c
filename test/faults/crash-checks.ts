import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import type { ChatEvent, EventOf, EventType } from "../../src/core/events.ts";
import { isEnded } from "../../src/core/run-state.ts";
import { readEvents, readHead } from "../../src/store/log/events.ts";
import { eventJson } from "../../src/store/database/drafts.ts";
import type { Store } from "../../src/store/database/store.ts";
import { getTask } from "../../src/store/tasks/read.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import type { Engine } from "../kit/databases.ts";
import { findingsOf } from "../kit/verify-scene.ts";
import { notesFile, RESULT, stampsFile, stepsOf, watched, type Scenario } from "./crash-scenario.ts";

/** What became of a run that has ended after any number of deaths. */
export interface Story {
  /** Calls whose outcome nobody knows. */
  readonly unknown: number;
  /** Effects that happened, though nobody knows it. */
  readonly unseen: number;
  readonly partial: number;
  readonly attempts: number;
}

/** Everything that was promised. */
export async function expectWhole(engine: Engine, scenario: Scenario, taskId: string, deaths: number): Promise<Story> {
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
  expect(states.filter(isEnded)).toEqual(["completed"]);
  expect(states.at(-1)).toBe("completed");
  expect(task).toMatchObject({ status: "completed", result: RESULT.slice(0, 4000), progress: { done: 1, total: 1 } });

  // Every call has one result, and no effect happened twice.
  const [uses, results] = [dataOf("tool_use"), dataOf("tool_result")];
  expect(results.map((result) => result.callId).sort()).toEqual(uses.map((use) => use.callId).sort());
  expect(uses).toHaveLength(scenario.parallel + 3);
  const notes = linesOf(notesFile(scenario));
  expect(notes.toSorted()).toEqual([...new Set(notes)].sort());
  let unseen = 0;
  for (const { callId, summary } of uses.filter((use) => use.name === "note")) {
    const result = results.find((candidate) => candidate.callId === callId);
    if (result?.ok) expect(notes).toContain(summary);
    else expect(result).toMatchObject({ interrupted: true });
    if (!result?.ok && notes.includes(summary)) unseen++;
  }
  expect(new Set(linesOf(stampsFile(scenario))).size).toBe(uses.filter((use) => use.name === "stamp").length);
  expect(results.filter((result) => result.name !== "note" && !result.ok)).toEqual([]);
  expectStartedOnce(events);

  // Nothing was said twice, and nothing is left over.
  const said = [...dataOf("message"), ...dataOf("thought")].filter((data) => !data.partial).map((data) => data.text);
  expect(said).toEqual(["Do both", RESULT, "First a plan.", "Now all."]);
  const steps = await store.db.selectFrom("steps").select("step").orderBy("step").execute();
  expect(steps.map((row) => row.step)).toEqual(stepsOf(scenario).map((_, index) => index + 1));
  for (const table of ["parts", "blobs"] as const)
    expect(await store.db.selectFrom(table).selectAll().execute()).toEqual([]);

  // What `sparky verify` says of it all.
  expect(await findingsOf(store)).toEqual([]);

  // The watcher that came back each time with its cursor holds exactly the log.
  expect(watched(scenario)).toEqual(await logAsSent(store, task.chatId));
  await store[Symbol.asyncDispose]();
  const attempts = Math.max(...dataOf("status").map((status) => ("attempt" in status ? (status.attempt ?? 0) : 0)));
  expect(attempts).toBeLessThanOrEqual(deaths + 1);
  const partial = [...dataOf("message"), ...dataOf("thought")].filter((data) => data.partial).length;
  return { unknown: results.filter((result) => result.interrupted).length, unseen, partial, attempts };
}

/** A call that is not safe to repeat has at most one `tool_start`, and none after its result. */
function expectStartedOnce(events: readonly ChatEvent[]): void {
  const starts = new Map<string, number>();
  const ended = new Set<string>();
  const names = new Map<string, string>();
  for (const { type, data } of events) {
    if (type === "tool_use") names.set(data.callId, data.name);
    if (type === "tool_result") ended.add(data.callId);
    if (type !== "tool_start") continue;
    expect(ended.has(data.callId)).toBe(false);
    starts.set(data.callId, (starts.get(data.callId) ?? 0) + 1);
  }
  const notes = [...starts].filter(([callId]) => names.get(callId) === "note").map(([, count]) => count);
  expect(Math.max(...notes)).toBe(1);
}

async function logAsSent(store: Store, chatId: string): Promise<string[]> {
  const rows = await store.db.selectFrom("events").selectAll().where("chat_id", "=", chatId).orderBy("seq").execute();
  return rows.map(({ seq, body }) => eventJson(chatId, seq, body));
}

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
