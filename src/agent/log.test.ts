import { expect, test } from "vitest";
import { sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import type { NewEvent } from "../core/events.ts";
import { createChat } from "../store/chats/chats.ts";
import { AGENT_ACTOR, userActor } from "../store/people/actors.ts";
import type { User } from "../store/people/user.ts";
import { KeptLogs } from "./kept-logs.ts";
import { RunLog } from "./log.ts";

const SUMMARY: NewEvent = {
  ...{
    type: "summary",
    data: { text: "It began.", upTo: 2, scope: "chat" },
    runId: "before",
    taskId: null,
    step: null,
  },
  actor: AGENT_ACTOR,
};

const onBy = (user: User): NewEvent => ({
  ...{ type: "message", data: { role: "user", text: "On" }, runId: null, taskId: null, step: null },
  actor: userActor(user),
});

test("of a chat that is longer than a context may hold the newest events are read, and older ones only to sum them up", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const { chat } = await createChat(store, owner, {});
  const say = (count: number) => {
    const said = onBy(owner);
    return store.append({ chatId: chat.id, events: Array.from({ length: count }, () => said) });
  };
  const logs = new KeptLogs(store.clock);
  const read = async (kept: KeptLogs | null = null): Promise<RunLog> => {
    const run = { id: "now", chat_id: chat.id, task_id: null, first_seq: 1_000_000 };
    const log = new RunLog(store, { run, task: null }, "chat", { kept });
    await log.read();
    return log;
  };
  /** As read anew, and as an earlier run has read it, with what was added. */
  const rangeNow = async () => {
    const range = ({ events, hasOlder }: RunLog) => [events[0]?.seq, events.at(-1)?.seq, hasOlder];
    const kept = await read(logs);
    kept.keep();
    expect(range(kept)).toEqual(range(await read()));
    return range(kept);
  };
  const { head } = await store.db.selectFrom("chats").select("head").executeTakeFirstOrThrow();
  await say(4000 - head);
  expect(await rangeNow()).toEqual([head + 1, 4000, false]);
  // Whatever is added, what is read begins alike for 500 events.
  await say(head + 1);
  expect(await rangeNow()).toEqual([500, 4002, true]);
  for (const [added, first] of [
    [400, 500],
    [98, 500],
    [1, 1000],
    [1, 1000],
  ] as const) {
    await say(added);
    expect((await rangeNow())[0]).toBe(first);
  }
  const log = await read(logs);
  expect(await log.readOlder()).toBe(true);
  expect([log.events[0]?.seq, log.hasOlder]).toEqual([head + 1, false]);
  log.keep();
  // What had room after all is there for the next run.
  const next = await read(logs);
  expect([next.events[0], next.hasOlder]).toEqual([log.events[0], false]);
  expect(next.events[0]).toBe(log.events[0]);
  await store.append({ chatId: chat.id, events: [SUMMARY] });
  expect(await rangeNow()).toEqual([1000, 4503, true]);
});

test("nothing is kept of a log whose older events could not be read", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const { chat } = await createChat(store, owner, {});
  const said = onBy(owner);
  await store.append({ chatId: chat.id, events: Array.from({ length: 4100 }, () => said) });
  let isAway = false;
  const blinking = Object.create(store, {
    db: {
      get: () => {
        if (isAway) throw new Error("the database is away");
        return store.db;
      },
    },
  }) as typeof store;
  const logs = new KeptLogs(store.clock);
  const run = { id: "now", chat_id: chat.id, task_id: null, first_seq: 4000 };
  const log = new RunLog(blinking, { run, task: null }, "chat", { kept: logs });
  await log.read();
  isAway = true;
  await expect(log.readOlder()).rejects.toThrow("away");
  log.keep();
  // Else the next run would begin with nothing, and read on from there: all of its chat, however long that is.
  expect(logs.take(chat.id)).toBeUndefined();
});

test("what a run has read behind a summary that is not for another is too little for that one, and it reads anew", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const { chat } = await createChat(store, owner, {});
  const said = onBy(owner);
  await store.append({ chatId: chat.id, events: Array.from({ length: 60 }, () => said) });
  const logs = new KeptLogs(store.clock);
  const read = async (task: string | null, own: number, kept: KeptLogs | null): Promise<RunLog> => {
    const run = { id: `run of ${task}`, chat_id: chat.id, task_id: task, first_seq: own };
    const reading = { run, task: task === null ? null : { message_seq: own } };
    const log = new RunLog(store, reading, "chat", { kept });
    await log.read();
    return log;
  };
  const rangeOf = ({ events, hasOlder }: RunLog) => [events[0]?.seq, events.at(-1)?.seq, hasOlder];
  const scopes = ["t", "chat"] as const;
  for (const [at, scope] of scopes.entries()) {
    const data = { text: "It began.", upTo: 40 + at * 10, scope };
    await store.append({ chatId: chat.id, events: [{ ...SUMMARY, type: "summary", data }] });
    const [task, own] = scope === "t" ? (["t", 20] as const) : [null, 60];
    const behind = await read(task, own, logs);
    expect(behind.summary?.upTo).toBe(data.upTo);
    behind.keep();
    // Its own begins within what the chat's summary is of.
    const [other, its] = scope === "t" ? [null, 60] : (["other", data.upTo] as const);
    const anew = await read(other, its, null);
    expect(anew.events[0]?.seq).toBeLessThan(behind.events[0]?.seq ?? 0);
    expect(rangeOf(await read(other, its, logs))).toEqual(rangeOf(anew));
  }
});

test("what a log's files hold is counted with it when it is kept, once for each run", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const { chat } = await createChat(store, owner, {});
  const logs = new KeptLogs(store.clock);
  const sizes: unknown[] = [];
  for (const each of [3_000_000, 3_000_000, 8_000_001]) {
    const run = { id: "now", chat_id: chat.id, task_id: null, first_seq: 1 };
    const log = new RunLog(store, { run, task: null }, "chat", { kept: logs });
    await log.read();
    log.texts.set("a book", { json: "x".repeat(each), next: null });
    log.keep();
    const kept = logs.take(chat.id);
    sizes.push(kept?.texts);
    if (kept !== undefined) logs.keep(chat.id, kept);
  }
  expect(sizes).toEqual([3_000_000, 3_000_000, undefined]);
});

test("what was sent along with messages that are summed up takes no other file's place, in the middle of a run as at its beginning", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const { chat } = await createChat(store, owner, {});
  const picture = (id: string): NewEvent => ({
    type: "message",
    data: {
      role: "user",
      text: "Look",
      attachments: [{ id, name: "a.png", size: 9, mime: "image/png", width: 3, height: 3 }],
    },
    ...{ runId: null, taskId: null, step: null },
    actor: userActor(owner),
  });
  const read = async (): Promise<RunLog> => {
    const run = { id: "now", chat_id: chat.id, task_id: null, first_seq: 1 };
    const log = new RunLog(store, { run, task: null }, "chat");
    await log.read();
    return log;
  };
  const idsOf = ({ files }: RunLog) => files.map(({ id }) => id);
  const append = (...events: NewEvent[]) => store.append({ chatId: chat.id, events });
  await append(picture("first"), picture("second"));
  const log = await read();
  expect(idsOf(log)).toEqual(["first", "second"]);
  await append(
    { ...SUMMARY, type: "summary", data: { text: "Two.", upTo: log.head, scope: "chat" } },
    picture("third"),
  );
  await log.read();
  expect([idsOf(log), idsOf(await read())]).toEqual([["third"], ["third"]]);
});
