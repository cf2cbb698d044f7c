import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { createChat, listChats, patchChat, type ChatsQuery } from "./chats.ts";
import { postMessage } from "./messages.ts";
import { claimRuns } from "../runs/claim.ts";
import { endRun } from "../endings/run.ts";

eachEngine("the list of chats", (engine) => {
  test("is filtered by title, by what goes on, and by what is archived; a prefix finds all", async () => {
    const store = await engine.store();
    const { owner, ann } = await people(store);
    const make = async (title: string) => (await createChat(store, owner, { title })).chat.id;
    const titles = async (query: ChatsQuery) =>
      (await listChats(store, owner, query)).items.map((chat) => chat.title).toSorted();
    const [garden, graph] = [await make("The Garden"), await make("Graph")];
    await make("100% done");
    await createChat(store, ann, { title: "Ann's garden" });
    expect(await titles({ search: "GARDEN" })).toEqual(["The Garden"]);
    expect(await titles({ search: "0%" })).toEqual(["100% done"]);
    expect(await titles({ search: "_" })).toEqual([]);
    expect(await titles({ working: true })).toEqual([]);
    await postMessage(store, owner, graph, { text: "Hello" });
    expect(await titles({ working: true })).toEqual(["Graph"]);
    expect(await titles({ working: false })).toEqual(["100% done", "The Garden"]);
    const [claimed] = await claimRuns(store, { kind: "turn", limit: 1 });
    if (claimed === undefined) throw new Error("no run");
    expect(await titles({ working: true })).toEqual(["Graph"]);
    const ending = { state: "completed", message: "Done", result: "" } as const;
    await store.transact((tx) => endRun(tx, claimed.run.id, ending, { readSeq: Number.MAX_SAFE_INTEGER }));
    expect(await titles({ working: true })).toEqual([]);
    await patchChat(store, owner, garden, { archived: true });
    expect(await titles({})).toEqual(["100% done", "Graph"]);
    expect(await titles({ archived: true })).toEqual(["The Garden"]);
    expect(await titles({ prefix: garden.slice(0, 6) })).toEqual(["The Garden"]);
    expect(await titles({ prefix: garden.slice(0, 6), archived: false })).toEqual([]);
  });
});
