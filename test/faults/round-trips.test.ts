import { expect, onTestFinished, test } from "vitest";
import { createChat } from "../../src/store/chats/chats.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import { forceCancel, requestStop } from "../../src/store/endings/stop.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { claimRuns } from "../../src/store/runs/claim.ts";
import { checkpoint } from "../../src/store/runs/record.ts";
import { runRow } from "../../src/store/runs/run.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { postgres } from "../kit/databases.ts";
import { tcpProxy } from "../kit/tcp-proxy.ts";

// Where each way to the database and back takes long, it is their number that people wait for.

test.each([
  { of: "a turn", kind: "turn", stop: 8, force: 8 },
  { of: "a task's run", kind: "task", stop: 9, force: 12 },
] as const)("F117: the stop of $of costs few round trips", async ({ kind, stop, force }) => {
  const place = await postgres.place();
  const url = new URL(place.kind === "postgres" ? place.url : "");
  const proxy = await tcpProxy({ port: Number(url.port) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  url.port = String(proxy.port);
  const store = await postgres.open({ kind: "postgres", url: url.href });
  const { owner } = await ensureUsers(store);
  const { chat } = await createChat(store, owner, {});
  if (kind === "turn") await postMessage(store, owner, chat.id, { text: "x" });
  else await addTask(store, owner, { instruction: "x", chatId: chat.id });
  const [claimed] = await claimRuns(store, { kind, limit: 1 });
  if (claimed === undefined) throw new Error("nothing to claim");
  await checkpoint(store, claimed, [{ part: "1.1", ord: 1, kind: "message", text: "Hel" }]);
  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    const before = proxy.turns;
    await work();
    return proxy.turns - before;
  };
  expect(await counted(() => requestStop(store, owner, { chatId: chat.id }))).toBeLessThanOrEqual(stop);
  expect(await counted(() => forceCancel(store, claimed.run.id))).toBeLessThanOrEqual(force);
  expect(await runRow(store.db, claimed.run.id)).toMatchObject({ state: "cancelled", attempt: 2 });
});

test("a start on a database that is up to date costs few round trips, however many migrations there were", async () => {
  const place = await postgres.place();
  const url = new URL(place.kind === "postgres" ? place.url : "");
  const proxy = await tcpProxy({ port: Number(url.port) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  url.port = String(proxy.port);
  await postgres.open({ kind: "postgres", url: url.href });
  expect(proxy.turns).toBeGreaterThan(3);
  expect(proxy.turns).toBeLessThanOrEqual(12);
});
