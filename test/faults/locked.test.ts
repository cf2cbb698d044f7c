import { sql } from "kysely";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { isSparkyError } from "../../src/core/errors.ts";
import { createChat, deleteChat, patchChat } from "../../src/store/chats/chats.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import type { Store } from "../../src/store/database/store.ts";
import { requestStop } from "../../src/store/endings/stop.ts";
import { sweepRuns } from "../../src/store/endings/sweep.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { claimRuns } from "../../src/store/runs/claim.ts";
import { postgres } from "../kit/databases.ts";
import { until } from "../kit/worker.ts";

// Somebody who is alive holds a row, and does not let go: no time limit of the server ends that.

async function scene() {
  const place = await postgres.place();
  const store = await postgres.open(place);
  const { owner } = await ensureUsers(store);
  const admin = new Client({ connectionString: place.kind === "postgres" ? place.url : "" });
  await admin.connect();
  onTestFinished(() => admin.end());
  const rows = async (query: string): Promise<number> => (await admin.query(query)).rowCount ?? 0;
  const ours = "datname = current_database() and application_name = 'sparky'";
  return {
    store,
    place,
    admin,
    owner,
    hold: (chatId: string) => admin.query(`begin; update chats set title = title where id = '${chatId}'`),
    letGo: () => admin.query("rollback"),
    /** How many of the server's processes wait for a lock for us. */
    waiting: async (): Promise<number> => {
      await admin.query("select pg_stat_clear_snapshot()");
      return rows(`select from pg_stat_activity where ${ours} and wait_event_type = 'Lock'`);
    },
    setting: async (name: string, db = store.db) =>
      (await sql<{ is: string }>`select current_setting(${name}) as is`.execute(db)).rows[0]?.is,
  };
}

const told = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "well",
    (error: unknown) => (isSparkyError(error) ? error.code : String(error)),
  );

test("F111: what waits for a row in vain is told so, and leaves no process of the server waiting for nobody", async () => {
  const { store, owner, hold, letGo, waiting } = await scene();
  const { chat } = await createChat(store, owner, {});
  await hold(chat.id);
  const event = { type: "thought", data: { text: "x" }, runId: null, taskId: null, step: null } as const;
  const actor = { kind: "agent", id: "agent", name: "agent" } as const;
  const work = [
    requestStop(store, owner, { chatId: chat.id }),
    postMessage(store, owner, chat.id, { text: "hello" }),
    store.append({ chatId: chat.id, events: [{ ...event, actor }] }),
    patchChat(store, owner, chat.id, { title: "new" }),
    deleteChat(store, owner, chat.id),
    store.db.updateTable("chats").set({ title: "lone" }).where("id", "=", chat.id).execute(),
  ].map(told);
  await until("them to wait", async () => (await waiting()) > 2);
  expect(new Set(await Promise.all(work))).toEqual(new Set(["unavailable"]));
  expect(await waiting()).toBe(0);
  await letGo();
  expect(await told(postMessage(store, owner, chat.id, { text: "hello" }))).toBe("well");
});

test("F110: events of other chats that share a commit with those of a locked one are written", async () => {
  const { store, owner, hold, letGo } = await scene();
  const [held, free] = await Promise.all([1, 2].map(async () => (await createChat(store, owner, {})).chat.id));
  await hold(held ?? "");
  const event = { type: "thought", data: { text: "x" }, runId: null, taskId: null, step: null } as const;
  const actor = { kind: "agent", id: "agent", name: "agent" } as const;
  const append = (chatId = ""): Promise<string> => told(store.append({ chatId, events: [{ ...event, actor }] }));
  expect(await Promise.all([append(held), append(free), append(free), append("none")])).toEqual([
    "unavailable",
    "well",
    "well",
    "not_found",
  ]);
  await letGo();
});

test("F110: the sweep passes over a run whose chat is locked, and takes back the others", async () => {
  const { store, owner, hold, letGo, waiting } = await scene();
  const runs = await Promise.all(
    [1, 2, 3].map(async () => {
      const { chat } = await createChat(store, owner, {});
      return { chatId: chat.id, ...(await postMessage(store, owner, chat.id, { text: "x" })) };
    }),
  );
  expect(await claimRuns(store, { kind: "turn", limit: 3 })).toHaveLength(3);
  await store.db.updateTable("runs").set({ lease_until: 1 }).execute();
  await hold(runs[1]?.chatId ?? "");
  expect(await sweepRuns(store)).toBe(2);
  expect(await waiting()).toBe(0);
  await letGo();
  expect(await sweepRuns(store)).toBe(1);
  const states = await store.db.selectFrom("runs").select("state").execute();
  expect(states).toEqual(runs.map(() => ({ state: "queued" })));
});

test("F111: a node that starts waits its turn for a table that somebody uses, and lets others through meanwhile", async () => {
  const { store, place, admin, waiting } = await scene();
  await admin.query("begin; lock table migrations in access exclusive mode");
  const starting = postgres.open(place, { node: "starting" });
  await until("it to wait", async () => (await waiting()) > 0);
  await until("it to let others through", async () => (await waiting()) === 0);
  await admin.query("rollback");
  await starting;
  expect(await told(sql`select 1`.execute(store.db))).toBe("well");
});

test("F110 F111: each connection has its limits, and those for people shorter ones", async () => {
  const { store, setting } = await scene();
  const NAMES = ["lock_timeout", "idle_in_transaction_session_timeout", "statement_timeout"];
  const limits = (db: Store["db"]) => Promise.all(NAMES.map((name) => setting(name, db)));
  expect(await limits(store.db)).toEqual(["4s", "5s", "15s"]);
  const short = { lockMs: 1000, tries: 1 };
  expect(await store.transact((tx) => limits(tx.db), short)).toEqual(["1s", "5s", "15s"]);
  // Only within that transaction.
  expect(await limits(store.db)).toEqual(["4s", "5s", "15s"]);
  const { rows } = await sql<{ n: string }>`select count(*) as n from pg_stat_activity
    where datname = current_database() and application_name = 'sparky-listen'`.execute(store.db);
  expect(Number(rows[0]?.n)).toBe(1);
});
