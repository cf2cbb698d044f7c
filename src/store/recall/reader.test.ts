import { join } from "node:path";
import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { oldDatabase } from "../../../test/kit/old-database.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { createChat, getChat, patchChat } from "../chats/chats.ts";
import { makeLink, revokeLink } from "../chats/links.ts";
import { postMessage } from "../chats/messages.ts";
import type { Store } from "../database/store.ts";
import { graphSearch } from "../graph/search.ts";
import { graphStats } from "../graph/stats.ts";
import type { Whose } from "../graph/visible.ts";
import { ensureUsers } from "../people/users.ts";
import type { User } from "../people/user.ts";
import { descendFrom } from "../runs/descent.ts";
import { addTask, addTaskIn } from "../tasks/add.ts";
import { getTask } from "../tasks/read.ts";
import { readerFor } from "./reader.ts";

interface Place {
  readonly chatId: string;
  readonly taskId: string | null;
}

/** Whose memory a run there has: all of it, or only what the chat of this id may know. */
async function memoryOf(store: Store, place: Place): Promise<readonly [whose: string, within: string | null]> {
  const { viewer, within } = await readerFor({ db: store.db, now: store.clock.now() }, place);
  return [viewer.name, within];
}

const chatOf = async (store: Store, owner: User): Promise<string> => (await createChat(store, owner, {})).chat.id;

async function share(store: Store, chatId: string, user: User): Promise<void> {
  await store.db.insertInto("chat_shares").values({ chat_id: chatId, user_id: user.id, can_write: 1 }).execute();
}

async function taskOf(store: Store, author: User, chatId?: string): Promise<Place & { readonly runId: string }> {
  const { task } = await addTask(store, author, { instruction: "work", chatId });
  return { chatId: task.chatId, taskId: task.id, runId: task.runId ?? "" };
}

/** As a run's call of `task_add` or `delegate` does: in the name of its chat's owner. */
async function startedBy(store: Store, runId: string, owner: User, parentChat?: string): Promise<Place> {
  const made = await store.transact(async (tx) => {
    const { descent } = await descendFrom(tx, runId, "call");
    const delegated = { callId: "call", parentChat: parentChat ?? "", tools: undefined, model: undefined };
    const options = { from: { descent, owner }, ...(parentChat !== undefined && { delegated }) };
    return addTaskIn(tx, owner, { instruction: "a part" }, options);
  });
  return { chatId: made.chatId, taskId: made.id };
}

eachEngine("a run's memory", (engine) => {
  test("is that of the chat's owner, and all of it only while nobody else reads the chat", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const chatId = await chatOf(store, ann);
    const turn = { chatId, taskId: null };
    expect(await memoryOf(store, turn)).toEqual(["ann", null]);
    await share(store, chatId, bob);
    expect(await memoryOf(store, turn)).toEqual(["ann", chatId]);
    await store.db.deleteFrom("chat_shares").where("chat_id", "=", chatId).execute();
    expect(await memoryOf(store, turn)).toEqual(["ann", null]);
  });

  test("is what others may know from when on a link to the chat holds, until none does", async () => {
    const clock = testClock(Date.parse("2026-03-01T09:00:00Z"));
    const store = await engine.store({ clock });
    const { ann } = await people(store);
    const chatId = await chatOf(store, ann);
    const turn = { chatId, taskId: null };
    const { id } = await makeLink(store, ann, chatId, { write: false });
    expect(await memoryOf(store, turn)).toEqual(["ann", chatId]);
    expect(await getChat(store, ann, chatId)).toMatchObject({ othersRead: true });
    await revokeLink(store, ann, chatId, id, { unshare: false });
    expect(await memoryOf(store, turn)).toEqual(["ann", null]);
    await makeLink(store, ann, chatId, { write: false, expiresAt: "2026-03-02T09:00:00Z" });
    expect(await memoryOf(store, turn)).toEqual(["ann", chatId]);
    await clock.advance(86_400_000);
    expect(await memoryOf(store, turn)).toEqual(["ann", null]);
    expect(await getChat(store, ann, chatId)).not.toHaveProperty("othersRead");
  });

  test("is all of it where others read too once whose it is has said so, which nobody says for them", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const chatId = await chatOf(store, ann);
    await share(store, chatId, bob);
    const turn = { chatId, taskId: null };
    const bobs = await taskOf(store, bob, chatId);
    for (const viewer of [ann, bob]) expect(await getChat(store, viewer, chatId)).toMatchObject({ othersRead: true });
    expect(await getChat(store, ann, await chatOf(store, ann))).not.toHaveProperty("othersRead");
    await patchChat(store, bob, chatId, { openMemory: true });
    expect(await memoryOf(store, turn)).toEqual(["ann", chatId]);
    expect(await memoryOf(store, bobs)).toEqual(["bob", null]);
    expect(await patchChat(store, ann, chatId, { openMemory: true })).toMatchObject({ openMemory: true });
    expect(await memoryOf(store, turn)).toEqual(["ann", null]);
    expect(await patchChat(store, ann, chatId, { openMemory: false })).not.toHaveProperty("openMemory");
    expect(await memoryOf(store, turn)).toEqual(["ann", chatId]);
  });

  test("is that of a task's author, whoever owns its chat", async () => {
    const store = await engine.store();
    const { owner, ann, bob } = await people(store);
    expect(await memoryOf(store, await taskOf(store, owner))).toEqual(["owner", null]);
    // The home's owner reads the chats of `agent`.
    const anns = await taskOf(store, ann);
    expect(await memoryOf(store, anns)).toEqual(["ann", anns.chatId]);
    // And what is asked there afterwards is asked of the same memory, whoever asks.
    await postMessage(store, owner, anns.chatId, { text: "and?" });
    expect(await memoryOf(store, { chatId: anns.chatId, taskId: null })).toEqual(["ann", anns.chatId]);
    const chatId = await chatOf(store, ann);
    expect(await memoryOf(store, await taskOf(store, ann, chatId))).toEqual(["ann", null]);
    await share(store, chatId, bob);
    expect(await memoryOf(store, await taskOf(store, bob, chatId))).toEqual(["bob", chatId]);
  });

  test("is the home's owner's where `agent` works by itself, and in a home of one person always theirs", async () => {
    const store = await engine.store();
    const { owner, agent } = await ensureUsers(store);
    const places = [
      { chatId: await chatOf(store, owner), taskId: null },
      { chatId: await chatOf(store, agent), taskId: null },
      await taskOf(store, owner),
      await taskOf(store, agent),
    ];
    for (const place of places) expect(await memoryOf(store, place)).toEqual(["owner", null]);
  });

  test("goes on to what a run starts, however deep, and no wider than who reads there", async () => {
    const store = await engine.store();
    const { owner, agent, ann, bob } = await people(store);
    const own = await taskOf(store, ann, await chatOf(store, ann));
    const part = await startedBy(store, own.runId, ann, own.chatId);
    expect(await memoryOf(store, part)).toEqual(["ann", null]);
    await share(store, part.chatId, bob);
    expect(await memoryOf(store, part)).toEqual(["ann", part.chatId]);
    // Ann's task works in a chat of `agent`, in whose name it starts more.
    const work = await taskOf(store, ann);
    const added = await startedBy(store, work.runId, agent);
    expect(await memoryOf(store, added)).toEqual(["ann", added.chatId]);
    const { runId } = await getTask(store, owner, added.taskId ?? "");
    const deeper = await startedBy(store, runId ?? "", agent);
    expect(await memoryOf(store, deeper)).toEqual(["ann", deeper.chatId]);
    // What is delegated knows what its parent knows, and adds to the same.
    const delegated = await startedBy(store, work.runId, agent, work.chatId);
    expect(await memoryOf(store, delegated)).toEqual(["ann", work.chatId]);
  });
});

test("a home from before whose memory was said keeps what was shared shared, and what was private private", async () => {
  const file = join(await tempHome(), "sparky.db");
  const user = (id: string) => `INSERT INTO "user" (id, name, role, email, email_verified, created_at, updated_at)
    VALUES ('${id}', '${id}', 'member', '${id}@sparky.invalid', 1, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`;
  const node = (id: string, owner: string) =>
    `INSERT INTO nodes VALUES ('${id}', ${owner}, 'town', 'Rome', 'of ${id}', '{}', 0, 0)`;
  const nodes = [node("all", "NULL"), node("hers", "'ann'"), node("his", "'bob'")];
  oldDatabase(file, 26, user("ann"), user("bob"), ...nodes);
  const store = await sqlite.open({ kind: "sqlite", file });
  const seen = async (whose: Whose) => (await graphSearch(store.db, whose, { query: "" })).items.map(({ id }) => id);
  expect(await seen("ann")).toEqual(["all", "hers"]);
  expect(await seen("bob")).toEqual(["all", "his"]);
  expect(await seen({ viewer: { id: "ann" }, within: "some chat" })).toEqual(["all"]);
  expect(await graphStats(store.db, "ann")).toMatchObject({ nodes: 2 });
});
