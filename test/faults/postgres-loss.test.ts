import { sql } from "kysely";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { readEvents } from "../../src/store/log/events.ts";
import type { Store } from "../../src/store/database/store.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { startAgent } from "../kit/agent.ts";
import { chatServer } from "../kit/chat-server.ts";
import { postgres } from "../kit/databases.ts";
import { startPostgres } from "../kit/postgres-cluster.ts";
import { call, say, scriptedModel, stepsIn, type ScriptedModel } from "../kit/scripted-model.ts";
import { spendLink } from "../kit/sign-in.ts";
import { tcpProxy } from "../kit/tcp-proxy.ts";
import { ended, testTool, until } from "../kit/worker.ts";

// The database goes away in the middle of a run, in each of the ways in which it does.

const STEPS = 6;
const manySteps = (): ScriptedModel =>
  scriptedModel((request) => {
    const n = stepsIn(request);
    return n < STEPS ? [say(`Step ${n}. `), call("effect", { text: `${n}` })] : [say("It is done.")];
  });

/** The log of a run that ended well: without a gap, each call with one result, no effect twice. */
async function expectWell(store: Store, chatId: string, effects: readonly string[]): Promise<void> {
  const events = await readEvents(store.db, chatId);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const ends = events.filter(({ type, data }) => type === "status" && ["completed", "failed"].includes(data.state));
  expect(ends.map(({ data }) => data)).toMatchObject([{ state: "completed" }]);
  const ids = (type: "tool_use" | "tool_result"): string[] =>
    events.flatMap((event) => (event.type === type ? [event.data.callId] : [])).sort();
  expect(ids("tool_use")).toHaveLength(STEPS);
  expect(ids("tool_result")).toEqual(ids("tool_use"));
  expect(effects).toEqual([...new Set(effects)]);
  expect(effects.length).toBeGreaterThan(0);
}

async function opened(url: string): Promise<Store> {
  const store = await openStore({ kind: "postgres", url });
  onTestFinished(() => store[Symbol.asyncDispose]());
  return store;
}

test("F25: PostgreSQL restarted in the middle of a run: the run goes on to its one end", async () => {
  const cluster = await startPostgres();
  onTestFinished(() => cluster[Symbol.asyncDispose]());
  const store = await opened(cluster.url);
  const { owner } = await ensureUsers(store);
  const effects: string[] = [];
  let restarts = 0;
  const effect = testTool(
    "effect",
    async (text) => {
      effects.push(text);
      // Once while the effect is at work, once while its result is being written.
      if (text === "1") await cluster.restart().then(() => restarts++);
      if (text === "3") void cluster.restart().then(() => restarts++);
      return null;
    },
    { idempotent: false },
  );
  await startAgent(store, { model: manySteps(), tools: [effect], pollMs: 200 });
  const { task } = await addTask(store, owner, { instruction: "x" });
  await until("the run's end", () => ended(store, task.runId).catch(() => false));
  expect(restarts).toBe(2);
  await expectWell(store, task.chatId, effects);
});

test("F25: every connection to PostgreSQL is ended, twice: the run goes on to its one end", async () => {
  const place = await postgres.place();
  const url = place.kind === "postgres" ? place.url : "";
  const store = await opened(url);
  const { owner } = await ensureUsers(store);
  const admin = new Client({ connectionString: url });
  await admin.connect();
  onTestFinished(() => admin.end());
  let killed = 0;
  const kill = async (): Promise<void> => {
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    killed += rowCount ?? 0;
  };
  const effects: string[] = [];
  const effect = testTool(
    "effect",
    async (text) => {
      effects.push(text);
      // Once while the effect is at work, once while its result is being written.
      if (text === "1") await kill();
      if (text === "3") void kill();
      return null;
    },
    { idempotent: false },
  );
  await startAgent(store, { model: manySteps(), tools: [effect], pollMs: 200 });
  const { task } = await addTask(store, owner, { instruction: "x" });
  await until("the run's end", () => ended(store, task.runId).catch(() => false));
  expect(killed).toBeGreaterThan(2);
  await expectWell(store, task.chatId, effects);
});

test("F25: a node cut off from PostgreSQL by a half-open connection ends its tools, another takes over, and the first writes and shows nothing more", async () => {
  const place = await postgres.place();
  const url = new URL(place.kind === "postgres" ? place.url : "");
  const proxy = await tcpProxy({ port: Number(url.port) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const direct = await opened(url.href);
  url.port = String(proxy.port);
  const cutOff = await opened(url.href);
  const { owner } = await ensureUsers(direct);

  const effects: string[] = [];
  let endedAt = 0;
  const hanging = testTool(
    "effect",
    (text, { signal }) =>
      new Promise((resolve, reject) => {
        effects.push(text);
        if (text !== "1") return resolve(null);
        signal.addEventListener("abort", () => {
          endedAt = performance.now();
          reject(signal.reason as Error);
        });
      }),
    { idempotent: false, timeoutMs: 60_000 },
  );
  const first = await startAgent(cutOff, { model: manySteps(), tools: [hanging], pollMs: 200 });
  const { task } = await addTask(cutOff, owner, { instruction: "x" });
  const shown: number[] = [];
  const unwatch = cutOff.hub.watch(task.chatId, {
    events: (events) => void shown.push(...events.map(({ seq }) => seq)),
    delta: () => {},
    gone: () => {},
  });
  onTestFinished(unwatch);
  await until("the tool", () => effects.includes("1"));
  const frozenAt = performance.now();
  proxy.freeze();
  const shownBefore = shown.length;

  // Its lease runs out by the database's clock; nobody has to tell it.
  const second = await startAgent(direct, { model: manySteps(), tools: [hanging], pollMs: 200 });
  await until("the first node to end its tool", () => endedAt > 0);
  expect(endedAt - frozenAt).toBeLessThan(17_000);
  await until(
    "the run's end",
    () =>
      ended(direct, task.runId).then(
        () => true,
        () => false,
      ),
    40_000,
  );
  expect((await ended(direct, task.runId)).attempt).toBe(2);
  expect(shown).toHaveLength(shownBefore);
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from events`.execute(direct.db);
  proxy.restore();
  // What it had to say is refused now that it can say it; the events of the other reach it like any node.
  await until("the first node to hear again", () => shown.length > shownBefore);
  const after = await sql<{ n: number }>`select count(*)::int as n from events`.execute(direct.db);
  expect(after.rows).toEqual(rows);
  expect(shown).toEqual(shown.toSorted((a, b) => a - b));
  await expectWell(direct, task.chatId, effects);
  expect(effects.filter((text) => text === "1")).toHaveLength(1);
  await Promise.all([first.stop(), second.stop()]);
});

test("F10 F21: while PostgreSQL is out of reach every request is told so in time, none that it is not signed in; then all is well again", async () => {
  const place = await postgres.place();
  const url = new URL(place.kind === "postgres" ? place.url : "");
  const proxy = await tcpProxy({ port: Number(url.port) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  url.port = String(proxy.port);
  url.searchParams.set("query_timeout", "1000");
  const store = await opened(url.href);
  const { server, people, token } = await chatServer(store);
  const host = { host: "127.0.0.1:8000" };
  const signedIn = await spendLink(server, (await server.createLoginLink(people.owner)).url);
  const cookie = signedIn.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
  const bearer = `Bearer ${await token(people.owner)}`;
  const ask = async (path: string, headers: HeadersInit, init: RequestInit = {}): Promise<string> => {
    const request = new Request(`http://127.0.0.1:8000${path}`, { ...init, headers: { ...host, ...headers } });
    const response = await server.fetch(request, {});
    const { error } = (await response.json()) as { readonly error?: { readonly code: string } };
    return `${response.status} ${error?.code ?? "ok"}`;
  };
  const all = (): Promise<readonly string[]> =>
    Promise.all([
      ask("/api/chats", { cookie }),
      ask("/api/tasks", { authorization: bearer }),
      ask("/api/status", { authorization: bearer }),
      ask("/api/chats", { authorization: bearer }, { method: "POST", body: "{}" }),
    ]);
  const well = ["200 ok", "200 ok", "200 ok", "201 ok"];
  expect(await all()).toEqual(well);
  proxy.freeze();
  expect(await all()).toEqual(well.map(() => "503 unavailable"));
  proxy.restore();
  await until("the connections that hung to be given up", async () => (await all()).join() === well.join());
  proxy.cut();
  expect(await all()).toEqual(well.map(() => "503 unavailable"));
  proxy.restore();
  await until("the database to be back", async () => (await all()).join() === well.join());
});
