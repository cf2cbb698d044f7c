import { ageHome, type AgedHome } from "../test/kit/aged-home.ts";
import { listApprovals } from "../src/store/approvals/approvals.ts";
import { listChats } from "../src/store/chats/chats.ts";
import { getChatWithView } from "../src/store/chats/view.ts";
import { eventsPage } from "../src/store/log/events.ts";
import { taskActivity } from "../src/store/overview/activity.ts";
import { away } from "../src/store/overview/away.ts";
import { stats } from "../src/store/overview/stats.ts";
import { activeRuns, taskCounts } from "../src/store/overview/status.ts";
import { claimRuns, nextRunDue } from "../src/store/runs/claim.ts";
import { listSchedules, scheduleHistory } from "../src/store/schedules/read.ts";
import { tickSchedules } from "../src/store/schedules/tick.ts";
import { listTasks } from "../src/store/tasks/read.ts";
import type { Store } from "../src/store/database/store.ts";
import { eachDatabase, type BenchDatabase } from "./kit/engines.ts";
import type { Figure, Setting } from "./kit/figure.ts";
import { median } from "./kit/measure.ts";

const YOUNG = { chats: 20, events: 200, runs: 20, rows: 20 };
const OLD = { chats: 20_000, events: 240_000, runs: 2000, rows: 20_000 };
const TIMES = 15;
/** What an old home may take, of a young one's time; below some milliseconds nobody can tell. */
const REACH = { times: 3, leastMs: 3 };
const LONGEST_MS = 20;

type Ask = (store: Store, home: AgedHome) => Promise<unknown>;

const before = (store: Store, hours: number): string => new Date(store.clock.now() - hours * 3_600_000).toISOString();

const ASKED: { readonly [what: string]: Ask } = {
  "what a wake-up asks": async (store) => {
    await claimRuns(store, { kind: "turn", limit: 4 });
    await claimRuns(store, { kind: "task", limit: 4 });
    await nextRunDue(store, store.clock.now());
    await tickSchedules(store);
  },
  "the list of chats": (store, { owner }) => listChats(store, owner),
  "the list of tasks": (store, { owner }) => listTasks(store, owner),
  "a long chat": async (store, { owner, longChat }) => {
    await getChatWithView(store, owner, longChat);
    await eventsPage(store, owner, longChat, {});
  },
  "schedules, and a ledger": async (store, { owner }) => {
    await listSchedules(store, owner, { recent: 20 });
    await scheduleHistory(store, owner, "often", {});
  },
  "the inbox": (store, { owner }) => listApprovals(store, owner),
  "the status": async (store, { owner }) => {
    await taskCounts(store, owner);
    await activeRuns(store, owner);
  },
  "while you were away": (store, { owner }) => away(store, owner),
  "the last day's activity": (store, { owner }) => taskActivity(store, owner, { since: before(store, 1) }),
};

/** What people look at, and what the loop asks, in a home that is years old beside one that is new. */
export async function agedHome(setting: Setting): Promise<Figure[]> {
  const figures: Figure[] = [];
  for await (const database of eachDatabase(setting)) {
    await using opened = database;
    const young = await timesOf(opened, YOUNG);
    await using other = await another(setting, opened.name);
    const old = await timesOf(other, OLD);
    for (const [what, value] of old.times) {
      const small = young.times.get(what) ?? 0;
      const reach = Math.max(REACH.leastMs, Math.ceil(small * REACH.times));
      const raw = { what: "the same in a new home", value: small };
      figures.push({ what: `${what} in an old home, ${opened.name}`, value, unit: "ms", reach, raw });
    }
    const raw = { what: "the same in a new home", value: young.longest };
    const what = `the longest that one of these, or a year's figures, stops the rest, ${opened.name}`;
    figures.push({ what, value: old.longest, unit: "ms", reach: LONGEST_MS, raw });
  }
  return figures;
}

async function another(setting: Setting, name: BenchDatabase["name"]): Promise<BenchDatabase> {
  for await (const database of eachDatabase(setting)) {
    if (database.name === name) return database;
    await database[Symbol.asyncDispose]();
  }
  throw new Error(`there is no second ${name}`);
}

interface Times {
  readonly times: ReadonlyMap<string, number>;
  readonly longest: number;
}

async function timesOf(database: BenchDatabase, age: typeof OLD): Promise<Times> {
  await using store = await database.open();
  const home = await ageHome(store, age);
  const times = new Map<string, number>();
  let longest = 0;
  for (const [what, ask] of Object.entries(ASKED)) {
    await ask(store, home);
    const measured: number[] = [];
    for (let n = 0; n < TIMES; n++) {
      const started = performance.now();
      longest = Math.max(longest, await longestStop(() => ask(store, home)));
      measured.push(performance.now() - started);
    }
    times.set(what, median(measured));
  }
  const year = (): Promise<unknown> => stats(store, home.owner, { since: before(store, 24 * 365) });
  await year();
  return { times, longest: Math.max(longest, await longestStop(year)) };
}

/** How long the event loop stood still at most while `work` was done. */
async function longestStop(work: () => Promise<unknown>): Promise<number> {
  let [longest, last, done] = [0, performance.now(), false];
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!done) setImmediate(look);
  };
  setImmediate(look);
  await work();
  done = true;
  look();
  return longest;
}
