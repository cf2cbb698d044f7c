import { expect, onTestFinished, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { seededBytes } from "../../../test/kit/seeded.ts";
import { tcpProxy } from "../../../test/kit/tcp-proxy.ts";
import { until } from "../../../test/kit/worker.ts";
import type { ChatEvent, NewEvent } from "../../core/events.ts";
import { AGENT_ACTOR } from "../../store/people/actors.ts";
import { createChat, deleteChat } from "../../store/chats/chats.ts";
import { readEvents } from "../../store/log/events.ts";
import { postMessage } from "../../store/chats/messages.ts";
import { addTask } from "../../store/tasks/add.ts";
import type { User } from "../../store/people/user.ts";
import { processIo } from "../console/process-io.ts";
import { watchAll, type WatchedAll } from "./watch-all.ts";

const io = processIo(process, {});
const said = (text: string): NewEvent => ({
  type: "message",
  data: { role: "assistant", text },
  runId: null,
  taskId: null,
  step: null,
  actor: AGENT_ACTOR,
});

async function scene() {
  const store = await sqlite.store();
  const app = await chatServer(store, { pingMs: 300 });
  const proxy = await tcpProxy({ port: Number(new URL(await app.listen()).port) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const endpoint = (user: User) => async () => ({
    url: `http://127.0.0.1:${proxy.port}`,
    token: await app.token(user),
  });
  return { store, app, proxy, endpoint, ...app.people };
}

/** What a watcher was given, until the test ends. */
function watching(endpoint: () => Promise<{ url: string; token: string }>, since: string | null = null) {
  const controller = new AbortController();
  const seen: WatchedAll[] = [];
  const done = (async () => {
    for await (const each of watchAll(io, { endpoint, since, progress: true, signal: controller.signal }))
      seen.push(each);
  })();
  const stop = async (): Promise<void> => {
    controller.abort();
    await done;
  };
  onTestFinished(stop);
  const count = (kind: WatchedAll["kind"]): number => seen.filter((each) => each.kind === kind).length;
  const events = (chatId?: string): ChatEvent[] =>
    seen.flatMap((each) =>
      each.kind === "event" && (chatId ?? each.event.chatId) === each.event.chatId ? [each.event] : [],
    );
  const live = () => until("the watcher to be live", () => count("live") > 0);
  return { seen, count, events, live, stop };
}

test("what was there before is not shown; chats that were quiet, and new ones, are joined when something happens", async () => {
  const { store, owner, endpoint } = await scene();
  const { chat: old } = await createChat(store, owner, { title: "Old" });
  await postMessage(store, owner, old.id, { text: "before" });
  const { chat: quiet } = await createChat(store, owner, { title: "Quiet" });
  const watcher = watching(endpoint(owner));
  await watcher.live();
  expect(watcher.events()).toEqual([]);
  await postMessage(store, owner, quiet.id, { text: "after" });
  const { task } = await addTask(store, owner, { instruction: "Do it" });
  await until("both", () => watcher.events(quiet.id).length > 1 && watcher.events(task.chatId).length > 2);
  expect(watcher.events(quiet.id)).toEqual((await readEvents(store.db, quiet.id, {})).filter((event) => event.seq > 1));
  expect(watcher.events(task.chatId)).toEqual(await readEvents(store.db, task.chatId, {}));
  expect(watcher.events(old.id)).toEqual([]);
});

test("F16 only what the caller may see is shown, and what is taken away ends", async () => {
  const { store, owner, ann, endpoint } = await scene();
  const { chat: secret } = await createChat(store, owner, { title: "Secret" });
  const { chat: mine } = await createChat(store, ann, { title: "Mine" });
  const watcher = watching(endpoint(ann));
  await watcher.live();
  await postMessage(store, owner, secret.id, { text: "psst" });
  await addTask(store, owner, { instruction: "Secret too" });
  await postMessage(store, ann, mine.id, { text: "hello" });
  await until("her own", () => watcher.events(mine.id).length >= 2);
  expect(watcher.events().every((event) => event.chatId === mine.id)).toBe(true);
  await deleteChat(store, ann, mine.id);
  await until("the end", () => watcher.count("gone") === 1);
});

test("from a time on: the events since then of every chat, archived ones too, and no others", async () => {
  const { store, owner, endpoint } = await scene();
  const chats = await Promise.all(["a", "b", "c"].map((title) => createChat(store, owner, { title })));
  const [a, b, c] = chats.map(({ chat }) => chat.id) as [string, string, string];
  await store.append({ chatId: a, events: Array.from({ length: 450 }, (_, at) => said(`early ${at}`)) });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const since = new Date().toISOString();
  await store.append({ chatId: a, events: Array.from({ length: 450 }, (_, at) => said(`late ${at}`)) });
  await store.append({ chatId: b, events: [said("late")] });
  await store.db.updateTable("chats").set({ archived: 1 }).where("id", "=", b).execute();
  const watcher = watching(endpoint(owner), since);
  await watcher.live();
  expect(watcher.events(a).map((event) => event.seq)).toEqual(Array.from({ length: 450 }, (_, at) => at + 452));
  expect(watcher.events(b)).toHaveLength(1);
  expect(watcher.events(c)).toEqual([]);
});

test("F1 across a network that comes and goes nothing is missed and nothing doubled, in old chats and new", async () => {
  const { store, owner, proxy, endpoint } = await scene();
  const bytes = seededBytes(7);
  const random = (): number => (bytes(1)[0] ?? 0) / 256;
  const ids: string[] = [];
  const from = new Map<string, number>();
  for (let at = 0; at < 4; at += 1) {
    const { chat } = await createChat(store, owner, { title: `old ${at}` });
    ids.push(chat.id);
    from.set(chat.id, chat.head);
  }
  const watcher = watching(endpoint(owner));
  await watcher.live();
  for (let round = 0; round < 60; round += 1) {
    const dice = random();
    if (dice < 0.1) proxy.cut();
    else if (dice < 0.3) proxy.restore();
    if (dice > 0.9) {
      const { task } = await addTask(store, owner, { instruction: `new ${round}` });
      ids.push(task.chatId);
      from.set(task.chatId, 0);
    }
    const id = ids[Math.floor(random() * ids.length)] ?? "";
    await postMessage(store, owner, id, { text: `#${round}` });
    await new Promise((resolve) => setTimeout(resolve, random() * 40));
  }
  proxy.restore();
  const logs = new Map<string, ChatEvent[]>();
  for (const id of ids) {
    const log = await readEvents(store.db, id, {});
    logs.set(
      id,
      log.filter((event) => event.seq > (from.get(id) ?? 0)),
    );
  }
  const all = [...logs.values()].reduce((sum, log) => sum + log.length, 0);
  await until("everything", () => watcher.events().length >= all);
  for (const [id, log] of logs) expect(watcher.events(id)).toEqual(log);
  expect(watcher.events()).toHaveLength(all);
  expect(watcher.count("lost")).toBeGreaterThan(0);
  expect(ids.length).toBeGreaterThan(5);
});
