import { expect, test } from "vitest";
import { sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import type { NewEvent } from "../core/events.ts";
import { createChat } from "../store/chats/chats.ts";
import { AGENT_ACTOR, userActor } from "../store/people/actors.ts";
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

test("of a chat that is longer than a context may hold the newest events are read, and older ones only to sum them up", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const { chat } = await createChat(store, owner, {});
  const say = (count: number) => {
    const said: NewEvent = {
      ...{ type: "message", data: { role: "user", text: "On" }, runId: null, taskId: null, step: null },
      actor: userActor(owner),
    };
    return store.append({ chatId: chat.id, events: Array.from({ length: count }, () => said) });
  };
  const read = async (): Promise<RunLog> => {
    const run = { id: "now", chat_id: chat.id, task_id: null, first_seq: 1_000_000 };
    const log = new RunLog(store, { run, task: null }, "chat");
    await log.read();
    return log;
  };
  const range = ({ events, hasOlder }: RunLog) => [events[0]?.seq, events.at(-1)?.seq, hasOlder];
  const { head } = await store.db.selectFrom("chats").select("head").executeTakeFirstOrThrow();
  await say(4002);
  const log = await read();
  expect(range(log)).toEqual([head + 2, head + 4002, true]);
  expect(await log.readOlder()).toBe(true);
  expect(range(log)).toEqual([head + 1, head + 4002, false]);
  await store.append({ chatId: chat.id, events: [SUMMARY] });
  expect(range(await read())).toEqual([head + 3, head + 4003, true]);
});
