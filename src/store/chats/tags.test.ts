import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { purgeDeleted } from "../endings/purge.ts";
import { createChat, deleteChat, listChats } from "./chats.ts";
import { listTags, tagChat } from "./tags.ts";

eachEngine("tags", (engine) => {
  test("are a person's own, narrow that person's list, and go with their chat", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { ann, bob } = await people(store);
    const { chat } = await createChat(store, ann, { title: "Tea" });
    const other = (await createChat(store, ann, { title: "Other" })).chat;
    await store.db.insertInto("chat_shares").values({ chat_id: chat.id, user_id: "bob", can_write: 0 }).execute();
    const titles = async (viewer: typeof ann, tag: string) =>
      (await listChats(store, viewer, { tag })).items.map(({ title }) => title);

    expect(await tagChat(store, ann, chat.id, { add: ["work", "garden", "work"] })).toEqual(["garden", "work"]);
    expect(await tagChat(store, ann, chat.id, { add: ["work"] })).toEqual(["garden", "work"]);
    expect(await tagChat(store, ann, other.id, { add: ["work"], remove: ["never had"] })).toEqual(["work"]);
    // Who may only watch a chat may tag it, and others do not see that.
    expect(await tagChat(store, bob, chat.id, { add: ["ann's"] })).toEqual(["ann's"]);
    expect((await titles(ann, "work")).toSorted()).toEqual(["Other", "Tea"]);
    expect(await titles(ann, "ann's")).toEqual([]);
    expect(await titles(bob, "work")).toEqual([]);
    expect(await listTags(store, ann)).toEqual([
      { tag: "garden", chats: 1 },
      { tag: "work", chats: 2 },
    ]);
    const previews = (await listChats(store, ann, { preview: true })).items;
    expect(Object.fromEntries(previews.map(({ title, preview }) => [title, preview?.tags]))).toEqual({
      Tea: ["garden", "work"],
      Other: ["work"],
    });
    await expect(tagChat(store, bob, other.id, { add: ["mine"] })).rejects.toMatchObject({ code: "not_found" });
    await expect(tagChat(store, bob, other.id, {})).rejects.toMatchObject({ code: "not_found" });

    expect(await tagChat(store, ann, chat.id, { remove: ["work"] })).toEqual(["garden"]);
    expect(await tagChat(store, ann, chat.id, {})).toEqual(["garden"]);
    await deleteChat(store, ann, chat.id);
    expect(await listTags(store, ann)).toEqual([{ tag: "work", chats: 1 }]);
    await clock.advance(61_000);
    await purgeDeleted(store);
    expect(await store.db.selectFrom("chat_tags").select(["user_id", "tag"]).execute()).toEqual([
      { user_id: "ann", tag: "work" },
    ]);
  });

  test("are at most 20 on a chat, though many are put on it at once, and a change that is too much leaves all as it was", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const { chat } = await createChat(store, ann, { title: "Tea" });
    const named = (from: number, n: number) => Array.from({ length: n }, (_, i) => `t${from + i}`);
    const changes = [0, 6, 12, 18].map((from) => tagChat(store, ann, chat.id, { add: named(from, 6) }));
    const outcomes = await Promise.allSettled(changes);
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(1);
    const refused = outcomes.find((each) => each.status === "rejected")?.reason;
    expect(refused).toMatchObject({ code: "invalid_input", message: expect.stringContaining("20 tags") });
    expect(await tagChat(store, ann, chat.id, {})).toHaveLength(18);
  });

  test("are at most 200 different ones of a person", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    for (let n = 0; n < 10; n += 1) {
      const { chat } = await createChat(store, ann, { title: `Chat ${n}` });
      await tagChat(store, ann, chat.id, { add: Array.from({ length: 20 }, (_, i) => `t${n * 20 + i}`) });
    }
    const { chat } = await createChat(store, ann, { title: "One more" });
    expect(await tagChat(store, ann, chat.id, { add: ["t7"] })).toEqual(["t7"]);
    await expect(tagChat(store, ann, chat.id, { add: ["new"] })).rejects.toMatchObject({ code: "invalid_input" });
    const theirs = await createChat(store, bob, { title: "Bob's" });
    expect(await tagChat(store, bob, theirs.chat.id, { add: ["new"] })).toEqual(["new"]);
  });
});
