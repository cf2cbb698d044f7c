import { sql, type KyselyPlugin } from "kysely";
import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine, postgres } from "../../../test/kit/databases.ts";
import { addGraph } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { say, talk } from "../../../test/kit/talk.ts";
import { deleteChat } from "../chats/chats.ts";
import { forkChat } from "../chats/fork.ts";
import { purgeDeleted } from "../endings/purge.ts";
import type { Store } from "../database/store.ts";
import type { User } from "../people/user.ts";
import { pick } from "./candidates.ts";
import { forgetChat, indexRecall } from "./indexing.ts";
import { recall, type RecallQuery } from "./recall.ts";

const HOUR_MS = 3_600_000;

async function found(store: Store, viewer: User, query: string, more: Partial<RecallQuery> = {}) {
  while (!(await indexRecall(store, 500))) continue;
  return (await recall(store, { viewer, within: null }, { query, ...more })).items;
}

const textsFor = async (...asked: Parameters<typeof found>): Promise<readonly string[]> =>
  (await found(...asked)).map((item) => (item.kind === "node" ? item.name : item.text));

/** Three weeks in short. */
async function scene(store: Store, { clock }: { readonly clock: ReturnType<typeof testClock> }) {
  const { owner, agent, ann, bob } = await people(store);
  const move = await talk(store, ann, [
    [ann, "We are moving to Lisbon in the spring."],
    [agent, "How exciting! Do you have a flat there yet?"],
    [ann, "Yes, near the river. The lease begins on the first."],
  ]);
  clock.step(7 * 24 * HOUR_MS);
  const food = await talk(store, ann, [
    [ann, "Which restaurants does my sister like?"],
    [agent, "Your sister likes the Italian restaurant at the harbour."],
    [ann, "She is allergic to peanuts, so never order satay for her."],
  ]);
  clock.step(7 * 24 * HOUR_MS);
  await say(store, move, [
    [ann, "The movers come on Friday at 09:30."],
    [agent, "I have noted the movers."],
  ]);
  const secret = await talk(store, bob, [[bob, "My sister moved to Lisbon too, but that is a secret."]]);
  await addGraph(
    store,
    ann.id,
    [
      { type: "person", name: "Clara", content: "Ann's sister; allergic to peanuts" },
      { type: "city", name: "Lisbon", content: "Where Ann moves to" },
      { type: "person", name: "Zed", content: "A plumber" },
    ],
    ["Clara likes Lisbon"],
  );
  return { owner, agent, ann, bob, move, food, secret };
}

eachEngine("recall", (engine) => {
  const opened = async () => {
    const clock = testClock(Date.UTC(2026, 2, 2, 9));
    const store = await engine.store({ clock });
    return { store, clock, ...(await scene(store, { clock })) };
  };

  test("finds what was said, the best first, in the same order on both engines, with reasons and places", async () => {
    const { store, ann, food, move } = await opened();
    expect(await textsFor(store, ann, "What is my sister allergic to?")).toEqual([
      "Clara",
      "She is allergic to peanuts, so never order satay for her.",
      "Your sister likes the Italian restaurant at the harbour.",
      "Which restaurants does my sister like?",
    ]);
    const [clara, peanuts] = await found(store, ann, "What is my sister allergic to?");
    expect(clara).toMatchObject({ kind: "node", why: ['"sister" in content', '"allergic" in content'] });
    expect(peanuts).toMatchObject({
      ...{ id: `${food}.4`, kind: "message", chatId: food, seq: 4, author: "ann", chatTitle: "A talk" },
      ...{ at: "2026-03-09T09:00:00.000Z", why: ['"allergic" in it', '"sister" beside it'] },
    });
    const [movers] = await found(store, ann, "When do the movers come?");
    expect(movers).toMatchObject({ id: `${move}.5`, why: ['"movers", "come" in it', "says when"] });
    const [dated] = await found(store, ann, "the movers on 16 March 2026");
    expect(dated).toMatchObject({ chatId: move, why: ['"movers" in it', "16 March 2026"] });
  });

  test("gives a person what they may see, and nothing wider", async () => {
    const { store, ann, bob, owner, secret, move } = await opened();
    expect((await found(store, ann, "secret sister Lisbon")).some((item) => item.id.startsWith(secret))).toBe(false);
    expect(await textsFor(store, bob, "secret sister Lisbon")).toEqual([
      "My sister moved to Lisbon too, but that is a secret.",
    ]);
    expect(await textsFor(store, owner, "secret sister Lisbon peanuts")).toEqual([]);
    await addGraph(store, "agent", [{ type: "city", name: "Porto", content: "shared by all, near Lisbon" }]);
    expect(await textsFor(store, owner, "Lisbon")).toEqual(["Porto"]);
    await store.db.insertInto("chat_shares").values({ chat_id: move, user_id: bob.id, can_write: 0 }).execute();
    expect(await textsFor(store, bob, "movers")).toContain("The movers come on Friday at 09:30.");
    // For words that others read: this chat, and what is shared.
    const within = await recall(store, { viewer: ann, within: move }, { query: "sister Lisbon peanuts" });
    expect(within.items.map((item) => (item.kind === "message" ? item.chatId : item.name))).toEqual(
      expect.arrayContaining(["Porto", move]),
    );
    expect(within.items.every((item) => (item.kind === "message" ? item.chatId === move : item.name === "Porto"))).toBe(
      true,
    );
  });

  test("can be told whose, when, where and what kind, and refuses names that nobody has", async () => {
    const { store, ann, agent, food } = await opened();
    expect(await textsFor(store, ann, "sister", { who: "Agent" })).toEqual([
      "Your sister likes the Italian restaurant at the harbour.",
    ]);
    expect(agent.name).toBe("agent");
    const march = { from: Date.UTC(2026, 2, 9), to: Date.UTC(2026, 2, 10), kinds: ["message"] as const };
    expect(
      (await found(store, ann, "sister Lisbon", march)).every(
        (item) => item.kind === "message" && item.chatId === food,
      ),
    ).toBe(true);
    expect(await textsFor(store, ann, "sister", { kinds: ["node"] })).toEqual(["Clara"]);
    expect(
      await textsFor(store, ann, "sister", { inSight: { chatId: food, seqs: "all", text: "" }, kinds: ["message"] }),
    ).toEqual([]);
    expect(await textsFor(store, ann, "what did ann say of the movers", { limit: 1 })).toEqual([
      "The movers come on Friday at 09:30.",
    ]);
    await expect(found(store, ann, "tea", { who: "nobody" })).rejects.toMatchObject({ code: "invalid_input" });
  });

  test("says of a query without words that there is nothing to look for", async () => {
    const { store, ann } = await opened();
    for (const query of ["what is it", "", "🎉", "*", '"" OR ()']) {
      const { items, note } = await recall(store, { viewer: ann, within: null }, { query });
      expect([query, items, note]).toEqual([query, [], expect.stringContaining("no words to look for")]);
    }
  });

  test("finds words of any script, with signs around them, and in the middle of 64 KB", async () => {
    const { store, ann } = await opened();
    const cases = [
      ["قهوتي المفضلة بالحليب", "ما قهوتي؟"],
      ["我喜欢喝绿茶", "绿茶"],
      ["Lempiväriäni on sininen", "mikä on lempiväriäni"],
      ['The "quoted" star* is here', 'a "quoted" star* OR (nothing'],
      [`${"padding ".repeat(8000)}needle ${"x".repeat(500)}`, "the needle"],
      ["Zoë’s café", "zoe cafe"],
      ["tea 🎉", "🎉 tea"],
    ] as const;
    for (const [said] of cases) await talk(store, ann, [[ann, said]]);
    for (const [said, asked] of cases) {
      const [first] = await found(store, ann, asked);
      expect([asked, first?.kind]).toEqual([asked, "message"]);
      expect(said).toContain(first?.text.replaceAll("…", ""));
      expect(first?.text.length).toBeLessThan(610);
    }
  });

  test("F57: a session is one, and what stands around a hit in it is found with it, but nothing of another session", async () => {
    const clock = testClock(Date.UTC(2026, 2, 2, 9));
    const store = await engine.store({ clock });
    const { ann, agent } = await people(store);
    const chatId = await talk(store, ann, [
      [ann, "The plumber is called Okafor."],
      [agent, "When does he come?"],
      [ann, "On Thursday morning."],
    ]);
    clock.step(7 * HOUR_MS);
    await say(store, chatId, [[ann, "The soup needs salt."]]);
    expect(await found(store, ann, "plumber Okafor")).toMatchObject([
      { seq: 2, why: ['"plumber", "okafor" in it'] },
      { seq: 4, why: ['"plumber", "okafor" beside it'] },
      { seq: 3, why: ['"plumber", "okafor" beside it'] },
    ]);
    const rows = await store.db.selectFrom("recall_items").select(["session", "seq"]).orderBy("seq").execute();
    expect(rows.map(({ session }) => session)).toEqual([1, 1, 1, 4]);
  });

  test("F58: what is read grows with what is shown, not with how much was said in the chat", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const readIn = async (chatId: string, limit: number): Promise<{ rows: number; bytes: number }> => {
      const read = { rows: 0, bytes: 0 };
      const counting: KyselyPlugin = {
        transformQuery: ({ node }) => node,
        transformResult: async ({ result }) => {
          read.rows += result.rows.length;
          read.bytes += JSON.stringify(result.rows).length;
          return result;
        },
      };
      const reader = { viewer: ann, within: null };
      const query = { query: "word number and more", chatId, limit };
      const { items } = await recall(store, reader, query, store.db.withPlugin(counting));
      expect(items).toHaveLength(limit);
      return read;
    };
    const short = await talk(store, ann, lines(ann, 300));
    const long = await talk(store, ann, lines(ann, 3000));
    while (!(await indexRecall(store, 1000))) continue;
    const [few, many] = [await readIn(long, 5), await readIn(long, 40)];
    expect((await readIn(short, 40)).rows).toBe(many.rows);
    expect(many.rows - few.rows).toBeGreaterThan(0);
    expect(many.rows - few.rows).toBeLessThanOrEqual(4 * 35);
    expect(few.bytes).toBeLessThan(100_000);
  });

  test("a query of 64 KB is looked for by its beginning", async () => {
    const { store, ann } = await opened();
    expect((await textsFor(store, ann, `peanuts ${"filling ".repeat(8000)}`))[0]).toMatch(/peanuts|Clara/);
  });

  test("a node's new words are found, its old ones no more", async () => {
    const { store, ann } = await opened();
    expect(await textsFor(store, ann, "plumber")).toEqual(["Zed"]);
    await addGraph(store, ann.id, [{ type: "person", name: "Zed", content: "An electrician" }]);
    expect(await textsFor(store, ann, "plumber")).toEqual([]);
    expect(await textsFor(store, ann, "electricians")).toEqual(["Zed"]);
    expect(await extentOf(store)).toEqual(await countedIn(store));
  });

  test("a chat that is deleted is found no more at once, and leaves nothing in the index when it is purged", async () => {
    const { store, clock, ann, food } = await opened();
    expect(await textsFor(store, ann, "satay")).toHaveLength(3);
    await deleteChat(store, ann, food);
    expect(await textsFor(store, ann, "satay")).toEqual([]);
    clock.step(61_000);
    await purgeDeleted(store, () => false, forgetChat);
    const left = await store.db.selectFrom("recall_items").select("id").where("chat_id", "=", food).execute();
    expect(left).toEqual([]);
    expect(await extentOf(store)).toEqual(await countedIn(store));
    const { rows } = await sql<{ n: number }>`SELECT ${sql.ref(store.kind === "sqlite" ? "doc" : "items")} AS n
      FROM recall_stems WHERE ${sql.ref(store.kind === "sqlite" ? "term" : "stem")} = 'satay'`.execute(store.db);
    expect(rows.every(({ n }) => Number(n) === 0)).toBe(true);
  });

  test("a chat that was made from another does not say everything twice", async () => {
    const { store, ann, food } = await opened();
    await forkChat(store, ann, food, { seq: 4 });
    const messages = await found(store, ann, "satay", { kinds: ["message"] });
    expect(messages.map((item) => item.kind === "message" && item.chatId)).toEqual([food, food, food]);
  });
});

eachEngine("the index of recall", (engine) => {
  test("is filled in portions behind the log, and a crash in the middle of one leaves no gap and no double", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const chatId = await talk(store, ann, lines(ann, 250));
    let portions = 0;
    const crashing = new Proxy(store, {
      get(target, name) {
        if (name !== "transact") return Reflect.get(target, name, target) as unknown;
        return (body: Parameters<Store["transact"]>[0]) =>
          target.transact(async (tx) => {
            const done = await body(tx);
            if (portions++ > 0) throw new Error("killed");
            return done;
          });
      },
    });
    await expect(indexRecall(crashing, 1000)).rejects.toThrow("killed");
    const some = await placesIn(store, chatId);
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(250);
    expect(await indexRecall(store, 1000)).toBe(true);
    expect(await placesIn(store, chatId)).toEqual(Array.from({ length: 250 }, (_, at) => at + 1));
    expect(await extentOf(store)).toEqual(await countedIn(store));
  });

  test("of many old chats leaves none out, though others go on meanwhile", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { ann } = await people(store);
    const chats: string[] = [];
    for (let at = 0; at < 70; at++) {
      chats.push(await talk(store, ann, lines(ann, 2)));
      clock.step(HOUR_MS);
    }
    for (let at = 0; !(await indexRecall(store, 20)); at += 20) {
      const old = chats[at] ?? "";
      await say(store, old, lines(ann, 1));
      chats.push(await talk(store, ann, lines(ann, 1)));
    }
    const said = await store.db
      .selectFrom("events")
      .where("type", "=", "message")
      .select((eb) => eb.fn.countAll().as("count"))
      .executeTakeFirstOrThrow();
    expect(chats.length).toBeGreaterThan(71);
    expect((await countedIn(store)).items).toBe(Number(said.count));
  });

  test("gives only what was indexed last, where more is not to be looked at", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    await talk(store, ann, lines(ann, 10));
    await indexRecall(store, 100);
    const { db, kind } = store;
    const extent = { items: 10, words: 20, holding: new Map([["word", 10]]) };
    const from = (above: number) =>
      pick({ db, kind }, { viewer: ann, within: null }, {}, { stems: ["word"], alone: 1, above }, extent);
    expect([...(await from(0))].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect([...(await from(7))].toSorted((a, b) => a - b)).toEqual([8, 9, 10]);
  });

  test("has a session end with a pause of six hours", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { ann } = await people(store);
    const chatId = await talk(store, ann, lines(ann, 2));
    await indexRecall(store, 100);
    clock.step(5 * HOUR_MS);
    await say(store, chatId, lines(ann, 1));
    clock.step(6 * HOUR_MS);
    await say(store, chatId, lines(ann, 2));
    await indexRecall(store, 100);
    const rows = await store.db.selectFrom("recall_items").select("session").orderBy("place").execute();
    expect(rows.map(({ session }) => session)).toEqual([1, 1, 1, 4, 4]);
  });
});

test("two nodes that fill it at once fill it once", async () => {
  const place = await postgres.place();
  const [one, other] = [await postgres.open(place), await postgres.open(place)];
  const { ann } = await people(one);
  const chatId = await talk(one, ann, lines(ann, 300));
  await Promise.all([indexRecall(one, 1000), indexRecall(other, 1000)]);
  expect(await placesIn(one, chatId)).toEqual(Array.from({ length: 300 }, (_, at) => at + 1));
  expect(await extentOf(one)).toEqual(await countedIn(one));
});

const lines = (who: User, many: number) =>
  Array.from({ length: many }, (_, at) => [who, `word ${at} and more`] as const);

async function placesIn({ db }: Store, chatId: string): Promise<readonly (number | null)[]> {
  const rows = await db
    .selectFrom("recall_items")
    .select("place")
    .where("chat_id", "=", chatId)
    .orderBy("id")
    .execute();
  return rows.map(({ place }) => place);
}

async function extentOf({ db }: Store) {
  return db.selectFrom("recall_extent").select(["items", "words"]).executeTakeFirstOrThrow();
}

async function countedIn({ db }: Store) {
  const rows = await db.selectFrom("recall_items").select("length").execute();
  return { items: rows.length, words: rows.reduce((sum, row) => sum + row.length, 0) };
}
