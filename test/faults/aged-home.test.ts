import { expect, test } from "vitest";
import { eventsPage, hasUnread } from "../../src/store/log/events.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import { summariesOf } from "../../src/store/runs/summary.ts";
import { listApprovals } from "../../src/store/approvals/approvals.ts";
import { listChats } from "../../src/store/chats/chats.ts";
import { getChatWithView } from "../../src/store/chats/view.ts";
import { ChangedLists } from "../../src/store/changed-lists.ts";
import type { Store } from "../../src/store/database/store.ts";
import { purgeDeleted } from "../../src/store/endings/purge.ts";
import { sweepRuns } from "../../src/store/endings/sweep.ts";
import { taskActivity } from "../../src/store/overview/activity.ts";
import { away } from "../../src/store/overview/away.ts";
import { stats } from "../../src/store/overview/stats.ts";
import { activeRuns, taskCounts } from "../../src/store/overview/status.ts";
import { claimRuns, nextRunDue } from "../../src/store/runs/claim.ts";
import { listQuestions } from "../../src/store/questions/questions.ts";
import { takeLeftProcesses } from "../../src/store/runs/tool-processes.ts";
import { listSchedules, scheduleHistory } from "../../src/store/schedules/read.ts";
import { tickSchedules, untilNextDue } from "../../src/store/schedules/tick.ts";
import { indexPending } from "../../src/store/search/indexing.ts";
import { listTasks } from "../../src/store/tasks/read.ts";
import { ageHome, type AgedHome } from "../kit/aged-home.ts";
import { askedBy, planOf, reads, rowsRead } from "../kit/asked.ts";
import { eachEngine } from "../kit/databases.ts";

// What is asked per wake-up, second, step and page reads as much in an old home as in a new one. What is asked anew belongs
// into this table.

const AGE = { chats: 4000, events: 20_000, runs: 1500, rows: 3000 };

/** Rows that one of them may look at: some pages, and what is open. */
const FEW = 600;

/** Ten thousand rows are counted, in an index; told here as a query, and as a part of one. */
const COUNTED = 2 * Math.min(AGE.chats, 10_000) + FEW;

interface Asked {
  readonly what: string;
  readonly ask: (store: Store, home: AgedHome) => Promise<unknown>;
  /** More than few, for a reason that is told. */
  readonly rows?: number;
  /** On SQLite: indexes that it must go by, where another would be a way too, and a long one. */
  readonly by?: readonly string[];
}

const ASKED: readonly Asked[] = [
  { what: "per wake-up: a turn to claim", ask: (store) => claimRuns(store, { kind: "turn", limit: 4 }) },
  { what: "per wake-up: a task to claim", ask: (store) => claimRuns(store, { kind: "task", limit: 4 }) },
  { what: "per wake-up: when a run falls due", ask: (store) => nextRunDue(store, store.clock.now()) },
  { what: "per poll: runs whose worker is gone", ask: (store) => sweepRuns(store) },
  { what: "per poll: runs of this worker that were left", ask: (store) => sweepRuns(store, []) },
  { what: "per poll: commands that were left", ask: (store) => takeLeftProcesses(store) },
  { what: "per poll: chats to purge", ask: (store) => purgeDeleted(store) },
  { what: "per poll: schedules that are due", ask: (store) => tickSchedules(store) },
  { what: "per poll: when a schedule falls due", ask: (store) => untilNextDue(store, store.clock.now()) },
  {
    what: "per occurrence: what the schedule has at work",
    async ask(store) {
      const hourAgo = store.clock.now() - 3_600_000;
      await store.db.deleteFrom("occurrences").where("due_at", ">", hourAgo).execute();
      await store.db
        .updateTable("schedules")
        .set({ settled_to: hourAgo, next_due: store.clock.now() - 1 })
        .execute();
      await tickSchedules(store);
    },
  },
  {
    what: "every two seconds: chats to index",
    async ask(store) {
      await indexPending(store, 100);
    },
  },
  {
    what: "every second: lists that nobody was told of",
    // Of nodes on one PostgreSQL alone.
    ask: async (store) => store.kind === "postgres" && new ChangedLists(store).look(),
  },
  {
    what: "per step: unread messages",
    ask: (store, { longChat }) => hasUnread(store.db, longChat, AGE.events),
  },
  {
    what: "per run: what its chat begins with",
    ask: (store, { longChat }) => summariesOf(store, longChat, 20),
    by: ["events_summary"],
  },
  { what: "per page: chats", ask: (store, { owner }) => listChats(store, owner) },
  { what: "per page: archived chats", ask: (store, { owner }) => listChats(store, owner, { archived: true }) },
  {
    what: "per page: a chat",
    ask: (store, { owner, longChat }) => getChatWithView(store, owner, longChat),
    by: ["events_plan", "runs_open", "runs_chat_ended"],
  },
  { what: "per page: its events", ask: (store, { owner, longChat }) => eventsPage(store, owner, longChat, {}) },
  { what: "per page: tasks", ask: (store, { owner }) => listTasks(store, owner), rows: COUNTED },
  { what: "per page: schedules", ask: (store, { owner }) => listSchedules(store, owner, { recent: 3 }) },
  { what: "per page: a ledger", ask: (store, { owner }) => scheduleHistory(store, owner, "often", {}), rows: COUNTED },
  { what: "per page: approvals", ask: (store, { owner }) => listApprovals(store, owner) },
  { what: "per page: questions", ask: (store, { owner }) => listQuestions(store, owner, {}) },
  { what: "per page: what is at work", ask: (store, { owner }) => activeRuns(store, owner) },
  { what: "per page: while you were away", ask: (store, { owner }) => away(store, owner) },
  {
    what: "per page: the last hour's activity",
    ask: (store, { owner }) => taskActivity(store, owner, { since: isoBefore(store, 1) }),
  },
  {
    what: "per page: an hour's figures",
    ask: (store, { owner }) => stats(store, owner, { since: isoBefore(store, 1) }),
  },
  // Each task is counted, in an index and without its row.
  {
    what: "per page: how many tasks there are",
    ask: (store, { owner }) => taskCounts(store, owner),
    rows: AGE.chats + FEW,
  },
  // The last: the home has work from here on.
  {
    what: "per message: the run that reads it",
    ask: (store, { owner, longChat }) => postMessage(store, owner, longChat, { text: "And now?" }),
    by: ["runs_open"],
  },
];

const isoBefore = (store: Store, hours: number): string =>
  new Date(store.clock.now() - hours * 3_600_000).toISOString();

/** A walk through a whole table, or through an index that leaves nothing out, where no page ends it. */
const WALK =
  /^SCAN (?!.*(?:runs_due|runs_open|runs_held|runs_one_active|approvals_open|questions_open|chats_deleted|runs_claim|schedules|sqlite_|CONSTANT|user|tool_processes|tasks_recent|tasks_owner|chats_listed|counted|r$|json_each|\(sub))/;

eachEngine("an aged home", (engine) => {
  test("F68: what is asked again and again reads few rows, however old the home is", async () => {
    const store = await engine.store();
    const home = await ageHome(store, AGE);
    const tooMuch: string[] = [];
    for (const { what, ask, rows = FEW, by = [] } of ASKED) {
      const queries = (await askedBy(store, (asked) => ask(asked, home))).filter(reads);
      let sum = 0;
      const steps: string[] = [];
      for (const query of queries) {
        if (engine.kind === "postgres") sum += await rowsRead(store, query);
        else {
          const plan = await planOf(store, query);
          steps.push(...plan);
          const walks = plan.filter((step) => WALK.test(step));
          if (walks.length > 0) tooMuch.push(`${what}: ${walks.join(", ")}: ${query.sql}`);
        }
      }
      const missing = by.filter((index) => !steps.some((step) => step.includes(index)));
      if (engine.kind === "sqlite" && missing.length > 0) tooMuch.push(`${what}: not by ${missing.join(", ")}`);
      if (sum > rows) tooMuch.push(`${what}: ${sum} rows: ${queries.map(({ sql }) => sql).join("\n")}`);
    }
    expect(tooMuch).toEqual([]);
  });

  test("F118: the figures of a big home are read in portions, and everything else goes on between them", async () => {
    const store = await engine.store();
    const { owner } = await ageHome(store, AGE);
    let turns = 0;
    let done = false;
    const turn = (): void => {
      turns++;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    const told = await stats(store, owner, { since: isoBefore(store, 24 * 30) });
    done = true;
    expect(told.all.completed).toBe(AGE.chats + AGE.runs + 1);
    expect(turns).toBeGreaterThan((AGE.chats + AGE.runs) / 400);
  });
});
