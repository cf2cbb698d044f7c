import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { createChat, deleteChat } from "../chats/chats.ts";
import { addTask } from "../tasks/add.ts";
import { chatFor, may, taskFor } from "./access.ts";

type Who = "ann" | "bob" | "owner" | "agent";

const CHAT_RIGHTS = ["see", "write", "answer", "approve", "delete", "share", "restore"] as const;
/** A member's own: who says yes to what the agent is about to do is another. */
const OWN = CHAT_RIGHTS.filter((right) => right !== "approve");

eachEngine("who may do what", (engine) => {
  test.each([
    { whose: "a chat", of: "ann", who: "ann", may: [...OWN] },
    { whose: "a chat", of: "ann", who: "bob", may: [] },
    { whose: "a chat", of: "ann", who: "owner", may: ["approve"] },
    { whose: "a chat", of: "owner", who: "owner", may: [...CHAT_RIGHTS] },
    { whose: "a chat", of: "ann", who: "agent", may: [] },
    { whose: "a chat that is shown to bob", of: "ann", who: "bob", share: 0, may: ["see"] },
    {
      whose: "a chat that bob may write in",
      of: "ann",
      who: "bob",
      share: 1,
      may: ["see", "write", "answer", "delete", "restore"],
    },
    { whose: "a chat", of: "agent", who: "owner", may: [...CHAT_RIGHTS] },
    { whose: "a chat", of: "agent", who: "bob", may: [] },
  ] as const)("$who with $whose of $of: $may", async ({ of, who, may: allowed, ...given }) => {
    const store = await engine.store();
    const all = await people(store);
    const { chat } = await createChat(store, all[of], {});
    if ("share" in given) {
      const share = { chat_id: chat.id, user_id: all.bob.id, can_write: given.share };
      await store.db.insertInto("chat_shares").values(share).execute();
    }
    const has = async (name: Who, right: (typeof CHAT_RIGHTS)[number]): Promise<boolean> => {
      const query = store.db.selectFrom("chats").select("id").where("id", "=", chat.id);
      return (await query.where(may(all[name], right, "chats")).execute()).length === 1;
    };
    const rights: string[] = [];
    for (const right of CHAT_RIGHTS) if (await has(who, right)) rights.push(right);
    expect(rights).toEqual(allowed);
    for (const right of ["see", "write", "answer", "delete", "share"] as const) {
      const asked = chatFor(store.db, all[who], right, chat.id);
      if (rights.includes(right)) expect(await asked).toMatchObject({ id: chat.id, owner_id: all[of].id });
      else await expect(asked).rejects.toMatchObject({ code: rights.includes("see") ? "forbidden" : "not_found" });
    }
    // A deleted one is there for nobody, but to be restored.
    await deleteChat(store, all[of], chat.id);
    for (const right of CHAT_RIGHTS)
      expect([right, await has(who, right)]).toEqual([right, right === "restore" && rights.includes("restore")]);
  });

  test("a task is its author's, and of whoever may write in its chat", async () => {
    const store = await engine.store();
    const { ann, bob, owner } = await people(store);
    const { task } = await addTask(store, ann, { instruction: "look" });
    expect(await taskFor(store.db, ann, "change", task.id)).toMatchObject({ id: task.id, owner_id: ann.id });
    expect(await taskFor(store.db, owner, "change", task.id)).toMatchObject({ id: task.id });
    await expect(taskFor(store.db, bob, "see", task.id)).rejects.toMatchObject({ code: "not_found" });
    await store.db.insertInto("chat_shares").values({ chat_id: task.chatId, user_id: bob.id, can_write: 0 }).execute();
    expect(await taskFor(store.db, bob, "see", task.id)).toMatchObject({ id: task.id });
    await expect(taskFor(store.db, bob, "change", task.id)).rejects.toMatchObject({ code: "forbidden" });
  });
});
