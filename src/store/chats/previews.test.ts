import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import type { NewEvent } from "../../core/events.ts";
import { createChat, listChats, markSeen } from "./chats.ts";
import { pinChat } from "./pins.ts";

const actor = { kind: "agent", id: "agent", name: "agent" } as const;
const said = (role: "user" | "assistant", text: string): NewEvent => ({
  ...{ type: "message", data: { role, text }, runId: null, taskId: null, step: null, actor },
});

eachEngine("what the list shows of a chat", (engine) => {
  test("is what was said last, how much of the agent's words is unread, and whether one has pinned it oneself", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const { chat } = await createChat(store, ann, { title: "Tea" });
    const silent = (await createChat(store, ann, { title: "Silence" })).chat;
    await store.db.insertInto("chat_shares").values({ chat_id: chat.id, user_id: "bob", can_write: 0 }).execute();
    const events = [said("user", 'say "role":"assistant"'), said("assistant", "One"), said("assistant", "Two\n lines")];
    await store.append({ chatId: chat.id, events });
    const list = async (viewer: typeof ann, query = {}) => {
      const { items } = await listChats(store, viewer, { preview: true, ...query });
      return Object.fromEntries(items.map(({ title, preview }) => [title, preview]));
    };
    expect(await list(ann)).toEqual({
      Tea: { lastLine: "Two lines", unread: 2, pinned: false },
      Silence: { lastLine: null, unread: 0, pinned: false },
    });
    await markSeen(store, ann, chat.id, 3);
    for (const _ of [1, 2]) await pinChat(store, ann, chat.id, true);
    expect((await list(ann))["Tea"]).toEqual({ lastLine: "Two lines", unread: 1, pinned: true });
    expect(await list(bob)).toEqual({ Tea: { lastLine: "Two lines", unread: 2, pinned: false } });
    expect(Object.keys(await list(ann, { pinned: true }))).toEqual(["Tea"]);
    expect(Object.keys(await list(ann, { pinned: false }))).toEqual(["Silence"]);
    await pinChat(store, ann, chat.id, false);
    expect(await list(ann, { pinned: true })).toEqual({});
    await expect(pinChat(store, bob, silent.id, true)).rejects.toMatchObject({ code: "not_found" });

    const many = Array.from({ length: 120 }, (_, n) => said("assistant", `Word ${n}`));
    await store.append({ chatId: chat.id, events: many });
    expect((await list(ann))["Tea"]).toMatchObject({ lastLine: "Word 119", unread: 100 });
    expect(Object.keys(await list(ann, { origin: "task" }))).toEqual([]);
    const [plain] = (await listChats(store, ann)).items;
    expect(plain).not.toHaveProperty("preview");
  });
});
