import { expect, onTestFinished, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import type { Change } from "../../core/hub.ts";
import { addAccount, changeAccount } from "../people/accounts.ts";
import { readEvents } from "../log/events.ts";
import { addTask } from "../tasks/add.ts";
import { cancelTask, retryTask } from "../tasks/change.ts";
import type { Store } from "../database/store.ts";
import type { User } from "../people/user.ts";
import { createChat, deleteChat, getChat, listChats, markSeen, patchChat } from "./chats.ts";
import { restoreChat } from "./restore.ts";
import { peopleToShareWith, shareChat, sharesOf, unshareChat } from "./shares.ts";

const BOB_WATCHES = { user: "bob", write: false };
const BOB_WRITES = { user: "bob", write: true };

async function chatOf(store: Store, whose: User): Promise<string> {
  return (await createChat(store, whose, { title: "The garden" })).chat.id;
}

async function changesIn(store: Store, chatId: string): Promise<readonly unknown[]> {
  return (await readEvents(store.db, chatId, { types: ["chat"] })).map(({ data }) => data);
}

async function auditOf(store: Store): Promise<readonly unknown[]> {
  const rows = await store.db.selectFrom("audit").select(["kind", "by_name", "detail"]).orderBy("number").execute();
  return rows.filter(({ kind }) => kind.startsWith("chat.")).map((row) => Object.values(row));
}

eachEngine("a chat that is shared", (engine) => {
  test("is seen by whom it is shared with, may be written in when that is said, and is lost again", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const chat = await chatOf(store, ann);
    await markSeen(store, ann, chat, 1);
    const seen = async () => (await listChats(store, bob)).items.map(({ canWrite, owner }) => [canWrite, owner]);
    expect(await seen()).toEqual([]);
    expect(await shareChat(store, ann, chat, BOB_WATCHES)).toEqual({ ...BOB_WATCHES, created: true });
    expect(await seen()).toEqual([[false, "ann"]]);
    expect(await shareChat(store, ann, chat, BOB_WATCHES)).toEqual({ ...BOB_WATCHES, created: false });
    expect(await shareChat(store, ann, chat, BOB_WRITES)).toEqual({ ...BOB_WRITES, created: false });
    expect(await seen()).toEqual([[true, "ann"]]);
    expect(await sharesOf(store, ann, chat)).toEqual({ items: [BOB_WRITES], owner: "ann", mayShare: true });
    expect(await sharesOf(store, bob, chat)).toEqual({ items: [BOB_WRITES], owner: "ann", mayShare: false });
    // It is no news to who did it, and her own chat names nobody.
    const hers = await getChat(store, ann, chat);
    expect([hers.seen, hers.owner]).toEqual([hers.head, undefined]);
    await unshareChat(store, ann, chat, "bob");
    expect(await seen()).toEqual([]);
    await expect(getChat(store, bob, chat)).rejects.toMatchObject({ code: "not_found" });
    await expect(sharesOf(store, bob, chat)).rejects.toMatchObject({ code: "not_found" });
    const shared = { change: "shared", userId: "bob", name: "bob" };
    expect((await changesIn(store, chat)).slice(1)).toEqual([
      { ...shared, write: false },
      { ...shared, write: true },
      { change: "unshared", userId: "bob", name: "bob" },
    ]);
    expect(await auditOf(store)).toEqual([
      ["chat.shared", "ann", "bob, to watch"],
      ["chat.shared", "ann", "bob, to write"],
      ["chat.unshared", "ann", "bob"],
    ]);
  });

  test.each([
    { when: "with oneself", user: "ann", code: "conflict", message: "you have this chat already" },
    { when: "with nobody", user: "nobody", code: "not_found", message: "nobody" },
    { when: "with the agent", user: "agent", code: "conflict", message: "needs no share" },
    { when: "with somebody who is disabled", user: "dan", code: "conflict", message: "disabled" },
    { when: "to write with who may only look", user: "cleo", code: "conflict", message: "only look" },
  ] as const)("is not shared $when, and nothing is written down", async ({ user, code, message }) => {
    const store = await engine.store();
    const { ann } = await people(store);
    await addAccount(store, "dan", "member");
    await changeAccount(store, "dan", { disabled: true });
    await addAccount(store, "cleo", "viewer");
    const chat = await chatOf(store, ann);
    await expect(shareChat(store, ann, chat, { user, write: true })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
    expect(await changesIn(store, chat)).toHaveLength(1);
    expect((await sharesOf(store, ann, chat)).items).toEqual([]);
    expect(await auditOf(store)).toEqual([]);
  });

  test("is shared by its owner alone: who may write there hands nothing on, and takes nobody's share", async () => {
    const store = await engine.store();
    const { ann, bob, owner } = await people(store);
    const chat = await chatOf(store, ann);
    await shareChat(store, ann, chat, BOB_WRITES);
    const deeds = (viewer: User) => [
      () => shareChat(store, viewer, chat, { user: "owner", write: false }),
      () => unshareChat(store, viewer, chat, "bob"),
    ];
    for (const deed of deeds(bob)) await expect(deed()).rejects.toMatchObject({ code: "forbidden" });
    for (const deed of deeds(owner)) await expect(deed()).rejects.toMatchObject({ code: "not_found" });
    await expect(unshareChat(store, ann, chat, "owner")).rejects.toMatchObject({ code: "not_found" });
    await expect(unshareChat(store, ann, chat, "ann")).rejects.toMatchObject({ code: "conflict" });
    expect((await sharesOf(store, ann, chat)).items).toEqual([BOB_WRITES]);
  });

  test("of the agent's is shared by the owner of the instance, whom nobody can shut out of it", async () => {
    const store = await engine.store();
    const { ann, owner } = await people(store);
    const { task } = await addTask(store, ann, { instruction: "look" });
    const anns = { user: "ann", write: true };
    expect(await sharesOf(store, owner, task.chatId)).toEqual({ items: [anns], owner: "agent", mayShare: true });
    expect(await sharesOf(store, ann, task.chatId)).toMatchObject({ mayShare: false });
    expect((await getChat(store, ann, task.chatId)).owner).toBe("agent");
    expect((await getChat(store, owner, task.chatId)).owner).toBeUndefined();
    await shareChat(store, owner, task.chatId, BOB_WATCHES);
    expect((await sharesOf(store, owner, task.chatId)).items).toEqual([anns, BOB_WATCHES]);
    // A task of the owner's own has a share for them, which is none that could be taken.
    const own = await addTask(store, owner, { instruction: "look" });
    expect((await sharesOf(store, owner, own.task.chatId)).items).toEqual([]);
    await expect(unshareChat(store, owner, own.task.chatId, "owner")).rejects.toMatchObject({ code: "conflict" });
  });

  test("that is lost to write in is no place to begin a task again", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const chat = await chatOf(store, ann);
    await shareChat(store, ann, chat, BOB_WRITES);
    const { task } = await addTask(store, bob, { instruction: "look", chatId: chat });
    await cancelTask(store, bob, task.id);
    await retryTask(store, bob, task.id);
    await cancelTask(store, bob, task.id);
    await shareChat(store, ann, chat, BOB_WATCHES);
    await expect(retryTask(store, bob, task.id)).rejects.toMatchObject({ code: "forbidden" });
    await unshareChat(store, ann, chat, "bob");
    await expect(retryTask(store, bob, task.id)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("keeps nobody's memory open who may not shut it any more", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const chat = await chatOf(store, ann);
    const opened = async () => store.db.selectFrom("chat_memory").select("user_id").execute();
    for (const take of [() => unshareChat(store, ann, chat, "bob"), () => shareChat(store, ann, chat, BOB_WATCHES)]) {
      await shareChat(store, ann, chat, BOB_WRITES);
      await patchChat(store, bob, chat, { openMemory: true });
      expect(await opened()).toEqual([{ user_id: "bob" }]);
      await take();
      expect(await opened()).toEqual([]);
    }
  });

  test("is not there while it is deleted, and is shared as before when it is restored", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const chat = await chatOf(store, ann);
    await shareChat(store, ann, chat, BOB_WATCHES);
    await deleteChat(store, ann, chat);
    for (const deed of [
      () => sharesOf(store, ann, chat),
      () => shareChat(store, ann, chat, BOB_WRITES),
      () => unshareChat(store, ann, chat, "bob"),
      () => getChat(store, bob, chat),
    ]) {
      await expect(deed()).rejects.toMatchObject({ code: "not_found" });
    }
    await restoreChat(store, ann, chat);
    expect((await getChat(store, bob, chat)).canWrite).toBe(false);
  });

  test("is announced to all who read it, and to whoever has lost it before the event is", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const chat = await chatOf(store, ann);
    const told: (string | Change)[] = [];
    onTestFinished(store.hub.onChanged((change) => void told.push(change)));
    const watcher = { events: () => void told.push("events"), delta() {}, gone: () => void told.push("gone") };
    onTestFinished(store.hub.watch(chat, watcher));
    await shareChat(store, ann, chat, BOB_WATCHES);
    const changes = [
      { topic: "chats", users: ["ann", "bob"], id: chat },
      { topic: "tasks", users: ["bob"] },
      { topic: "approvals", users: ["bob"] },
    ];
    expect(told.splice(0)).toEqual(["events", ...changes]);
    await unshareChat(store, ann, chat, "bob");
    expect(told).toEqual(["gone", "events", ...changes]);
  });

  test("can be shared with everybody who is let in, and who may only look is told of nobody", async () => {
    const store = await engine.store();
    const { ann, owner } = await people(store);
    expect(await peopleToShareWith(store, ann)).toEqual(["bob", "owner"]);
    await changeAccount(store, "bob", { disabled: true });
    expect(await peopleToShareWith(store, ann)).toEqual(["owner"]);
    expect(await peopleToShareWith(store, owner)).toEqual(["ann"]);
    expect(await peopleToShareWith(store, { ...ann, role: "viewer" })).toEqual([]);
  });
});
