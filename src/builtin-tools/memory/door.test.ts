import { expect, test } from "vitest";
import { dataOf } from "../../../test/kit/agent.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { call, say } from "../../../test/kit/scripted-model.ts";
import { ended, until } from "../../../test/kit/worker.ts";
import type { NewEvent } from "../../core/events.ts";
import { createChat, deleteChat } from "../../store/chats/chats.ts";
import { purgeDeleted } from "../../store/endings/purge.ts";
import { getFact, listFacts } from "../../store/facts/list.ts";
import { addFact, changeFact } from "../../store/facts/change.ts";
import { AGENT_ACTOR } from "../../store/people/actors.ts";
import { answerQuestion } from "../../store/questions/answer.ts";
import { listQuestions } from "../../store/questions/questions.ts";
import { forgetChat } from "../../store/recall/indexing.ts";
import { addTask } from "../../store/tasks/add.ts";
import { recalled, remembering, resultsTold, REX, scene, textsOf } from "../../../test/kit/facts.ts";

/** What a page says, as a fact and as a proposal; more than was said; what turns it; nothing; a name that nobody has said. */
const KEPT_OUT = [
  { text: "The owner wants to sell the house to evil.example" },
  { text: "The owner wants to sell the house to evil.example", proposed: true },
  { text: "I would like this page about coffee from evil.example" },
  { text: "I do not like this page" },
  { text: "It is so" },
  { text: "I like this page", subject: "Mallory" },
];

eachEngine("the door to what is remembered", (engine) => {
  test("keeps out what nobody here has said in all of its words, above all what a page says", async () => {
    const store = await engine.store();
    const asked = "I like this page about coffee, tell me what it says";
    const calls = KEPT_OUT.map((args, at) => [call("remember", args, `call_${at}`)]);
    const { ann, chat, ask, results } = await scene(
      store,
      new Map([[asked, [[call("page_read")], ...calls, [say("Done.")]]]]),
    );
    await ask(asked);
    const refused = await results();
    expect(refused).toHaveLength(KEPT_OUT.length);
    for (const [at, words] of refused.entries()) {
      expect([KEPT_OUT[at], words]).toEqual([
        KEPT_OUT[at],
        expect.stringMatching(/nobody here has said|tells nothing/),
      ]);
    }
    expect(await textsOf(store, ann, "all")).toEqual([]);
    expect(await dataOf(store, chat, "fact")).toEqual([]);
  });

  test("what was recalled, what the agent says and what a run tells its own task are nobody's words", async () => {
    const store = await engine.store();
    const plan = new Map([
      [REX, remembering(REX)],
      ["What is my dog called?", [[call("remember", { text: REX })], [say("My dog is called Rex")]]],
      ["Anything else?", remembering("My cat is called Tom")],
      ["My cat is called Tom", remembering("My cat is called Tom")],
    ]);
    const { ann, ask, results } = await scene(store, plan);
    await ask(REX);
    const other = (await createChat(store, ann, {})).chat.id;
    await ask("What is my dog called?", ann, other);
    expect(await results(other)).toEqual([expect.stringMatching('nobody here has said "dog", "rex"')]);
    // The words of a task that a run has added are that run's.
    const { task } = await addTask(store, ann, { instruction: "My cat is called Tom" });
    await ended(store, task.runId);
    expect(await textsOf(store, ann)).toEqual(["My cat is called Tom", REX]);
    const run = task.runId ?? "";
    const from = {
      descent: { parentRun: run, rootRun: run, depth: 1, origins: ["task"] as const },
      owner: ann,
    };
    const added = await addTask(store, ann, { instruction: "Anything else?" }, { from });
    await ended(store, added.task.runId);
    expect(await results(added.task.chatId)).toEqual([expect.stringMatching("nobody has said anything here")]);
  });

  test("lets a conclusion change nothing of what is known, and end nothing", async () => {
    const store = await engine.store();
    const home = "I live in Berlin";
    const plan = new Map([
      [home, remembering(home, { relation: "lives_in" })],
      ["I use a bike, since 2010", remembering("I use a bike")],
      ["Go on", remembering("I use a bike", { relation: "lives_in", validTo: "2010-05-01", proposed: true })],
    ]);
    const { ann, ask } = await scene(store, plan);
    for (const text of plan.keys()) await ask(text);
    const { items } = await listFacts(store, ann, {});
    const bike = items.find(({ text }) => text === "I use a bike");
    expect(bike).toMatchObject({ uses: 1, stated: true });
    expect(bike).not.toHaveProperty("relation");
    expect(bike).not.toHaveProperty("validTo");
    expect(items.map(({ text }) => text)).toContain(home);
  });

  test("lets a run propose five things that were half said, and a person confirms or rejects them", async () => {
    const store = await engine.store();
    const said = "We always fly from Lisbon, with hand luggage, in the morning, by the window, without meat";
    const proposals = [
      "Lisbon airport",
      "hand luggage only",
      "morning flights",
      "window seat",
      "flying by window",
      "by Lisbon bus",
    ];
    const plan = new Map([
      [
        said,
        [
          proposals.map((text, at) => call("remember", { text, proposed: true }, `call_${at}`)),
          [say("Noted.")],
        ] as const,
      ],
    ]);
    const { ann, chat, ask, results } = await scene(store, plan);
    await ask(said);
    const kept = await textsOf(store, ann, "proposed");
    expect(kept).toHaveLength(5);
    expect(proposals).toEqual(expect.arrayContaining([...kept]));
    expect((await results()).filter((each) => typeof each === "string")).toEqual([
      expect.stringMatching("5 facts at most"),
    ]);
    expect((await dataOf(store, chat, "fact")).map(({ change }) => change)).toEqual(Array(5).fill("proposed"));
    expect((await recalled(store, ann, "window seat")).filter(({ kind }) => kind === "fact")).toEqual([]);
    const [first, second] = (await listFacts(store, ann, { status: "proposed" })).items;
    expect(await changeFact(store, ann, first?.id ?? "", { status: "active" })).toMatchObject({
      status: "active",
      stated: true,
    });
    expect(await changeFact(store, ann, second?.id ?? "", { status: "retired" })).toMatchObject({ status: "retired" });
    expect(await textsOf(store, ann)).toEqual([first?.text]);
  });

  test("of a chat where somebody has opened their memory opens nobody else's: what is another's elsewhere stays, untold", async () => {
    const store = await engine.store();
    const plan = new Map([["I live in Porto", remembering("I live in Porto", { relation: "lives in" })]]);
    const { ann, bob, chat, ask, results } = await scene(store, plan);
    await addFact(store, bob, { subject: "me", relation: "lives in", text: "I live in Berlin" });
    await store.db.insertInto("chat_shares").values({ chat_id: chat, user_id: bob.id, can_write: 1 }).execute();
    await store.db.insertInto("chat_memory").values({ chat_id: chat, user_id: ann.id }).execute();
    await ask("I live in Porto", bob);
    expect(await results()).toEqual([{ id: expect.any(String), remembered: "I live in Porto" }]);
    expect(JSON.stringify(await dataOf(store, chat, "fact"))).not.toContain("Berlin");
    expect((await textsOf(store, bob)).toSorted()).toEqual(["I live in Berlin", "I live in Porto"]);
  });

  test("forgets nothing because a page says so, and one thing for one word to forget that", async () => {
    const store = await engine.store();
    const tea = "I drink green tea";
    const plan = new Map([
      [REX, remembering(REX)],
      [tea, remembering(tea)],
      ["What does the page say?", [[call("page_read")], [call("forget", {})], [say("Done.")]]],
      ["Is my dog at home?", [[call("forget", { fact: REX })], [say("Done.")]]],
      ["Don't forget to feed my dog", [[call("forget", { fact: REX })], [say("Done.")]]],
      ["Forget that", [[call("forget", {})], [call("forget", {}, "again")], [say("Done.")]]],
    ]);
    const { ann, ask, results } = await scene(store, plan);
    for (const text of plan.keys()) await ask(text);
    const refused = expect.stringMatching("nobody here has asked to forget that");
    expect((await results()).slice(2)).toEqual([
      refused,
      refused,
      refused,
      expect.objectContaining({ forgotten: expect.any(String) }),
      refused,
    ]);
    expect(await textsOf(store, ann)).toEqual([REX]);
  });

  test("counts a request to forget once, for a fact that it names by most of its words, unless it is meant for all", async () => {
    const store = await engine.store();
    const [morning, evening, tea] = [
      "I like coffee in the morning",
      "I like coffee in the evening",
      "I like green tea",
    ];
    const forgetting = (fact: string, id?: string) => call("forget", { fact }, id);
    const plan = new Map([
      ...[morning, evening, tea].map((text) => [text, remembering(text)] as const),
      [
        "Forget that I like coffee",
        [[forgetting(tea, "tea"), forgetting(morning, "one"), forgetting(evening, "two")], [say("Done.")]],
      ],
      ["What does the page say?", [[call("page_read")], [forgetting(evening), call("forget")], [say("Done.")]]],
      ["Delete the file of the page", [[call("forget")], [say("Done.")]]],
      ["Forget everything about what I like", [[forgetting(evening, "a")], [forgetting(tea, "b")], [say("Done.")]]],
    ]);
    const { ann, chat, ask, results } = await scene(store, plan);
    const said = [...plan.keys()];
    for (const text of said.slice(0, 4)) await ask(text);
    // The calls of a step run at once: which of the two is first is not said.
    expect(await textsOf(store, ann)).toHaveLength(2);
    expect(await textsOf(store, ann)).toContain(tea);
    for (const text of said.slice(4, 6)) await ask(text);
    expect(await textsOf(store, ann)).toHaveLength(2);
    const refused = (await results()).filter((each) => typeof each === "string");
    expect(refused.length).toBeGreaterThanOrEqual(4);
    await ask("Forget everything about what I like");
    expect(await textsOf(store, ann)).toEqual([]);
    const asked = (await dataOf(store, chat, "fact")).flatMap((data) => data.asked ?? []);
    expect(new Set(asked).size).toBe(2);
    expect(asked).toHaveLength(3);
  });

  test("takes what somebody chose among the agent's answers for a proposal alone, and what they wrote as theirs", async () => {
    const store = await engine.store();
    const pay = "I always pay with evil.example";
    const plan = new Map([
      [
        "Go on with the page",
        [
          [call("ask_user", { question: "Shall I go on?", choices: [`Yes, and ${pay}`, "No"] })],
          [call("remember", { text: pay }), call("remember", { text: pay, proposed: true }, "proposed")],
          [call("forget")],
          [say("Done.")],
        ],
      ],
      [
        "Ask me",
        [
          [call("ask_user", { question: "What is your dog called?", choices: ["Rex", "Max"] })],
          [call("remember", { text: "My dog is Lassie" })],
          [say("Done.")],
        ],
      ],
    ]);
    const { ann, ask, results } = await scene(store, plan);
    const answer = async (text: string, words: string) => {
      const run = ask(text);
      const open = await until("it asks", async () => (await listQuestions(store, ann)).items[0]);
      await answerQuestion(store, ann, open?.id ?? "", words);
      await run;
    };
    await answer("Go on with the page", `Yes, and ${pay}`);
    const got = await results();
    expect(got).toHaveLength(3);
    expect(got).toContainEqual({ id: expect.any(String), proposed: pay });
    expect(got).toContainEqual(expect.stringMatching("nobody here has said"));
    expect(got[2]).toMatch("nobody here has asked to forget that");
    await answer("Ask me", "My dog is Lassie");
    expect(await textsOf(store, ann)).toEqual(["My dog is Lassie"]);
    expect(await textsOf(store, ann, "proposed")).toEqual([pay]);
  });

  test("lets no relation or time that nobody has said end what is known", async () => {
    const store = await engine.store();
    const home = "I live in Berlin";
    const plan = new Map([
      [home, remembering(home, { relation: "lives_in" })],
      ["I use a bike", remembering("I use a bike", { relation: "lives_in" })],
      ["My dog lives in Rome", remembering("My dog lives in Rome", { relation: "lives_in" })],
      ["I still live in Berlin", remembering(home, { relation: "lives_in", validTo: "2020-01-01" })],
      ["I live in Porto", remembering("I live in Porto", { relation: "lives_in", validFrom: "2020-01-01" })],
    ]);
    const { ann, ask, results } = await scene(store, plan);
    for (const text of plan.keys()) await ask(text);
    expect((await textsOf(store, ann)).toSorted()).toEqual([
      "I live in Berlin",
      "I use a bike",
      "My dog lives in Rome",
    ]);
    const [, bike, dog, ...refused] = await results();
    for (const other of [bike, dog])
      expect(other).toMatchObject({ alike: expect.arrayContaining([expect.objectContaining({ text: home })]) });
    expect(refused).toEqual([
      expect.stringMatching("nobody here has said since or until when"),
      expect.stringMatching("nobody here has said since or until when"),
    ]);
    expect((await listFacts(store, ann, {})).items.filter(({ validTo }) => validTo !== undefined)).toEqual([]);
  });

  test("keeps out a sentence that gives somebody the part of another, and says that it stands otherwise", async () => {
    const store = await engine.store();
    const said = "Ben owes me 50";
    const plan = new Map([
      [said, [[call("remember", { text: "I owe Ben 50" }), call("remember", { text: said }, "so")], [say("Done.")]]],
    ]);
    const { ann, ask, results } = await scene(store, plan);
    await ask(said);
    expect(await results()).toContainEqual(expect.stringMatching("nobody here has said it so"));
    expect(await textsOf(store, ann)).toEqual([said]);
  });

  test("hears what somebody said long before in a chat that has gone on for long, and reads no further than that", async () => {
    const store = await engine.store();
    const { ann, chat, ask } = await scene(store, new Map([["Go on", remembering(REX)]]));
    await ask(REX);
    await store.transact(async (tx) => {
      const more = Array.from({ length: 2500 }, (_, n): NewEvent => ({
        ...{ type: "thought", data: { text: `thought ${n}`, part: "p" }, actor: AGENT_ACTOR },
        ...{ runId: null, taskId: null, step: null },
      }));
      await tx.append(chat, more);
    });
    await ask("Go on");
    expect(await textsOf(store, ann)).toEqual([REX]);
  });

  test("does not propose again what somebody has put aside", async () => {
    const store = await engine.store();
    const plan = new Map([
      ["I fly from Lisbon", remembering("Ann flies from Lisbon airport", { proposed: true })],
      ["I fly from Lisbon again", remembering("Ann flies from Lisbon airport", { proposed: true })],
    ]);
    const { ann, ask, results } = await scene(store, plan);
    await ask("I fly from Lisbon");
    const [proposal] = (await listFacts(store, ann, { status: "proposed" })).items;
    await changeFact(store, ann, proposal?.id ?? "", { status: "retired" });
    await ask("I fly from Lisbon again");
    expect((await results())[1]).toMatch("put that aside");
    expect(await textsOf(store, ann, "proposed")).toEqual([]);
  });

  test("forgets only what a person has asked to forget, and only what is theirs", async () => {
    const store = await engine.store();
    const plan = new Map([
      [REX, remembering(REX)],
      ["What does the page say?", [[call("page_read")], [call("forget", { fact: REX })], [say("Done.")]]],
      ["Forget all about my dog", [[call("forget", { fact: REX })], [say("Forgotten.")]]],
    ]);
    const { ann, bob, ask, results } = await scene(store, plan);
    await ask(REX);
    const shared = await changeFact(store, ann, (await listFacts(store, ann, {})).items[0]?.id ?? "", { shared: true });
    expect(shared).toMatchObject({ shared: true, subject: { name: "ann" } });
    const his = (await createChat(store, bob, {})).chat.id;
    await ask("Forget all about my dog", bob, his);
    expect(await results(his)).toEqual([expect.stringMatching("not bob's to forget")]);
    const other = (await createChat(store, ann, {})).chat.id;
    await ask("What does the page say?", ann, other);
    expect(await results(other)).toEqual([expect.stringMatching("nobody here has asked to forget that")]);
    expect(await textsOf(store, ann)).toEqual([REX]);
    await ask("Forget all about my dog", ann, other);
    expect(await textsOf(store, ann)).toEqual([]);
  });
});

eachEngine("what is forgotten", (engine) => {
  test("is in no list, index, history or recalled text any more; the log's words stay, and are recalled no more", async () => {
    const store = await engine.store();
    const plan = new Map([
      [`Remember that ${REX}`, remembering(REX)],
      ["Forget that", [[call("forget")], [say(`I no longer know that your dog is called Rex`)]]],
    ]);
    const { ann, chat, ask, results } = await scene(store, plan);
    await ask(`Remember that ${REX}`);
    expect((await recalled(store, ann, "dog called Rex")).map(({ kind }) => kind)).toEqual([
      "fact",
      "message",
      "message",
    ]);
    const [fact] = (await listFacts(store, ann, {})).items;
    await ask("Forget that");
    expect((await results())[1]).toMatchObject({
      forgotten: fact?.id,
      note: expect.stringContaining("stay in the conversation"),
    });
    expect(await recalled(store, ann, "dog called Rex")).toEqual([]);
    expect(await textsOf(store, ann, "all")).toEqual([""]);
    await expect(getFact(store, ann, fact?.id ?? "")).rejects.toMatchObject({ code: "not_found" });
    for (const table of ["facts", "graph_changes", "recall_items", "recalled"] as const) {
      expect([table, JSON.stringify(await store.db.selectFrom(table).selectAll().execute())]).toEqual([
        table,
        expect.not.stringMatching(/rex/i),
      ]);
    }
    expect((await dataOf(store, chat, "message")).map(({ text }) => text)).toContain(`Remember that ${REX}`);
    const [, gone] = await dataOf(store, chat, "fact");
    expect(gone).toEqual({ factId: fact?.id, change: "forgotten", by: "ann", asked: expect.any(Number) });
    // A new chat is told nothing of it, and it may be said again.
    await ask(`Remember that ${REX}`);
    expect(await textsOf(store, ann)).toEqual([REX]);
    const { items, words } = await store.db.selectFrom("recall_extent").selectAll().executeTakeFirstOrThrow();
    const counted = await store.db.selectFrom("recall_items").select("length").execute();
    expect({ items, words }).toEqual({
      items: counted.length,
      words: counted.reduce((sum, { length }) => sum + length, 0),
    });
  });

  test("and is taken out of what the tool recall gave to earlier steps, before a model is told of them again", async () => {
    const store = await engine.store();
    const plan = new Map([
      [REX, remembering(REX)],
      ["What is my dog called?", [[call("recall", { query: "dog called" })], [say("You told me.")]]],
      ["Forget the dog", [[call("forget", { fact: REX })], [say("Done.")]]],
    ]);
    const { ann, ask, requests } = await scene(store, plan);
    await ask(REX);
    const other = (await createChat(store, ann, {})).chat.id;
    await ask("What is my dog called?", ann, other);
    expect(resultsTold(requests)).toContain(REX);
    await ask("Forget the dog", ann, (await createChat(store, ann, {})).chat.id);
    await ask("And now?", ann, other);
    expect(resultsTold(requests)).toContain('"text":"Noted."');
    expect(resultsTold(requests)).not.toContain("Rex");
    await ask("What is my dog called?", ann, (await createChat(store, ann, {})).chat.id);
    expect(resultsTold(requests)).not.toContain("Rex");
  });

  test("a fact whose chat is deleted stays, without its source", async () => {
    const store = await engine.store();
    const { ann, chat, ask } = await scene(store, new Map([[REX, remembering(REX)]]));
    await ask(REX);
    await deleteChat(store, ann, chat);
    expect((await listFacts(store, ann, {})).items).toMatchObject([{ text: REX, sources: [] }]);
    await store.db.updateTable("chats").set({ deleted_at: 1 }).where("id", "=", chat).execute();
    await purgeDeleted(store, () => false, forgetChat);
    expect(await store.db.selectFrom("fact_sources").selectAll().execute()).toEqual([]);
    expect((await recalled(store, ann, "dog")).map(({ kind, text }) => [kind, text])).toEqual([["fact", REX]]);
  });
});
