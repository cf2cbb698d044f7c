import { setTimeout as pause } from "node:timers/promises";
import { bareClient, bareSqlite, eachDatabase, type BenchDatabase } from "./kit/engines.ts";
import type { Figure, Reach, Setting } from "./kit/figure.ts";
import { quantile } from "./kit/measure.ts";
import { quickLoop } from "./kit/quick-loop.ts";
import { addTask } from "../src/store/tasks/add.ts";
import { ensureUsers } from "../src/store/people/users.ts";

const TASKS = 300;
const WARM_UP = 50;
/** Between two tasks: each finds the loop asleep. */
const PAUSE_MS = 5;
const REACH = { SQLite: { times: 1.7 }, PostgreSQL: { times: 3 } };

/** From the call that adds a task until a worker has its run, on the same node, while nothing else is to do. */
export async function wake(setting: Setting): Promise<Figure[]> {
  const figures: Figure[] = [];
  for await (const database of eachDatabase(setting)) {
    await using opened = database;
    const bare = await bareTimes(opened);
    const times = await startTimes(opened);
    const figure = (name: string, q: number, reach: Reach | null): Figure => ({
      what: `task added → run started, ${opened.name}, ${name}`,
      value: quantile(times, q),
      unit: "ms",
      reach,
      raw: { what: "two bare commits: add, take", value: quantile(bare, q) },
    });
    figures.push(figure("median", 0.5, null), figure("p99", 0.99, REACH[opened.name]));
  }
  return figures;
}

async function startTimes(database: BenchDatabase): Promise<number[]> {
  await using store = await database.open();
  const { owner } = await ensureUsers(store);
  let started: (() => void) | undefined;
  await using loop = quickLoop(store, () => started?.());
  await loop.start();
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + TASKS; i++) {
    const { promise, resolve } = Promise.withResolvers<void>();
    started = resolve;
    const asked = performance.now();
    const [took] = await Promise.all([
      promise.then(() => performance.now() - asked),
      addTask(store, owner, { instruction: "Check knowledge graph stats" }),
    ]);
    if (i >= WARM_UP) times.push(took);
    while (loop.size > 0) await pause(1);
    await pause(PAUSE_MS);
  }
  return times;
}

const TABLE = "create table bare (id integer primary key, state text not null)";
const ADD = "insert into bare values ($1, 'queued')";
const TAKE = "update bare set state = 'working' where id = $1";

async function bareTimes({ place }: BenchDatabase): Promise<number[]> {
  if (place.kind === "sqlite") {
    const db = bareSqlite(`${place.file}-bare`);
    db.exec(TABLE);
    const statements = [ADD, TAKE].map((text) => db.prepare<{ 1: number }>(text));
    const times = await timesOf(async (id) => statements.forEach((statement) => statement.run({ 1: id })));
    db.close();
    return times;
  }
  await using connection = await bareClient(place.url);
  const { client } = connection;
  await client.query(TABLE);
  return await timesOf(async (id) => {
    await client.query({ name: "add", text: ADD, values: [id] });
    await client.query({ name: "take", text: TAKE, values: [id] });
  });
}

async function timesOf(work: (n: number) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + TASKS; n++) {
    const started = performance.now();
    await work(n);
    if (n >= WARM_UP) times.push(performance.now() - started);
    await pause(PAUSE_MS);
  }
  return times;
}
