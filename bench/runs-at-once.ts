import { agentDeps } from "../test/kit/worker.ts";
import { call, say, scriptedModel, stepsIn } from "../test/kit/scripted-model.ts";
import { workRun } from "../src/agent/run.ts";
import type { Store } from "../src/store/database/store.ts";
import { ensureUsers } from "../src/store/people/users.ts";
import { addTask } from "../src/store/tasks/add.ts";
import { Loop } from "../src/worker/loop.ts";
import { BODY } from "./kit/event.ts";
import { bareClient, bareSqlite, eachDatabase, type BenchDatabase } from "./kit/engines.ts";
import type { Figure, Setting } from "./kit/figure.ts";
import { rateInFlight, rateOf } from "./kit/measure.ts";

const RUNS = 50;
/** Each of them calls a tool, but for the last. */
const STEPS = 5;
const ROUNDS = 4;
const RAW_MS = 1500;
/** Connections of the bare client, as many as the product has. */
const CONNECTIONS = 16;

/** Steps a second of many runs at once, with a model that answers at once: the processor and the disk are all that is waited for. */
export async function runsAtOnce(setting: Setting): Promise<Figure[]> {
  const figures: Figure[] = [];
  for await (const database of eachDatabase(setting)) {
    await using opened = database;
    const raw = { what: "one insert a commit", value: await bareCommits(opened) };
    await using store = await opened.open();
    figures.push({
      what: `${RUNS} runs at once, each of ${STEPS} steps with an instant model: steps a second, ${opened.name}`,
      value: await stepRate(store),
      unit: "/s",
      reach: { times: 2 },
      raw,
    });
  }
  return figures;
}

async function stepRate(store: Store): Promise<number> {
  const { owner } = await ensureUsers(store);
  const model = scriptedModel((request) =>
    stepsIn(request) < STEPS - 1 ? [call("current_time")] : [say("All is well.")],
  );
  const deps = agentDeps(store, { model });
  let left = 0;
  let done: (() => void) | undefined;
  await using loop = new Loop({
    store,
    async work(claimed, signal) {
      await workRun(deps, claimed, signal);
      if (--left === 0) done?.();
    },
    ...{ tasks: true, concurrency: RUNS, pollMs: 60_000, log: deps.log },
  });
  await loop.start();
  const round = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    [left, done] = [RUNS, resolve];
    const add = (): Promise<unknown> => addTask(store, owner, { instruction: "Check knowledge graph stats" });
    await Promise.all(Array.from({ length: RUNS }, add));
    await promise;
  };
  await round();
  const started = performance.now();
  for (let n = 0; n < ROUNDS; n++) await round();
  return (ROUNDS * RUNS * STEPS * 1000) / (performance.now() - started);
}

async function bareCommits({ place }: BenchDatabase): Promise<number> {
  if (place.kind === "sqlite") {
    const db = bareSqlite(`${place.file}-bare`);
    db.exec("create table bare (id integer primary key, body text)");
    const insert = db.prepare("insert into bare (body) values (?)");
    const rate = await rateOf(RAW_MS, () => void insert.run(BODY));
    db.close();
    return rate;
  }
  await using stack = new AsyncDisposableStack();
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => bareClient(place.url)));
  const idle = clients.map((connection) => stack.use(connection).client);
  await idle[0]?.query("create table bare (id bigserial primary key, body text)");
  const insert = async (): Promise<void> => {
    const client = idle.pop();
    await client?.query({ name: "insert", text: "insert into bare (body) values ($1)", values: [BODY] });
    if (client !== undefined) idle.push(client);
  };
  // Awaited here: the connections are closed on the way out.
  return await rateInFlight(5000, CONNECTIONS, insert);
}
