import { sql } from "kysely";
import { expect, test, vi } from "vitest";
import { eachEngine, postgres } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import type { NewEvent } from "../core/events.ts";
import type { Change } from "../core/hub.ts";
import { ChangedLists } from "./changed-lists.ts";
import { createChat, patchChat } from "./chats/chats.ts";
import { postMessage } from "./chats/messages.ts";
import type { Store } from "./database/store.ts";
import { endRun } from "./endings/run.ts";
import { SYSTEM_ACTOR } from "./people/actors.ts";
import { claimRuns } from "./runs/claim.ts";
import { fenceOf } from "./runs/record.ts";
import { addTask } from "./tasks/add.ts";

const said: NewEvent = {
  type: "thought",
  data: { text: "Hm" },
  runId: null,
  taskId: null,
  step: null,
  actor: SYSTEM_ACTOR,
};

async function finish(store: Store): Promise<void> {
  for (const claimed of await claimRuns(store, { kind: "task", limit: 1 })) {
    const ending = { state: "completed", message: "Task completed", result: "" } as const;
    await store.transact((tx) => endRun(tx, claimed.run.id, ending, { fence: fenceOf(claimed), readSeq: 1000 }));
  }
}

test("a look finds what lists show differently since the one before it, once, and for whom", async () => {
  const store = await postgres.store();
  const { ann, bob } = await people(store);
  const lists = new ChangedLists(store);
  const look = async (): Promise<readonly [topic: string, isForAnn: boolean, isForBob: boolean][]> => {
    const changes = await lists.look();
    return changes.map(({ topic, users }) => [topic, users.includes(ann.id), users.includes(bob.id)]);
  };
  await look();
  const forAnn = [
    ["chats", true, false],
    ["tasks", true, false],
  ];
  await addTask(store, ann, { instruction: "Look after things" });
  expect([await look(), await look()]).toEqual([forAnn, []]);
  await finish(store);
  expect([await look(), await look()]).toEqual([forAnn, []]);
  const { chat } = await createChat(store, ann, {});
  await look();
  await postMessage(store, ann, chat.id, { text: "Hello" });
  expect(await look()).toEqual(forAnn);
  // What is only said changes no list.
  await postMessage(store, ann, chat.id, { text: "And?" });
  expect(await look()).toEqual([]);
  await patchChat(store, ann, chat.id, { title: "Greetings" });
  expect(await look()).toEqual(forAnn);
  // Whoever comes after a while is told of all that is recent.
  lists.forget();
  expect(await look()).toEqual(forAnn);
});

test("lists are told of what a node committed that could tell nobody, while somebody looks at them", async () => {
  const place = await postgres.place();
  const [here, there] = [await postgres.open(place, { node: "here" }), await postgres.open(place, { node: "there" })];
  const { ann } = await people(here);
  const heard: Change[] = [];
  const stop = here.hub.watchLists((change) => void (change.users !== "all" && heard.push(change)));
  expect(here.hub.areListsWatched).toBe(true);
  // As if it died just behind each of its commits.
  there.hub.onHint = undefined;
  await addTask(there, ann, { instruction: "Look after things" });
  const told = (): unknown => heard.some(({ topic, users }) => topic === "tasks" && users.includes(ann.id));
  await vi.waitFor(() => expect(told()).toBe(true), { timeout: 60_000 });
  heard.length = 0;
  await finish(there);
  await vi.waitFor(() => expect(told()).toBe(true), { timeout: 60_000 });
  stop();
  expect(here.hub.areListsWatched).toBe(false);
});

eachEngine("a transaction whose commit fails", (engine) => {
  test("tells what is to be looked at anew, as it may have been made, and no event", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { chat } = await createChat(store, owner, {});
    await sql`CREATE TABLE parents (id INTEGER PRIMARY KEY)`.execute(store.db);
    await sql`CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)`.execute(
      store.db,
    );
    const told: string[] = [];
    store.hub.onChanged(({ topic }) => void told.push(topic));
    store.hub.watch(chat.id, { events: () => void told.push("events"), delta: () => {}, gone: () => {} });
    const failing = store.transact(async (tx) => {
      await tx.append(chat.id, [said]);
      tx.changed("schedules", [owner.id]);
      await sql`INSERT INTO children VALUES (1)`.execute(tx.db);
    });
    await expect(failing).rejects.toThrow();
    expect(told).toEqual(["schedules"]);
    const refused = store.transact(async (tx) => {
      tx.changed("schedules", [owner.id]);
      throw new Error("no");
    });
    await expect(refused).rejects.toThrow("no");
    expect(told).toEqual(["schedules"]);
  });
});
