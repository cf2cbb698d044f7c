import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { createChat, deleteChat } from "../chats/chats.ts";
import { addFact, removeFact } from "../facts/change.ts";
import { learnFact } from "../facts/learn.ts";
import { listFacts } from "../facts/list.ts";
import type { Store } from "../database/store.ts";
import type { User } from "../people/user.ts";
import { recall } from "../recall/recall.ts";
import { indexRecall } from "../recall/indexing.ts";
import { stemmerOf } from "../recall/stems.ts";
import { graphChanges } from "../graph/history.ts";
import { checkMemory } from "./check.ts";
import { fixGraph } from "./fix.ts";
import { mergeNodes } from "./merge.ts";
import { undoChange } from "./undo.ts";

const check = (store: Store, viewer: User) => checkMemory(store.db, viewer.id, store.clock.now());

/** Two nodes that are one person, each with a fact of its own. */
async function twoOfOne(store: Store) {
  const all = await people(store);
  const { nodes } = await addGraph(store, all.ann.id, [person("Robert"), person("Bob"), person("Eve")]);
  const [keep = "", drop = ""] = nodes.map(({ id }) => id);
  const lives = (subject: string, text: string) => addFact(store, all.ann, { subject, relation: "lives in", text });
  await lives(keep, "Robert lives in Rome");
  await lives(drop, "Bob lives in Oslo");
  const about = async (id: string) => (await listFacts(store, all.ann, { about: id })).items.map(({ text }) => text);
  return { ...all, keep, drop, about };
}

eachEngine("facts of nodes that are put right", (engine) => {
  test("F52: what was known of a node is known of the one that it becomes a part of, and of it again when that is undone", async () => {
    const store = await engine.store();
    const { ann, keep, drop, about } = await twoOfOne(store);
    const merged = await mergeNodes(store, ann, { keep, drop }, false);
    expect(merged.facts).toBe(1);
    expect((await about(keep)).toSorted()).toEqual(["Bob lives in Oslo", "Robert lives in Rome"]);
    while (!(await indexRecall(store, 500))) continue;
    const { items } = await recall(store, { viewer: ann, within: null }, { query: "Oslo", kinds: ["fact"] });
    expect(items.map(({ text }) => text)).toEqual(["Bob lives in Oslo"]);
    await undoChange(store, ann, merged.change ?? 0);
    expect(await about(keep)).toEqual(["Robert lives in Rome"]);
    expect(await about(drop)).toEqual(["Bob lives in Oslo"]);
  });

  test("those that hold side by side, though there is one at a time, are found", async () => {
    const store = await engine.store();
    const { ann, bob, keep, drop } = await twoOfOne(store);
    expect((await check(store, ann)).contraryFacts.count).toBe(0);
    await mergeNodes(store, ann, { keep, drop }, false);
    const { contraryFacts, ok } = await check(store, ann);
    expect(ok).toBe(false);
    expect(contraryFacts).toMatchObject({
      count: 1,
      examples: [{ subject: { name: "Robert" }, relation: "lives_in", facts: [{}, {}] }],
    });
    expect((await check(store, bob)).contraryFacts.count).toBe(0);
  });

  test("those whose messages are gone are found, and not what was written down by hand", async () => {
    const store = await engine.store();
    const { ann, keep } = await twoOfOne(store);
    const { chat } = await createChat(store, ann, {});
    const stem = await stemmerOf(store);
    const run = { runId: "run", chatId: chat.id, seq: 1 };
    await store.transact((tx) =>
      learnFact(
        tx,
        stem,
        { userId: ann.id, now: tx.now, run },
        {
          ...{ ownerId: ann.id, within: null, authorId: ann.id, subjectId: keep, relation: "", objectId: null },
          ...{ text: "Robert likes tea", kind: "preference", stated: true, pinned: false, isProposed: false },
          ...{ validFrom: null, validTo: null, sources: [{ chatId: chat.id, seq: 1 }] },
        },
      ),
    );
    expect((await check(store, ann)).unsourced.count).toBe(0);
    await deleteChat(store, ann, chat.id);
    expect((await check(store, ann)).unsourced).toEqual({
      count: 1,
      examples: [{ id: expect.any(String), text: "Robert likes tea", subject: expect.objectContaining({ id: keep }) }],
    });
  });

  test("what ended a fact that was forgotten since can be undone: what is forgotten stays so", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const lives = async (text: string) =>
      (await addFact(store, ann, { subject: "me", relation: "lives in", text })).fact.id;
    const rome = await lives("I live in Rome");
    const oslo = await lives("I live in Oslo");
    const { items } = await graphChanges(store.db, ann, { thing: oslo });
    await removeFact(store, ann, rome);
    await undoChange(store, ann, items[0]?.id ?? 0);
    expect((await listFacts(store, ann, { status: "all" })).items).toMatchObject([{ text: "", status: "forgotten" }]);
  });

  test("a node that a fact is about is neither alone nor empty, and is not removed", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const { nodes } = await addGraph(store, ann.id, [person("Known", ""), person("Nil", "")]);
    await addFact(store, ann, { subject: nodes[0]?.id ?? "", text: "Known plays chess" });
    const { isolated, emptyContent } = await check(store, ann);
    expect([isolated.examples, emptyContent.examples].map((found) => found.map(({ name }) => name))).toEqual([
      ["Nil"],
      ["Nil"],
    ]);
    expect((await fixGraph(store, ann, ["empty"], false)).done.map(({ what }) => what)).toEqual(["Nil"]);
  });
});
