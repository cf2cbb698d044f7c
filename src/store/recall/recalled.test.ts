import { expect, test } from "vitest";
import { dataOf } from "../../../test/kit/agent.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { createChat } from "../chats/chats.ts";
import { postMessage } from "../chats/messages.ts";
import { addFact, removeFact } from "../facts/change.ts";
import { claimRuns } from "../runs/claim.ts";
import { indexRecall } from "./indexing.ts";
import { recall } from "./recall.ts";
import { keepRecalled } from "./recalled.ts";

eachEngine("what a run is given of memory", (engine) => {
  test("holds nothing that was forgotten since it was found; where that was all, nothing is given", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const learn = async (text: string) => (await addFact(store, ann, { subject: "me", text })).fact.id;
    const [rex, tom] = [await learn("The dog is called Rex"), await learn("The cat is called Tom")];
    const { chat } = await createChat(store, ann, {});
    await postMessage(store, ann, chat.id, { text: "What are they called?" });
    const [claimed] = await claimRuns(store, { kind: "turn", limit: 1 });
    if (claimed === undefined) throw new Error("there is no run");
    while (!(await indexRecall(store, 500))) continue;
    const { items } = await recall(store, { viewer: ann, within: null }, { query: "dog cat called", kinds: ["fact"] });
    expect(items.map(({ id }) => id).toSorted()).toEqual([rex, tom].toSorted());
    const text = ["(From memory)", ...items.map((item) => `[m:${item.id}] ${item.text}`)].join("\n");
    const keep = () => keepRecalled(store, claimed, { messageSeq: 2, query: "called", items, text });
    await removeFact(store, ann, rex);
    expect(await keep()).toBe(true);
    expect((await dataOf(store, chat.id, "recall")).map(({ nodes }) => nodes.map(({ id }) => id))).toEqual([[tom]]);
    const kept = store.db.selectFrom("recalled").select("text");
    expect(await kept.execute()).toEqual([{ text: `(From memory)\n[m:${tom}] The cat is called Tom` }]);
    await removeFact(store, ann, tom);
    expect(await keep()).toBe(false);
    expect(await kept.execute()).toEqual([{ text: "" }]);
  });
});
