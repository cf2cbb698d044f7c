import { sql } from "kysely";
import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { until } from "../../../test/kit/worker.ts";
import { createChat } from "../chats/chats.ts";
import { postMessage } from "../chats/messages.ts";
import { graphChanges } from "../graph/history.ts";
import { indexRecall } from "../recall/indexing.ts";
import { recall } from "../recall/recall.ts";
import { stemmerOf } from "../recall/stems.ts";
import { addFact, changeFact, mayChangeFact, removeFact } from "./change.ts";
import { factRow } from "./find.ts";
import { forgetFact } from "./forget.ts";
import { listFacts } from "./list.ts";

eachEngine("a fact", (engine) => {
  test("that is one person's is changed by nobody else, not even by the home's owner; a shared one by its author and by them", async () => {
    const store = await engine.store();
    const { owner, ann, bob } = await people(store);
    const { id } = (await addFact(store, ann, { subject: "me", text: "I play chess" })).fact;
    const who = async () => {
      const row = await factRow(store.db, ann.id, id);
      return [owner, ann, bob].filter((user) => row !== undefined && mayChangeFact(user, row)).map(({ name }) => name);
    };
    expect(await who()).toEqual([ann.name]);
    await changeFact(store, ann, id, { shared: true });
    expect(await who()).toEqual([owner.name, ann.name]);
    const mine = async (user: typeof ann) => (await listFacts(store, user, { about: "me" })).items.map((one) => one.id);
    expect(await mine(ann)).toEqual([id]);
    expect(await mine(bob)).toEqual([]);
    expect((await listFacts(store, bob, { prefix: id.slice(0, 6) })).items.map((one) => one.id)).toEqual([id]);
    expect((await listFacts(store, bob, { prefix: "%" })).items).toEqual([]);
  });

  test("that is learned again while it is forgotten stays forgotten, and is a new one", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const say = () => addFact(store, ann, { subject: "me", text: "The dog Rex bites" });
    const { fact } = await say();
    const stem = await stemmerOf(store);
    let again: ReturnType<typeof say> | undefined;
    await store.transact(async (tx) => {
      const row = await factRow(tx.db, ann.id, fact.id);
      if (row !== undefined) await forgetFact(tx, stem, ann, row);
      again ??= say();
      if (tx.kind === "sqlite") return;
      await until("it waits", async () => {
        // Otherwise a transaction sees one moment of it again and again.
        await sql`SELECT pg_stat_clear_snapshot()`.execute(tx.db);
        const { rows } = await sql`
          SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(
          tx.db,
        );
        return rows.length > 0;
      });
    });
    const learned = await again;
    expect(learned).toMatchObject({ known: false, fact: { status: "active" } });
    expect(learned?.fact.id).not.toBe(fact.id);
    const rows = await store.db.selectFrom("facts").select(["text", "status"]).where("id", "=", fact.id).execute();
    expect(rows).toEqual([{ text: "", status: "forgotten" }]);
  });

  test("that the home's owner shares no more is its author's again, and they are told so; its history names no chats to others", async () => {
    const store = await engine.store();
    const { owner, ann, bob } = await people(store);
    const { id } = (await addFact(store, ann, { subject: "me", text: "I play chess" })).fact;
    await changeFact(store, ann, id, { shared: true });
    await changeFact(store, ann, id, { pinned: true });
    const row = await store.db.selectFrom("graph_changes").select("id").where("thing_id", "=", id).execute();
    const full = JSON.stringify({ text: "I play chess", sources: ["chat.2"], author: ann.id, within: null });
    for (const change of row) {
      await store.db.updateTable("graph_changes").set({ after: full }).where("id", "=", change.id).execute();
    }
    const { items } = await graphChanges(store.db, bob, { thing: id });
    expect(items.map(({ after }) => after)).toEqual([{ text: "I play chess" }, { text: "I play chess" }]);
    expect(await changeFact(store, owner, id, { shared: false })).toMatchObject({ id, shared: false });
    expect(await factRow(store.db, owner.id, id)).toBeUndefined();
    expect(await factRow(store.db, ann.id, id)).toMatchObject({ owner_id: ann.id });
  });

  test("that is forgotten takes along the wordings that it corrected, and not what was so before it", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const say = async (text: string) =>
      (await addFact(store, ann, { subject: "me", relation: "lives in", text, validFrom: store.clock.now() })).fact.id;
    await say("I live in Rome");
    const oslo = await say("I live in Oslo");
    const bergen = (await changeFact(store, ann, oslo, { text: "I live in Bergen" })).id;
    const porto = (await changeFact(store, ann, bergen, { text: "I live in Porto" })).id;
    await removeFact(store, ann, porto);
    const rows = await store.db.selectFrom("facts").select(["text", "status"]).execute();
    expect(rows.toSorted((a, b) => a.text.localeCompare(b.text))).toEqual([
      ...Array.from({ length: 3 }, () => ({ text: "", status: "forgotten" })),
      { text: "I live in Rome", status: "retired" },
    ]);
  });

  test("that is forgotten takes along what its author said of it, and not what others said", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const { chat } = await createChat(store, ann, {});
    await store.db.insertInto("chat_shares").values({ chat_id: chat.id, user_id: bob.id, can_write: 1 }).execute();
    await postMessage(store, ann, chat.id, { text: "The dog Rex bites" });
    await postMessage(store, bob, chat.id, { text: "Does the dog Rex bite, really" });
    const { fact } = await addFact(store, ann, { subject: "me", text: "The dog Rex bites" });
    const found = async () => {
      while (!(await indexRecall(store, 500))) continue;
      const { items } = await recall(store, { viewer: ann, within: null }, { query: "dog Rex", kinds: ["message"] });
      return items.flatMap((item) => (item.kind === "message" ? [item.author] : []));
    };
    expect((await found()).toSorted()).toEqual(["ann", "bob"]);
    await removeFact(store, ann, fact.id);
    expect(await found()).toEqual(["bob"]);
  });
});
