import { setImmediate } from "node:timers/promises";
import { Client } from "pg";
import type { Place } from "../kit/databases.ts";

/** A PostgreSQL whose own clock stands still until a test moves it, as the nodes' clocks do. */
export interface DatabaseTime extends AsyncDisposable {
  set(ms: number): Promise<void>;
  readonly now: () => Promise<number>;
  /** Until nobody in this process has asked a server anything that it has not answered. */
  quiet(): Promise<void>;
}

/** What `clock_timestamp()` says there from now on, to whoever connects. A sequence, since it is the same within every snapshot. */
export async function databaseTime(place: Place, start: number): Promise<DatabaseTime> {
  if (place.kind !== "postgres") throw new Error("a file has no clock of its own");
  const admin = new Client({ connectionString: place.url });
  await admin.connect();
  await admin.query(`
    create schema time;
    create sequence time.passed start ${start};
    create function public.clock_timestamp() returns timestamptz language sql volatile
      as 'select to_timestamp(last_value / 1000.0) from time.passed'`);
  await admin.query(`alter database ${new URL(place.url).pathname.slice(1)} set search_path = public, pg_catalog`);
  await admin.query("set search_path = public, pg_catalog");
  const open = countOpen();
  return {
    set: async (ms) => void (await admin.query("select setval('time.passed', $1)", [ms])),
    async now() {
      const { rows } = await admin.query("select extract(epoch from clock_timestamp()) * 1000 as now");
      return Number(rows[0]?.now);
    },
    async quiet() {
      for (let still = 0; still < 5; still = open.count === 0 ? still + 1 : 0) await setImmediate();
    },
    async [Symbol.asyncDispose]() {
      open[Symbol.dispose]();
      await admin.end();
    },
  };
}

/** Counts what is asked through the library's one door. */
function countOpen(): Disposable & { readonly count: number } {
  let count = 0;
  const { prototype } = Client;
  const query: unknown = Reflect.get(prototype, "query");
  const counted = function (this: Client, ...args: readonly unknown[]): unknown {
    const answer: unknown = Reflect.apply(query as typeof prototype.query, this, args);
    if (answer instanceof Promise) {
      count++;
      const done = (): void => void count--;
      answer.then(done, done);
    }
    return answer;
  };
  Reflect.set(prototype, "query", counted);
  return {
    get count() {
      return count;
    },
    [Symbol.dispose]: () => void Reflect.set(prototype, "query", query),
  };
}
