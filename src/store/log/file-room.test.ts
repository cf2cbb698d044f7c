import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { createChat } from "../chats/chats.ts";
import { forkChat } from "../chats/fork.ts";
import { postMessage } from "../chats/messages.ts";
import { shareChat } from "../chats/shares.ts";
import { deleteLooseFile, fileDraft, sweepFiles, type NewFile } from "./files.ts";

const GB = 1024 ** 3;
const FILE: NewFile = {
  ...{ name: "a.txt", mime: "text/plain", size: 1, sha256: "00", width: null, height: null },
  ...{ pages: null, read_pages: null, unread: null },
};
const full = "40 files of yours wait for a message already, or come in now";

eachEngine("the room that one person's files may take", (engine) => {
  test("is taken by all that comes in at once, on whichever node, and given back by what breaks off", async () => {
    const place = await engine.place();
    const one = await engine.open(place);
    const other = engine.kind === "postgres" ? await engine.open(place) : one;
    const { ann, bob } = await people(one);
    const begun = await Promise.allSettled(
      Array.from({ length: 45 }, (_, at) => fileDraft(at % 2 === 0 ? one : other, ann)),
    );
    const drafts = begun.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    const refused = begun.flatMap((each) => (each.status === "rejected" ? [(each.reason as Error).message] : []));
    expect([drafts.length, refused]).toEqual([40, Array(5).fill(full)]);
    // Nobody else's is.
    await (await fileDraft(other, bob)).drop();
    const [first, second] = drafts;
    await first?.drop();
    const again = await fileDraft(other, ann);
    // What is there waits for a message: it counts as before.
    await again.write(Buffer.from("x"));
    const kept = await again.keep(FILE);
    await second?.drop();
    await fileDraft(one, ann);
    await expect(fileDraft(one, ann)).rejects.toThrow(full);
    await deleteLooseFile(one, ann, kept.id);
    await fileDraft(one, ann);
  });

  test("is not taken for ever by what a crash has cut off", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    for (let n = 0; n < 40; n++) await fileDraft(store, ann);
    const silent = (ms: number) =>
      store.db
        .updateTable("file_drafts")
        .set({ at: store.clock.now() - ms })
        .execute();
    await silent(9 * 60_000);
    await expect(fileDraft(store, ann)).rejects.toThrow(full);
    await silent(11 * 60_000);
    const draft = await fileDraft(store, ann);
    await silent(25 * 60 * 60_000);
    // Of one that is so slow something comes after all.
    await draft.write(Buffer.from("x"));
    await sweepFiles(store, () => false);
    expect(await store.db.selectFrom("file_drafts").select("owner_id").execute()).toEqual([{ owner_id: ann.id }]);
    expect((await draft.keep(FILE)).name).toBe("a.txt");
  });

  test("is 5 GB for all that chats keep, each file once, however many chats have it", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const draft = await fileDraft(store, ann);
    await draft.keep(FILE);
    const size = (bytes: number) => store.db.updateTable("files").set({ size: bytes }).execute();
    await size(3 * GB);
    const row = await store.db.selectFrom("files").selectAll().executeTakeFirstOrThrow();
    await store.db
      .insertInto("files")
      .values({ ...row, id: "copy" })
      .execute();
    await (await fileDraft(store, ann)).drop();
    await size(5 * GB - 1000);
    await expect(fileDraft(store, ann)).rejects.toMatchObject({
      code: "too_large",
      message: "your files take 5 GB, of at most 5 GB",
      hint: "delete chats whose files you no longer need: the files go with them",
    });
    await fileDraft(store, bob);
  });

  test("is asked for by a chat that somebody makes from another's with its files, once for all that are made from one another", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const { chat } = await createChat(store, ann, {});
    const draft = await fileDraft(store, ann);
    const file = await draft.keep(FILE);
    const { seq } = await postMessage(store, ann, chat.id, { text: "See this", attachments: [file.id] });
    await shareChat(store, ann, chat.id, { user: bob.name, write: true });
    const size = (bytes: number) => store.db.updateTable("files").set({ size: bytes }).execute();
    await size(3 * GB);
    await forkChat(store, bob, chat.id, { seq });
    await forkChat(store, bob, chat.id, { seq });
    await size(6 * GB);
    await expect(forkChat(store, bob, chat.id, { seq })).rejects.toMatchObject({
      code: "too_large",
      message: "with those of this chat your files would take 6 GB, of at most 5 GB",
    });
    const again = { seq: 1, text: "And once more", attachments: [file.id] };
    await expect(forkChat(store, bob, chat.id, again)).rejects.toMatchObject({ code: "too_large" });
    // What has no files begins all the same, and of the refused one nothing is there.
    await forkChat(store, bob, chat.id, { seq: 1 });
    expect(await store.db.selectFrom("files").select("id").where("owner_id", "=", bob.id).execute()).toHaveLength(2);
  });

  test("is taken by what was read in a file, too: the text of a small PDF may be a thousand times as large", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const draft = await fileDraft(store, ann);
    await draft.writeText("read in it");
    await draft.keep({ ...FILE, name: "a.pdf", mime: "application/pdf", pages: 1, read_pages: 1 });
    await (await fileDraft(store, ann)).drop();
    await store.db
      .updateTable("files")
      .set({ text_size: 5 * GB - 1000 })
      .execute();
    await expect(fileDraft(store, ann)).rejects.toThrow("your files take 5 GB, of at most 5 GB");
  });
});
