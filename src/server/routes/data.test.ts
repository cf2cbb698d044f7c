import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { verifyScene } from "../../../test/kit/verify-scene.ts";
import { encodeCursor } from "../../store/database/page.ts";

eachEngine("the data's routes", (engine) => {
  test("give the owner a verification part by part, and the size of it all", async () => {
    const store = await engine.store();
    const scene = await verifyScene(store);
    const { as, people } = await chatServer(store);
    expect(await as(people.owner, "GET", "/api/verify")).toMatchObject({
      status: 200,
      body: { findings: [], next: null, checked: { chats: 3, runs: 4, resumable: 0 } },
    });
    await store.db.updateTable("tasks").set({ result: null }).where("id", "=", scene.taskId).execute();
    const { body } = await as(people.owner, "GET", "/api/verify");
    expect(body.findings).toEqual([
      {
        kind: "task",
        chatId: scene.chatId,
        seq: expect.any(Number),
        what: `task ${scene.taskId}: result`,
        expected: "one",
        found: "none",
      },
    ]);
    expect((await as(people.owner, "GET", `/api/verify?cursor=${encodeCursor(["zzzz"])}`)).body).toMatchObject({
      checked: { chats: 0, edges: 1 },
    });
    const status = await as(people.owner, "GET", "/api/db");
    expect(status.body).toMatchObject({
      engine: engine.kind,
      epoch: store.epoch,
      chats: 3,
      runs: 4,
      tasks: 2,
      nodes: 2,
      edges: 1,
    });
    expect(status.body.schema).toBe(status.body.latestSchema);
    expect(status.body.bytes).toBeGreaterThan(10_000);
  });
});

test("a big home is verified in parts that together see each chat once", async () => {
  const store = await sqlite.store();
  const { as, people } = await chatServer(store);
  // Each chat costs a part of the page, whether it has events or not.
  await store.transact(async (tx) => {
    for (let i = 0; i < 900; i++) {
      const row = { owner_id: people.owner.id, title: "", titled_by: "nobody", origin: "user" } as const;
      const at = { created_at: 0, last_event_at: 0, archived: 0, recall: 1, head: 0 };
      const none = { schedule: null, model: null, key: null, run_id: null, run_lease: null, deleted_at: null };
      await tx.db
        .insertInto("chats")
        .values({ ...row, ...at, ...none, id: tx.newId() })
        .execute();
    }
  });
  let chats = 0;
  let parts = 0;
  for (let next: string | null = null; parts === 0 || next !== null; parts++) {
    const { body } = await as(people.owner, "GET", `/api/verify${next === null ? "" : `?cursor=${next}`}`);
    chats += body.checked.chats;
    expect(body.findings).toEqual([]);
    next = body.next;
  }
  expect(chats).toBe(900);
  expect(parts).toBe(2);
});

test("nobody but the owner may look at all data", async () => {
  const { as, people } = await chatServer(await sqlite.store());
  for (const path of ["/api/verify", "/api/db"]) {
    for (const viewer of [people.ann, people.agent]) {
      expect(await as(viewer, "GET", path)).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
    }
  }
});
