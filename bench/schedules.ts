import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openStore } from "../src/store/open.ts";
import { createSchedule } from "../src/store/schedules/change.ts";
import { ensureUsers } from "../src/store/people/users.ts";
import { Scheduler } from "../src/worker/scheduler.ts";
import { eachDatabase, type BenchDatabase } from "./kit/engines.ts";
import type { Figure, Setting } from "./kit/figure.ts";
import { quantile } from "./kit/measure.ts";
import { quickLoop } from "./kit/quick-loop.ts";
import { benchHome, freePort, startBareNode, startSparky, type Served } from "./kit/server.ts";

const MANY = 1000;
const IDLE_MS = 10_000;
/** What a start leaves to do is not what an idle server does. */
const SETTLE_MS = 3000;

const DUE = 100;
const EVERY_MS = 10_000;
/** Each is due in turn, while nothing else is to be done. */
const APART_MS = EVERY_MS / DUE;
const ROUNDS = 2;

/** What many schedules cost while none is due, and how soon one that is due is worked on. */
export async function schedules(setting: Setting): Promise<Figure[]> {
  const figures = process.platform === "linux" ? await idle() : [];
  for await (const database of eachDatabase(setting)) {
    await using opened = database;
    const times = await lateness(opened);
    const raw = await timerLateness();
    const figure = (name: string, q: number, reach: number | null): Figure => ({
      what: `due instant → run started, ${opened.name}, ${name}`,
      value: quantile(times, q),
      unit: "ms",
      reach,
      raw: { what: "a timer alone", value: quantile(raw, q) },
    });
    figures.push(figure("median", 0.5, null), figure("p99", 0.99, 50));
  }
  return figures;
}

async function idle(): Promise<Figure[]> {
  const [without, many] = [await idleShare(0), await idleShare(MANY)];
  await using bare = await startBareNode(await freePort());
  const raw = { what: "bare Node serving HTTP", value: await shareOf(bare) };
  return [
    { what: "idle server, no schedules", value: without, unit: "%", reach: null, raw, note: "of a core" },
    {
      what: `idle server, ${MANY.toLocaleString("en")} schedules`,
      value: many,
      unit: "%",
      reach: 1,
      raw,
      note: "of a core",
    },
  ];
}

async function idleShare(count: number): Promise<number> {
  await using home = await benchHome();
  {
    await using store = await openStore({ kind: "sqlite", file: join(home.path, "sparky.db") });
    const { owner } = await ensureUsers(store);
    for (let n = 0; n < count; n++) {
      // Half a year at least until any is due.
      const when = n % 2 === 0 ? "every(200 days)" : `at(2099-01-01T00:00:${String(n % 60).padStart(2, "0")})`;
      await createSchedule(store, owner, { name: `s${n}`, when, prompt: "Look", timezone: "Europe/Berlin" });
    }
  }
  await using server = await startSparky(home, await freePort(), ["--agent-loop"]);
  return await shareOf(server);
}

/** The share of a core that a process takes while nobody asks anything of it, in per cent. */
async function shareOf({ process: { pid } }: Served): Promise<number> {
  await pause(SETTLE_MS);
  const [from, began] = [onCpuMs(pid), performance.now()];
  await pause(IDLE_MS);
  return (100 * (onCpuMs(pid) - from)) / (performance.now() - began);
}

/** All of its threads, to the nanosecond; Linux only. */
function onCpuMs(pid: number | undefined): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, id) => {
    const [ns] = readFileSync(join(tasks, id, "schedstat"), "utf8").split(" ");
    return sum + Number(ns) / 1e6;
  }, 0);
}

/** How long after their instants schedules were worked on. */
async function lateness(database: BenchDatabase): Promise<number[]> {
  await using store = await database.open();
  const { owner } = await ensureUsers(store);
  const late: number[] = [];
  await using loop = quickLoop(store, async ({ task }) => {
    const started = Date.now();
    const row = await store.db
      .selectFrom("occurrences")
      .select("due_at")
      .where("task_id", "=", task?.id ?? "")
      .executeTakeFirstOrThrow();
    late.push(started - Number(row.due_at));
  });
  await loop.start();
  const silent = (): void => {};
  const log = { debug: silent, info: silent, warn: console.warn, error: console.error };
  await using scheduler = new Scheduler({ store, stop: async () => {}, pollMs: EVERY_MS, log });
  scheduler.start();
  for (let n = 0; n < DUE; n++) {
    await createSchedule(store, owner, { name: `s${n}`, when: "every(10 seconds)", prompt: "Look" });
    await pause(APART_MS);
  }
  // The first round meets their making.
  late.length = 0;
  await pause(ROUNDS * EVERY_MS);
  if (late.length < DUE * (ROUNDS - 0.5))
    throw new Error(`only ${late.length} of ${DUE * ROUNDS} instants were served`);
  return late;
}

async function timerLateness(): Promise<number[]> {
  const late: number[] = [];
  for (let n = 0; n < DUE; n++) {
    const due = Date.now() + 50;
    await pause(50);
    late.push(Date.now() - due);
  }
  return late;
}
