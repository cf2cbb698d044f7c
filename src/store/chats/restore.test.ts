import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { restoreChat } from "./restore.ts";
import { createChat, deleteChat, getChat, listChats } from "./chats.ts";
import { readEvents } from "../log/events.ts";
import { postMessage } from "./messages.ts";
import { purgeDeleted } from "../endings/purge.ts";
import { addTask } from "../tasks/add.ts";
import { deleteTask } from "../tasks/change.ts";
import { getTask, listTasks } from "../tasks/read.ts";

eachEngine("taking a deletion back", (engine) => {
  test("brings the chat back with its log and the tasks that went with it, and what was cancelled stays so", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { ann } = await people(store);
    const { chat } = await createChat(store, ann, { title: "Rome" });
    await postMessage(store, ann, chat.id, { text: "Plan my trip" });
    const { task: before } = await addTask(store, ann, { instruction: "Gone before", chatId: chat.id });
    await deleteTask(store, ann, before.id);
    await clock.advance(1000);
    const { task } = await addTask(store, ann, { instruction: "Book the train", chatId: chat.id });
    await deleteChat(store, ann, chat.id);
    expect((await listChats(store, ann, {})).items).toEqual([]);
    const log = await readEvents(store.db, chat.id, { from: 1 });

    await clock.advance(59_000);
    await purgeDeleted(store);
    expect(await restoreChat(store, ann, chat.id)).toMatchObject({ id: chat.id, title: "Rome", runState: null });
    expect(await readEvents(store.db, chat.id, { from: 1 })).toEqual(log);
    expect((await listTasks(store, ann)).items.map(({ id }) => id)).toEqual([task.id]);
    expect((await getTask(store, ann, task.id)).status).toBe("cancelled");
    await clock.advance(120_000);
    await purgeDeleted(store);
    expect((await getChat(store, ann, chat.id)).title).toBe("Rome");
    // A second time changes nothing.
    expect((await restoreChat(store, ann, chat.id)).head).toBe(log.length);
  });

  test("is refused, with a reason, where its key or that of its task is used again", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const { chat } = await createChat(store, ann, { key: "trip" });
    await deleteChat(store, ann, chat.id);
    await createChat(store, ann, { key: "trip" });
    await expect(restoreChat(store, ann, chat.id)).rejects.toMatchObject({ code: "conflict" });
    const { task } = await addTask(store, ann, { instruction: "Book the train", key: "train" });
    await deleteChat(store, ann, task.chatId);
    await addTask(store, ann, { instruction: "Book the train", key: "train" });
    await expect(restoreChat(store, ann, task.chatId)).rejects.toMatchObject({ code: "conflict" });
  });

  test("is for who may write in it, and only until it is purged", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { ann, bob } = await people(store);
    const { chat } = await createChat(store, ann, {});
    const gone = { code: "not_found" };
    await expect(restoreChat(store, bob, chat.id)).rejects.toMatchObject(gone);
    await deleteChat(store, ann, chat.id);
    await expect(restoreChat(store, bob, chat.id)).rejects.toMatchObject(gone);
    await clock.advance(61_000);
    await purgeDeleted(store);
    await expect(restoreChat(store, ann, chat.id)).rejects.toMatchObject(gone);
  });
});
