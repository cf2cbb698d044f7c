import { expect, test } from "vitest";
import { dataOf } from "../../../test/kit/agent.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph } from "../../../test/kit/graph.ts";
import { call, gate, pause, say, type Step } from "../../../test/kit/scripted-model.ts";
import { createChat } from "../../store/chats/chats.ts";
import { listFacts } from "../../store/facts/list.ts";
import { recalled, remembering, REX, scene, textsOf } from "../../../test/kit/facts.ts";

eachEngine("what a person says", (engine) => {
  test("is remembered with who said it and where, is found, and said again it is another source and no second fact", async () => {
    const store = await engine.store();
    const plan = new Map([
      [`Remember that ${REX}`, remembering(REX)],
      ["Once more: Rex, that is what my dog is called", remembering("The dog is called Rex")],
    ]);
    const { ann, bob, chat, ask, results } = await scene(store, plan);
    await ask(`Remember that ${REX}`);
    const [fact] = (await listFacts(store, ann, {})).items;
    expect(fact).toMatchObject({
      ...{ text: REX, subject: { type: "person", name: "ann" }, kind: "profile", stated: true, author: "ann" },
      ...{ sources: [{ chatId: chat, seq: 2 }], pinned: true, status: "active", shared: false, uses: 0 },
    });
    expect(await results()).toEqual([{ id: fact?.id, remembered: REX }]);
    expect(await dataOf(store, chat, "fact")).toEqual([{ factId: fact?.id, change: "added", text: REX }]);
    expect((await recalled(store, ann, "what is the dog called")).map(({ kind }) => kind)).toContain("fact");
    expect(await listFacts(store, bob, { status: "all" })).toMatchObject({ items: [], total: 0 });
    expect((await recalled(store, bob, "what is the dog called")).map(({ kind }) => kind)).toEqual([]);

    await ask("Once more: Rex, that is what my dog is called");
    const again = (await listFacts(store, ann, { status: "all" })).items;
    expect(again).toMatchObject([{ id: fact?.id, text: REX, uses: 1 }]);
    expect(again[0]?.sources).toHaveLength(2);
    expect((await dataOf(store, chat, "fact")).map(({ change }) => change)).toEqual(["added", "confirmed"]);
  });

  test("of a kind that there is one of ends what was so before, in the same transaction; both stay with their times", async () => {
    const store = await engine.store();
    const plan = new Map([
      ["I live in Berlin", remembering("I live in Berlin", { relation: "lives in" })],
      [
        "I moved in March 2026, I live in Porto now",
        remembering("I live in Porto", { relation: "lives_in", validFrom: "2026-03-01" }),
      ],
      ["I like tea", remembering("I like tea", { kind: "preference" })],
      ["I like coffee", remembering("I like coffee", { kind: "preference" })],
    ]);
    const { ann, chat, ask } = await scene(store, plan);
    for (const text of plan.keys()) await ask(text);
    expect((await textsOf(store, ann)).toSorted()).toEqual(["I like coffee", "I like tea", "I live in Porto"]);
    const [porto] = (await listFacts(store, ann, {})).items.filter(({ relation }) => relation === "lives_in");
    const [over] = (await listFacts(store, ann, { status: "retired" })).items;
    expect(over).toMatchObject({
      text: "I live in Berlin",
      validTo: "2026-03-01T00:00:00.000Z",
      supersededBy: porto?.id,
    });
    expect((await dataOf(store, chat, "fact")).map(({ change, text }) => [change, text])).toContainEqual([
      "superseded",
      "I live in Berlin",
    ]);
    expect((await recalled(store, ann, "where do I live, Berlin")).filter(({ kind }) => kind === "fact")).toMatchObject(
      [{ text: "I live in Porto" }],
    );
  });

  test("contrary things learned by two runs at once: one holds, the other is over, and none is lost", async () => {
    const store = await engine.store();
    const [one, other] = [gate(), gate()];
    const learning = (text: string, wait: typeof one): readonly Step[] => [
      [pause(wait), call("remember", { text, relation: "lives_in" })],
      [say("Noted.")],
    ];
    const plan = new Map([
      ["I live in Berlin", learning("I live in Berlin", one)],
      ["I live in Porto", learning("I live in Porto", other)],
    ]);
    const { ann, chat, ask } = await scene(store, plan);
    await addGraph(store, ann.id, [{ type: "person", name: "ann" }]);
    const second = (await createChat(store, ann, {})).chat.id;
    const runs = Promise.all([ask("I live in Berlin"), ask("I live in Porto", ann, second)]);
    await Promise.all([one.reached, other.reached]);
    one.open();
    other.open();
    await runs;
    const all = (await listFacts(store, ann, { status: "all" })).items;
    const [holds] = all.filter(({ status }) => status === "active");
    expect(all.map(({ text }) => text).toSorted()).toEqual(["I live in Berlin", "I live in Porto"]);
    expect(all.filter(({ status }) => status === "retired")).toMatchObject([{ supersededBy: holds?.id }]);
    const told = [...(await dataOf(store, chat, "fact")), ...(await dataOf(store, second, "fact"))];
    expect(told.map(({ change }) => change).toSorted()).toEqual(["added", "added", "superseded"]);
  });

  test("is put right in their words: the old one stays, and was never so", async () => {
    const store = await engine.store();
    const plan = new Map([
      [REX, remembering(REX)],
      ["No, my dog is called Max", [[call("correct", { text: "My dog is called Max" })], [say("Right.")]]],
      ["Hm", [[call("correct", { text: "My dog is called Lassie" })], [say("I cannot.")]]],
    ]);
    const { ann, ask, results } = await scene(store, plan);
    for (const text of plan.keys()) await ask(text);
    expect(await textsOf(store, ann)).toEqual(["My dog is called Max"]);
    const [max] = (await listFacts(store, ann, {})).items;
    const [rex] = (await listFacts(store, ann, { status: "retired" })).items;
    expect(rex).toMatchObject({ text: REX, supersededBy: max?.id });
    expect(rex?.validTo).toBeUndefined();
    expect((await results())[2]).toMatch('nobody here has said "lassie"');
  });
});
