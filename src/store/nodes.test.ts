import { setImmediate as immediate } from "node:timers/promises";
import { sql } from "kysely";
import { expect, onTestFinished, test, vi } from "vitest";
import { postgres } from "../../test/kit/databases.ts";
import { tcpProxy } from "../../test/kit/tcp-proxy.ts";
import type { NewEvent } from "../core/events.ts";
import { Hub, type HubDelta } from "../core/hub.ts";
import { addAccount } from "./people/accounts.ts";
import { SYSTEM_ACTOR } from "./people/actors.ts";
import { createChat, deleteChat } from "./chats/chats.ts";
import { shareChat, unshareChat } from "./chats/shares.ts";
import { claimRuns } from "./runs/claim.ts";
import { checkpoint, fenceOf } from "./runs/record.ts";
import { Nodes } from "./nodes.ts";
import { endRun } from "./endings/run.ts";
import { requestStop } from "./endings/stop.ts";
import { postMessage } from "./chats/messages.ts";
import type { Store } from "./database/store.ts";
import { ensureUsers } from "./people/users.ts";

const said = (text: string): NewEvent => ({
  type: "thought",
  data: { text },
  runId: null,
  taskId: null,
  step: null,
  actor: SYSTEM_ACTOR,
});

async function twoNodes() {
  const place = await postgres.place();
  const [here, there] = [await postgres.open(place, { node: "here" }), await postgres.open(place, { node: "there" })];
  const { owner } = await ensureUsers(here);
  const { chat } = await createChat(here, owner, {});
  return { here, there, owner, chatId: chat.id, url: place.kind === "postgres" ? place.url : "" };
}

function watch(store: Store, chatId: string) {
  const seen: number[] = [];
  const deltas: HubDelta[] = [];
  store.hub.watch(chatId, {
    // The chat's own creation may be told or not: it was there before.
    events: (events) => void seen.push(...events.map((event) => event.seq).filter((seq) => seq > 1)),
    delta: (delta) => void deltas.push(delta),
    gone: () => void seen.push(-1),
  });
  return { seen, deltas };
}

async function endListeners({ db }: Store): Promise<number> {
  const { rows } = await sql<{ ended: boolean }>`
    SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
    WHERE application_name = 'sparky-listen' AND datname = current_database()`.execute(db);
  return rows.filter((row) => row.ended).length;
}

async function listeners({ db }: Store): Promise<number> {
  const { rows } = await sql`
    SELECT pid FROM pg_stat_activity WHERE application_name = 'sparky-listen' AND datname = current_database()
      AND query LIKE 'LISTEN%' AND state = 'idle'`.execute(db);
  return rows.length;
}

test("what one node commits reaches the watchers of another", async () => {
  const { here, there, chatId } = await twoNodes();
  const { seen } = watch(there, chatId);
  await here.append({ chatId, events: [said("one")] });
  await vi.waitFor(() => expect(seen).toEqual([2]), PATIENT);
  await here.append({ chatId, events: [said("two"), said("three")] });
  await vi.waitFor(() => expect(seen).toEqual([2, 3, 4]), PATIENT);
});

test("a lost listening connection costs a moment, and no event", async () => {
  const { here, there, chatId } = await twoNodes();
  const { seen } = watch(there, chatId);
  await here.append({ chatId, events: [said("before")] });
  await vi.waitFor(() => expect(seen).toEqual([2]), PATIENT);
  expect(await endListeners(here)).toBeGreaterThanOrEqual(2);
  await here.append({ chatId, events: [said("meanwhile")] });
  await vi.waitFor(() => expect(seen).toEqual([2, 3]), PATIENT);
  await here.append({ chatId, events: [said("after")] });
  await vi.waitFor(() => expect(seen).toEqual([2, 3, 4]), PATIENT);
});

test("a hint that never comes is made up for by the look of each second", async () => {
  const { here, there, chatId } = await twoNodes();
  const { seen } = watch(there, chatId);
  here.hub.onHint = undefined;
  await here.append({ chatId, events: [said("unheard")] });
  await vi.waitFor(() => expect(seen).toEqual([2]), PATIENT);
});

test("a watcher of a chat that is deleted elsewhere is told within a second, even when the hint never comes", async () => {
  const { here, there, owner, chatId } = await twoNodes();
  const { seen } = watch(there, chatId);
  here.hub.onHint = undefined;
  await deleteChat(here, owner, chatId);
  await vi.waitFor(() => expect(seen).toContain(-1), PATIENT);
});

test("a watcher is told of a share that was taken away elsewhere before the event is, even when the hint never comes", async () => {
  const { here, there, owner, chatId } = await twoNodes();
  await addAccount(here, "ann", "member");
  await shareChat(here, owner, chatId, { user: "ann", write: false });
  const { seen } = watch(there, chatId);
  here.hub.onHint = undefined;
  await unshareChat(here, owner, chatId, "ann");
  await vi.waitFor(() => expect([...new Set(seen)].filter((seq) => seq !== 2)).toEqual([-1, 3]), PATIENT);
});

test("after a lost listening connection every list counts as changed", async () => {
  const { here, there } = await twoNodes();
  const topics = new Set<string>();
  // Only what comes after the first connection is of interest.
  await vi.waitFor(async () => expect(await listeners(here)).toBe(2), PATIENT);
  there.hub.onChanged(({ topic, users }) => void (users === "all" && topics.add(topic)));
  await endListeners(here);
  await vi.waitFor(() => expect([...topics]).toEqual(expect.arrayContaining(["chats", "tasks", "approvals"])), {
    timeout: 60_000,
  });
});

test("a message wakes the loops of all nodes, a stop reaches the worker's, and text shown there is shown here", async () => {
  const { here, there, owner, chatId } = await twoNodes();
  const heard: string[] = [];
  there.hub.onWake(() => void heard.push("wake"));
  there.hub.onStop((runId) => void heard.push(runId));
  // Listening takes a moment to begin; a wake-up before it would be made up for by the poll.
  await vi.waitFor(async () => {
    here.hub.wake();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(heard).toContain("wake");
  }, PATIENT);
  const { runId } = await postMessage(here, owner, chatId, { text: "hello" });
  const [claimed] = await claimRuns(there, { kind: "turn", limit: 1 });
  if (claimed === undefined) throw new Error("nothing to claim");
  const { deltas } = watch(here, chatId);
  await checkpoint(there, claimed, [{ part: "1.1", ord: 1, kind: "message", text: "Hel" }]);
  await vi.waitFor(() => expect(deltas).toMatchObject([{ runId, part: "1.1", offset: 0, text: "Hel" }]), PATIENT);
  await requestStop(here, owner, { chatId });
  await vi.waitFor(() => expect(heard).toContain(runId), PATIENT);
});

test("a run that another node has ended shows nothing more of the worker that still has it here", async () => {
  const { here, there, chatId } = await twoNodes();
  const { seen } = watch(here, chatId);
  const text = { chatId, runId: "r", part: "1.1", kind: "thought", lease: 1 } as const;
  here.hub.delta({ ...text, offset: 0, text: "Hm" });
  const end = { type: "status", data: { state: "cancelled", message: "Stopped", by: "owner" } } as const;
  await there.append({ chatId, events: [{ ...said(""), ...end, runId: "r" }] });
  await vi.waitFor(() => expect(seen).toEqual([2]), PATIENT);
  here.hub.delta({ ...text, offset: 2, text: ", yes" });
  expect(here.hub.openParts(chatId)).toEqual([]);
});

test("text that was read before its run's end came in, and arrives behind it, is not shown", async () => {
  const { here, there, owner, chatId, url } = await twoNodes();
  const [read, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let reads = 0;
  const slow = here.db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (result.rows[0]?.["part"] !== undefined && reads++ === 0) {
        read.resolve();
        await told.promise;
      }
      return result;
    },
  });
  const hub = new Hub();
  await using nodes = new Nodes({ ...here, hub, db: slow, bootId: "a third" }, url, () => {});
  nodes.start();
  const { seen } = watch({ ...here, hub }, chatId);
  await vi.waitFor(async () => expect(await listeners(here)).toBe(3), PATIENT);
  const { runId } = await postMessage(there, owner, chatId, { text: "Hello" });
  const [claimed] = await claimRuns(there, { kind: "turn", limit: 1 });
  if (claimed === undefined) throw new Error("nothing was claimed");
  await checkpoint(there, claimed, [{ part: "1.1", ord: 1, kind: "message", text: "Hm" }]);
  await read.promise;
  const ending = { state: "completed", message: "Done", result: "Hm" } as const;
  await there.transact((tx) => endRun(tx, runId, ending, { fence: fenceOf(claimed), readSeq: 1000 }));
  const { head } = await there.db.selectFrom("chats").select("head").where("id", "=", chatId).executeTakeFirstOrThrow();
  await vi.waitFor(() => expect(seen).toContain(head), PATIENT);
  told.resolve();
  await immediate();
  expect(hub.openParts(chatId)).toEqual([]);
});

test("how far a call is that works there is told to who watches here, and goes with the call's result", async () => {
  const { here, there, chatId } = await twoNodes();
  const told: string[] = [];
  const unwatch = here.hub.watch(chatId, {
    events: () => {},
    delta: () => {},
    gone: () => {},
    progress: ({ text }) => void told.push(text),
  });
  // All that a line may hold, in characters of three bytes each.
  const text = "進".repeat(200);
  // Listening takes a moment to begin.
  await vi.waitFor(async () => {
    there.hub.progress({ chatId, runId: "r", lease: 1, callId: "k", text });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(told).toContain(text);
  }, PATIENT);
  expect(here.hub.openProgress(chatId)).toHaveLength(1);
  await there.append({ chatId, events: [said("as its result would")] });
  await vi.waitFor(() => expect(here.hub.openProgress(chatId)).toEqual([]), PATIENT);
  unwatch();
});

/** Two nodes, and between the first one and the database a network that can be lost. */
async function behindProxy(onError: () => void = () => {}) {
  const place = await postgres.place();
  const url = new URL(place.kind === "postgres" ? place.url : "");
  const proxy = await tcpProxy({ port: Number(url.port) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  url.port = String(proxy.port);
  const there = await postgres.open(place, { node: "there" });
  const here = await postgres.open({ kind: "postgres", url: url.href }, { node: "here", onError });
  await vi.waitFor(async () => expect(await listeners(there)).toBe(2), PATIENT);
  return { here, there, proxy };
}

/** What a node hears of lists that changed for one user alone: a node that only begins to listen says "all". */
function heardBy({ hub }: Store): readonly string[] {
  const heard: string[] = [];
  hub.onChanged(({ topic, users, id }) => void (users !== "all" && heard.push(`${topic} ${id}`)));
  return heard;
}

const PATIENT = { timeout: 60_000, interval: 50 };

test("F112: a listening connection that dies in silence is noticed, and another one takes its place", async () => {
  const { here, there, proxy } = await behindProxy();
  const heard = heardBy(here);
  let everything = 0;
  here.hub.onChanged(({ users }) => void (users === "all" && everything++));
  proxy.blackhole();
  // Nothing breaks, and nothing arrives.
  there.hub.changed({ topic: "tasks", users: ["ann"], id: "lost" });
  await vi.waitFor(() => {
    there.hub.changed({ topic: "tasks", users: ["ann"], id: "heard" });
    expect(heard).toContain("tasks heard");
  }, PATIENT);
  // What was lost meanwhile may have been anything.
  expect(heard).not.toContain("tasks lost");
  expect(everything).toBeGreaterThan(0);
});

test("F108: hints that could not be sent are sent when the database is back", async () => {
  const { here, there, proxy } = await behindProxy();
  const heard = heardBy(there);
  const stopped: string[] = [];
  there.hub.onStop((runId) => void stopped.push(runId));
  proxy.cut();
  here.hub.changed({ topic: "tasks", users: ["ann"], id: "a" });
  here.hub.changed({ topic: "approvals", users: ["ann"], id: "b" });
  here.hub.stop("r");
  // It was tried in vain.
  await vi.waitFor(async () => expect(await sql`select 1`.execute(here.db).catch(() => "away")).toBe("away"), PATIENT);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([...heard, ...stopped]).toEqual([]);
  proxy.restore();
  await vi.waitFor(() => expect([...heard, ...stopped].toSorted()).toEqual(["approvals b", "r", "tasks a"]), PATIENT);
});

test("F108: of very many that could not be sent the sum is sent, and each stop", async () => {
  let failures = 0;
  const { here, there, proxy } = await behindProxy(() => failures++);
  const topics = new Set<string>();
  const stopped = new Set<string>();
  there.hub.onStop((runId) => void stopped.add(runId));
  proxy.cut();
  await vi.waitFor(async () => expect(await sql`select 1`.execute(here.db).catch(() => "away")).toBe("away"), PATIENT);
  there.hub.onChanged(({ topic, users }) => void (users === "all" && topics.add(topic)));
  failures = 0;
  for (let i = 0; i < 2000; i++) here.hub.changed({ topic: "tasks", users: ["ann"], id: `t${i}` });
  for (let i = 0; i < 50; i++) here.hub.stop(`r${i}`);
  await vi.waitFor(() => expect(failures).toBeGreaterThan(1), PATIENT);
  proxy.restore();
  await vi.waitFor(
    () => expect([topics.has("tasks"), topics.has("graph"), stopped.size]).toEqual([true, true, 50]),
    PATIENT,
  );
});
