import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";

const unchecked = { text: "I drink tea", subject: "me", kind: "preference" };

const NO_FACTS = [
  { ...unchecked, text: "" },
  { ...unchecked, text: "x".repeat(501) },
  { ...unchecked, text: "a\0b" },
  { ...unchecked, kind: "rumour" },
  { ...unchecked, subject: "" },
  { ...unchecked, validFrom: "2026-02-01T00:00:00Z", validTo: "2026-01-01T00:00:00Z" },
  { ...unchecked, validFrom: "soon" },
  { ...unchecked, unknown: 1 },
  {},
];

eachEngine("facts over HTTP", (engine) => {
  const opened = async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    return { store, clock, ...(await chatServer(store)) };
  };

  test("a person's own is remembered, listed by what it is about, and found by recall", async () => {
    const { as, people, clock } = await opened();
    const made = await as(people.ann, "POST", "/api/facts", { ...unchecked, relation: "Prefers drink", pinned: true });
    expect(made).toMatchObject({
      status: 201,
      body: {
        ...{
          text: "I drink tea",
          subject: { type: "person", name: "ann" },
          relation: "prefers_drink",
          kind: "preference",
        },
        ...{ stated: true, author: "ann", sources: [], pinned: true, status: "active", shared: false },
      },
    });
    expect(await as(people.ann, "POST", "/api/facts", unchecked)).toMatchObject({
      status: 200,
      body: { id: made.body.id, uses: 1 },
    });
    clock.step(1000);
    await as(people.ann, "POST", "/api/facts", {
      subject: "The boiler",
      subjectType: "device",
      text: "The boiler is serviced in May",
    });
    const boiler = (await as(people.ann, "GET", "/api/facts")).body.items[0].subject;
    expect(boiler).toMatchObject({ type: "device", name: "The boiler" });
    const texts = async (query: string) =>
      (await as(people.ann, "GET", `/api/facts${query}`)).body.items.map(({ text }: { text: string }) => text);
    expect(await texts("")).toEqual(["The boiler is serviced in May", "I drink tea"]);
    expect(await texts("?about=me")).toEqual(["The boiler is serviced in May", "I drink tea"]);
    expect(await texts(`?about=${boiler.id}`)).toEqual(["The boiler is serviced in May"]);
    expect(await texts("?kind=preference")).toEqual(["I drink tea"]);
    const first = await as(people.ann, "GET", "/api/facts?limit=1");
    expect(first.body).toMatchObject({ total: 2, items: [{ text: "The boiler is serviced in May" }] });
    expect(await texts(`?limit=1&cursor=${first.body.next}`)).toEqual(["I drink tea"]);
    const found = await as(people.ann, "GET", "/api/recall?q=boiler&kind=fact");
    expect(found.body.items).toMatchObject([
      { kind: "fact", text: "The boiler is serviced in May", nodeId: boiler.id, sources: [] },
    ]);
    const named = await as(people.ann, "GET", `/api/recall/items?ids=${found.body.items[0].id}`);
    expect(named.body.items).toMatchObject([{ kind: "fact", title: "The boiler", nodeId: boiler.id, chatId: null }]);
  });

  test("is corrected, put aside, taken up again, shared and forgotten, by whom it belongs to", async () => {
    const { as, people, store } = await opened();
    const { id } = (await as(people.ann, "POST", "/api/facts", unchecked)).body;
    const path = `/api/facts/${id}`;
    for (const [method, body] of [["GET"], ["PATCH", { pinned: true }], ["DELETE"]] as const) {
      expect(await as(people.bob, method, path, body)).toMatchObject({ status: 404 });
    }
    const right = await as(people.ann, "PATCH", path, { text: "I drink coffee" });
    expect(right).toMatchObject({ status: 200, body: { text: "I drink coffee", status: "active", author: "ann" } });
    expect((await as(people.ann, "GET", path)).body).toMatchObject({ status: "retired", supersededBy: right.body.id });
    expect(await as(people.ann, "PATCH", path, { text: "I drink water" })).toMatchObject({ status: 409 });
    const now = `/api/facts/${right.body.id}`;
    expect((await as(people.ann, "PATCH", now, { status: "retired" })).body).toMatchObject({ status: "retired" });
    expect((await as(people.ann, "PATCH", now, { status: "active", pinned: true })).body).toMatchObject({
      ...{ status: "active", pinned: true },
    });
    expect((await as(people.ann, "PATCH", now, { shared: true })).body).toMatchObject({ shared: true });
    expect((await as(people.bob, "GET", now)).body).toMatchObject({ text: "I drink coffee", subject: { name: "ann" } });
    expect(await as(people.bob, "PATCH", now, { pinned: false })).toMatchObject({ status: 403 });
    expect(await as(people.bob, "DELETE", now)).toMatchObject({ status: 403 });
    expect((await as(people.owner, "PATCH", now, { pinned: false })).body).toMatchObject({ pinned: false });
    expect(await as(people.ann, "DELETE", now)).toMatchObject({ status: 204 });
    expect(await as(people.ann, "GET", now)).toMatchObject({ status: 404 });
    expect((await as(people.bob, "GET", "/api/facts?status=all")).body.items).toMatchObject([
      { text: "", status: "forgotten" },
    ]);
    const left = JSON.stringify(await store.db.selectFrom("graph_changes").selectAll().execute());
    expect(left).not.toContain("coffee");
    expect(left).toContain("I drink tea");
  });

  test("all that is known of a node is told at once: what holds, what is over, and its edges", async () => {
    const { as, people, store, clock } = await opened();
    const { nodes } = await addGraph(store, people.ann.id, [person("Clara"), person("Zed")], ["Clara knows Zed"]);
    const clara = nodes[0]?.id ?? "";
    const lives = (text: string, more: object = {}) =>
      as(people.ann, "POST", "/api/facts", { subject: clara, relation: "lives in", text, ...more });
    await lives("Clara lives in Rome");
    clock.step(1000);
    await lives("Clara lives in Oslo", { validFrom: "2026-01-01T00:00:00Z" });
    const { status, body } = await as(people.ann, "GET", `/api/entities/${clara}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      node: { id: clara, name: "Clara", content: "About Clara" },
      facts: [
        { text: "Clara lives in Oslo", status: "active" },
        { text: "Clara lives in Rome", status: "retired", validTo: "2026-01-01T00:00:00.000Z" },
      ],
      edges: { total: 1, items: [{ type: "knows" }] },
      usedIn: { count: 0, runs: [] },
    });
    expect(await as(people.bob, "GET", `/api/entities/${clara}`)).toMatchObject({ status: 404 });
  });

  test("what became of a fact is in the history, and is undone", async () => {
    const { as, people } = await opened();
    const { id } = (
      await as(people.ann, "POST", "/api/facts", { subject: "me", relation: "lives in", text: "I live in Rome" })
    ).body;
    const oslo = (
      await as(people.ann, "POST", "/api/facts", { subject: "me", relation: "lives in", text: "I live in Oslo" })
    ).body.id;
    const changesOf = async (thing: string) =>
      (await as(people.ann, "GET", `/api/graph/changes?thing=${thing}`)).body.items;
    const [ended, added] = await changesOf(id);
    expect(added).toMatchObject({ thing: "fact", op: "added", name: "I live in Rome", by: { user: "ann" } });
    const [came] = await changesOf(oslo);
    expect(ended).toMatchObject({
      op: "changed",
      before: { status: "active" },
      after: { status: "retired" },
      partOf: came.id,
    });
    const undo = (change: number) => as(people.ann, "POST", `/api/graph/changes/${change}/undo`);
    expect(await undo(came.id)).toMatchObject({ status: 200 });
    const texts = async () =>
      (await as(people.ann, "GET", "/api/facts?status=all")).body.items.map((each: { text: string }) => each.text);
    expect(await texts()).toEqual(["I live in Rome"]);
    expect((await as(people.ann, "GET", "/api/recall?q=Rome%20Oslo&kind=fact")).body.items).toMatchObject([
      { text: "I live in Rome" },
    ]);
    expect(await as(people.ann, "DELETE", `/api/facts/${id}`)).toMatchObject({ status: 204 });
    expect(JSON.stringify(await changesOf(id))).not.toContain("Rome");
    expect(await undo(added.id)).toMatchObject({ status: 409 });
  });

  test("what is no fact is refused", async () => {
    const { as, people } = await opened();
    for (const body of NO_FACTS) {
      expect([body, await as(people.ann, "POST", "/api/facts", body)]).toMatchObject([body, { status: 400 }]);
    }
    expect((await as(people.ann, "GET", "/api/facts?status=all")).body.items).toEqual([]);
  });

  test("of two nodes of one name it asks which is meant, and of a name like a property of objects nothing breaks", async () => {
    const { as, people, store } = await opened();
    await addGraph(store, people.ann.id, [person("Clara"), { type: "ship", name: "Clara" }]);
    const two = await as(people.ann, "POST", "/api/facts", { subject: "Clara", text: "Clara sails on Monday" });
    expect(two).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('ship "Clara"') } } });
    for (const subject of ["__proto__", "constructor"]) {
      const made = await as(people.ann, "POST", "/api/facts", {
        subject,
        text: `${subject} is a name`,
        relation: subject,
      });
      expect(made).toMatchObject({ status: 201, body: { subject: { name: subject } } });
    }
  });
});
