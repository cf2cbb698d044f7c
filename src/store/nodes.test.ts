import { sql } from "kysely";
import { expect, test, vi } from "vitest";
import { postgres } from "../../test/kit/databases.ts";
import type { NewEvent } from "../core/events.ts";
import type { HubDelta } from "../core/hub.ts";
import { SYSTEM_ACTOR } from "./people/actors.ts";
import { createChat, deleteChat } from "./chats/chats.ts";
import { claimRuns } from "./runs/claim.ts";
import { checkpoint } from "./runs/record.ts";
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
  return { here, there, owner, chatId: chat.id };
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
  await vi.waitFor(() => expect(seen).toEqual([2]), { timeout: 3000 });
  await here.append({ chatId, events: [said("two"), said("three")] });
  await vi.waitFor(() => expect(seen).toEqual([2, 3, 4]), { timeout: 3000 });
});

test("a lost listening connection costs a moment, and no event", async () => {
  const { here, there, chatId } = await twoNodes();
  const { seen } = watch(there, chatId);
  await here.append({ chatId, events: [said("before")] });
  await vi.waitFor(() => expect(seen).toEqual([2]), { timeout: 3000 });
  expect(await endListeners(here)).toBeGreaterThanOrEqual(2);
  await here.append({ chatId, events: [said("meanwhile")] });
  await vi.waitFor(() => expect(seen).toEqual([2, 3]), { timeout: 4000 });
  await here.append({ chatId, events: [said("after")] });
  await vi.waitFor(() => expect(seen).toEqual([2, 3, 4]), { timeout: 4000 });
});

test("a hint that never comes is made up for by the look of each second", async () => {
  const { here, there, chatId } = await twoNodes();
  const { seen } = watch(there, chatId);
  here.hub.onHint = undefined;
  await here.append({ chatId, events: [said("unheard")] });
  await vi.waitFor(() => expect(seen).toEqual([2]), { timeout: 4000 });
});

test("a watcher of a chat that is deleted elsewhere is told within a second, even when the hint never comes", async () => {
  const { here, there, owner, chatId } = await twoNodes();
  const { seen } = watch(there, chatId);
  here.hub.onHint = undefined;
  await deleteChat(here, owner, chatId);
  await vi.waitFor(() => expect(seen).toContain(-1), { timeout: 4000 });
});

test("after a lost listening connection every list counts as changed", async () => {
  const { here, there } = await twoNodes();
  const topics = new Set<string>();
  // Only what comes after the first connection is of interest.
  await vi.waitFor(async () => expect(await listeners(here)).toBe(2), { timeout: 3000 });
  there.hub.onChanged(({ topic, users }) => void (users === "all" && topics.add(topic)));
  await endListeners(here);
  await vi.waitFor(() => expect([...topics]).toEqual(expect.arrayContaining(["chats", "tasks", "approvals"])), {
    timeout: 4000,
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
  });
  const { runId } = await postMessage(here, owner, chatId, { text: "hello" });
  const [claimed] = await claimRuns(there, { kind: "turn", limit: 1 });
  if (claimed === undefined) throw new Error("nothing to claim");
  const { deltas } = watch(here, chatId);
  await checkpoint(there, claimed, [{ part: "1.1", ord: 1, kind: "message", text: "Hel" }]);
  await vi.waitFor(() => expect(deltas).toMatchObject([{ runId, part: "1.1", offset: 0, text: "Hel" }]));
  await requestStop(here, owner, { chatId });
  await vi.waitFor(() => expect(heard).toContain(runId));
});
