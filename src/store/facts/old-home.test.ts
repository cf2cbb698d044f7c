import { join } from "node:path";
import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { oldDatabase } from "../../../test/kit/old-database.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";

test("nodes and edges of an older home stay as they are, and facts are about them", async () => {
  const file = join(await tempHome(), "sparky.db");
  oldDatabase(
    file,
    26,
    "insert into nodes values ('n1', null, 'person', 'Clara', 'A sister', '{\"age\":30}', 1, 2), ('n2', null, 'city', 'Oslo', '', '{}', 1, 1)",
    "insert into edges values ('e1', null, 'n1', 'n2', 'lives in', '{}', 3)",
  );
  const store = await sqlite.open({ kind: "sqlite", file });
  const { as, people } = await chatServer(store);
  const before = await as(people.ann, "GET", "/api/graph/nodes/n1");
  expect(before.body).toMatchObject({
    content: "A sister",
    data: { age: 30 },
    edges: { total: 1, items: [{ id: "e1" }] },
  });
  const text = "Clara is allergic to peanuts";
  const made = await as(people.ann, "POST", "/api/facts", { subject: "clara", text });
  expect(made.body).toMatchObject({ subject: { id: "n1", type: "person", name: "Clara" }, shared: false });
  expect((await as(people.ann, "GET", "/api/entities/n1")).body).toMatchObject({
    ...{ node: { content: "A sister" }, facts: [{ text }], edges: { total: 1 } },
  });
  // What is one person's of a node that all share is nobody else's.
  expect((await as(people.bob, "GET", "/api/entities/n1")).body.facts).toEqual([]);
  expect((await as(people.ann, "GET", "/api/graph/nodes/n1")).body).toEqual(before.body);
});
