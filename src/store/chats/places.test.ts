import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { readEvents } from "../log/events.ts";
import { createChat, deleteChat, patchChat } from "./chats.ts";
import { shareChat } from "./shares.ts";
import { forkChat } from "./fork.ts";
import { postMessage } from "./messages.ts";
import { forkPlaces } from "./places.ts";

eachEngine("places where chats part", (database) => {
  test("all chats that go on from one message are told in the order in which they were made, in each of them alike", async () => {
    const store = await database.store();
    const { ann, bob } = await people(store);
    const { chat: first } = await createChat(store, ann, { title: "Tea" });
    await postMessage(store, ann, first.id, { text: "Hello" });
    const { seq } = await postMessage(store, ann, first.id, { text: "How long does it draw?" });
    const fork = async (from: string, upTo: number, text: string) => {
      const { chat, message } = await forkChat(store, ann, from, { seq: upTo, text });
      return { chatId: chat.id, seq: message?.seq ?? 0 };
    };
    const one = await fork(first.id, seq - 1, "How hot?");
    const two = await fork(first.id, seq - 1, "Which one?");
    // Once more edited where it was edited already: the same place.
    const oneMore = await fork(one.chatId, one.seq - 1, "How hot is it?");
    const three = await fork(first.id, seq - 1, "Why?");
    // Elsewhere in the same chat, and at its end, where nobody has gone on yet.
    const other = await fork(first.id, 1, "Good day");
    const end = (await readEvents(store.db, first.id)).length;
    const { chat: atEnd } = await forkChat(store, ann, first.id, { seq: end });

    const all = [{ chatId: first.id, seq }, one, oneMore, two, three];
    for (const { chatId, seq: own } of all) {
      const { items } = await forkPlaces(store, ann, chatId);
      expect(items.find((place) => place.seq === own)).toEqual({ seq: own, chats: all });
    }
    const { items } = await forkPlaces(store, ann, first.id);
    expect(items).toEqual([
      { seq: 2, chats: [{ chatId: first.id, seq: 2 }, other] },
      { seq, chats: all },
      { seq: end + 1, chats: [{ chatId: first.id, seq: end + 1 }, expect.objectContaining({ chatId: atEnd.id })] },
    ]);

    // Those that it hangs together with are told by what they are called, as long as they may be seen.
    const called = async (viewer: typeof ann, chatId: string) =>
      new Map((await forkPlaces(store, viewer, chatId)).relatives.map((each) => [each.chatId, each.title]));
    await patchChat(store, ann, one.chatId, { title: "Heat" });
    expect(await called(ann, first.id)).toEqual(
      new Map(
        [one, two, three, other, { chatId: atEnd.id }].map(({ chatId }) => [
          chatId,
          chatId === one.chatId ? "Heat" : "Tea",
        ]),
      ),
    );
    expect(await called(ann, oneMore.chatId)).toEqual(new Map([[one.chatId, "Heat"]]));
    await shareChat(store, ann, oneMore.chatId, { user: "bob", write: false });
    expect(await called(bob, oneMore.chatId)).toEqual(new Map());

    // What is deleted, or another's, is passed over.
    await deleteChat(store, ann, two.chatId);
    const left = (await forkPlaces(store, ann, three.chatId)).items.map(({ chats }) => chats);
    expect(left).toEqual([all.filter((target) => target !== two)]);
    await expect(forkPlaces(store, bob, first.id)).rejects.toMatchObject({ code: "not_found" });
    await deleteChat(store, ann, first.id);
    expect((await forkPlaces(store, ann, one.chatId)).items.map(({ chats }) => chats)).toEqual([[one, oneMore]]);
  });
});
