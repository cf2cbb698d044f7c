import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import type { NewEvent } from "../../core/events.ts";
import { endRun } from "../endings/run.ts";
import { claimRuns } from "../runs/claim.ts";
import { createChat, listChats, markSeen } from "./chats.ts";
import { postMessage } from "./messages.ts";
import { pinChat } from "./pins.ts";

const actor = { kind: "agent", id: "agent", name: "agent" } as const;
const nothing = { failed: false, tags: [] };
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
      Tea: { lastLine: "Two lines", unread: 2, pinned: false, ...nothing },
      Silence: { lastLine: null, unread: 0, pinned: false, ...nothing },
    });
    await markSeen(store, ann, chat.id, 3);
    for (const _ of [1, 2]) await pinChat(store, ann, chat.id, true);
    expect((await list(ann))["Tea"]).toEqual({ lastLine: "Two lines", unread: 1, pinned: true, ...nothing });
    expect(await list(bob)).toEqual({ Tea: { lastLine: "Two lines", unread: 2, pinned: false, ...nothing } });
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

  test("tells of a failure until the viewer has seen it, whatever came after it", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { ann, bob } = await people(store);
    const { chat } = await createChat(store, ann, { title: "Tea" });
    await store.db.insertInto("chat_shares").values({ chat_id: chat.id, user_id: "bob", can_write: 0 }).execute();
    const marked = async (viewer: typeof ann) =>
      (await listChats(store, viewer, { preview: true })).items.map(({ preview }) => preview?.failed);
    const work = async (state: "failed" | "completed") => {
      await clock.advance(1000);
      await postMessage(store, ann, chat.id, { text: "Look" });
      await clock.advance(1000);
      const [run] = await claimRuns(store, { kind: "turn", limit: 1 });
      if (run === undefined) throw new Error("no run");
      const ending =
        state === "failed"
          ? ({ state, message: "Failed", reason: "the model gave up", code: "model" } as const)
          : ({ state, message: "Done", result: "" } as const);
      await store.transact((tx) => endRun(tx, run.run.id, ending, { readSeq: Number.MAX_SAFE_INTEGER }));
    };
    const look = async (viewer: typeof ann) => {
      const head = (await listChats(store, viewer)).items[0]?.head ?? 0;
      await markSeen(store, viewer, chat.id, head);
    };
    await work("completed");
    expect(await marked(ann)).toEqual([false]);
    await look(ann);
    await work("failed");
    expect(await marked(ann)).toEqual([true]);
    await work("completed");
    expect(await marked(ann)).toEqual([true]);
    expect(await marked(bob)).toEqual([true]);
    await look(ann);
    expect(await marked(ann)).toEqual([false]);
    expect(await marked(bob)).toEqual([true]);
    await work("completed");
    expect(await marked(ann)).toEqual([false]);
  });
});
