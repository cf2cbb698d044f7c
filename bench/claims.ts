import { bareClient, bareSqlite, eachDatabase, type BenchDatabase } from "./kit/engines.ts";
import type { Figure, Setting } from "./kit/figure.ts";
import { rateInFlight } from "./kit/measure.ts";
import { claimRuns } from "../src/store/runs/claim.ts";
import type { Store } from "../src/store/database/store.ts";
import { addTask } from "../src/store/tasks/add.ts";
import { ensureUsers } from "../src/store/people/users.ts";
import { Loop } from "../src/worker/loop.ts";

const WORKERS = 16;
const RUNS = 3000;
/** Claimers that know nothing of each other are slower. */
const RUNS_OF_RIVALS = 1000;

/** Leases on queued runs until the queue is empty; none may be taken twice. */
export async function claims(setting: Setting): Promise<Figure[]> {
  const figures: Figure[] = [];
  for await (const database of eachDatabase(setting)) {
    await using opened = database;
    const raw = { what: "one update of a queue's row a commit", value: await bareClaims(opened) };
    await using store = await opened.open();
    const shared = { unit: "/s", raw } as const;
    figures.push(
      {
        what: `claims by a loop with ${WORKERS} workers, ${opened.name}`,
        value: await loopClaims(store),
        reach: { times: 2 },
        ...shared,
      },
      {
        what: `claims by ${WORKERS} rivals, one at a time, ${opened.name}`,
        value: await rivalClaims(store),
        reach: null,
        ...shared,
      },
    );
  }
  return figures;
}

/** The real loop; its workers do nothing, so that it claims as fast as it can. */
async function loopClaims(store: Store): Promise<number> {
  await addTasks(store, RUNS);
  const taken = new Set<string>();
  const { promise: empty, resolve, reject } = Promise.withResolvers<void>();
  const fail = (_: object, message: string): void => reject(new Error(message));
  await using loop = new Loop({
    store,
    tasks: true,
    concurrency: WORKERS,
    pollMs: 60_000,
    log: { debug: () => {}, info: () => {}, warn: fail, error: fail },
    async work({ run }) {
      if (taken.has(run.id)) reject(new Error(`run ${run.id} was claimed twice`));
      taken.add(run.id);
      if (taken.size === RUNS) resolve();
    },
  });
  const started = performance.now();
  await loop.start();
  await empty;
  return (RUNS * 1000) / (performance.now() - started);
}

async function rivalClaims(store: Store): Promise<number> {
  await addTasks(store, RUNS_OF_RIVALS);
  const taken = new Set<string>();
  const rate = await untilEmpty(RUNS_OF_RIVALS, async () => {
    const claimed = await claimRuns(store, { kind: "task", limit: 1 });
    for (const { run } of claimed) {
      if (taken.has(run.id)) throw new Error(`run ${run.id} was claimed twice`);
      taken.add(run.id);
    }
    return claimed.length > 0;
  });
  if (taken.size !== RUNS_OF_RIVALS) throw new Error(`${taken.size} of ${RUNS_OF_RIVALS} runs were claimed`);
  return rate;
}

async function addTasks(store: Store, count: number): Promise<void> {
  const { owner } = await ensureUsers(store);
  await rateInFlight(count, WORKERS, () => addTask(store, owner, { instruction: "Check knowledge graph stats" }));
}

async function untilEmpty(runs: number, claim: () => Promise<boolean>): Promise<number> {
  const started = performance.now();
  const worker = async (): Promise<void> => {
    while (await claim());
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return (runs * 1000) / (performance.now() - started);
}

const TABLE = "create table bare (id integer primary key, state text not null, lease integer not null)";
const INDEX = "create index bare_queued on bare (id) where state = 'queued'";
const CLAIM = (lock: string): string =>
  `update bare set state = 'working', lease = lease + 1
     where id = (select id from bare where state = 'queued' order by id limit 1 ${lock}) returning id`;

function bareClaims({ place }: BenchDatabase): Promise<number> {
  return place.kind === "sqlite" ? bareSqliteClaims(`${place.file}-bare`) : barePostgresClaims(place.url);
}

async function bareSqliteClaims(file: string): Promise<number> {
  const db = bareSqlite(file);
  db.exec(`${TABLE}; ${INDEX}`);
  const insert = db.prepare("insert into bare values (?, 'queued', 0)");
  db.transaction(() => {
    for (let id = 1; id <= RUNS; id++) insert.run(id);
  })();
  const claim = db.prepare(CLAIM(""));
  const rate = await untilEmpty(RUNS, async () => claim.get() !== undefined);
  db.close();
  return rate;
}

async function barePostgresClaims(url: string): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const clients = await Promise.all(Array.from({ length: WORKERS }, () => bareClient(url)));
  const idle = clients.map((connection) => stack.use(connection).client);
  await idle[0]?.query(`${TABLE}; ${INDEX}; insert into bare select n, 'queued', 0 from generate_series(1, ${RUNS}) n`);
  // Awaited here: the connections are closed on the way out.
  return await untilEmpty(RUNS, async () => {
    const client = idle.pop();
    const rows = (await client?.query({ name: "claim", text: CLAIM("for update skip locked") }))?.rows ?? [];
    if (client !== undefined) idle.push(client);
    return rows.length > 0;
  });
}
