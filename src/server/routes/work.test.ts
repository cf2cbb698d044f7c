import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { waitForLimit } from "../../store/endings/run.ts";
import { claimRuns } from "../../store/runs/claim.ts";
import { fenceOf } from "../../store/runs/record.ts";

eachEngine("all running work", (engine) => {
  test("tells an owner whose it is, since when and where, and nothing of what it is about that is not theirs to see", async () => {
    const store = await engine.store({ node: "attic" });
    const { as, people } = await chatServer(store);
    const { owner, ann, bob } = people;
    expect((await as(owner, "GET", "/api/work")).body).toEqual({ items: [], next: null, total: 0 });
    const chat = (await as(ann, "POST", "/api/chats", { title: "quokka" })).body;
    await as(ann, "POST", `/api/chats/${chat.id}/messages`, { text: "quokka" });
    const [turn] = await claimRuns(store, { kind: "turn", limit: 1 });
    await as(bob, "POST", "/api/tasks", { instruction: "wombat" });
    await as(owner, "POST", "/api/tasks", { instruction: "mine" });
    await as(ann, "POST", "/api/tasks", { instruction: "later", runAt: "2999-01-01T00:00:00Z" });
    const tasks = await claimRuns(store, { kind: "task", limit: 5 });
    expect([turn === undefined, tasks.length]).toEqual([false, 2]);
    const his = tasks.find(({ task }) => task?.owner_id === bob.id);
    if (his === undefined) throw new Error("no task of bob's");
    const wait = { until: store.clock.now() + 60_000, message: "waits" };
    await store.transact((tx) => waitForLimit(tx, his.run.id, wait, fenceOf(his)));
    const { body } = await as(owner, "GET", "/api/work");
    const items = body.items.toSorted((a: { user: string }, b: { user: string }) => (a.user < b.user ? -1 : 1));
    expect(items).toMatchObject([
      { user: "ann", kind: "answer", state: "working", node: "attic", shown: null },
      { user: "bob", kind: "task", state: "waiting", node: null },
      { user: "owner", kind: "task", state: "working", node: "attic", shown: { title: "mine" } },
    ]);
    expect(JSON.stringify(body)).not.toContain("quokka");
    for (const who of [ann, people.agent]) expect((await as(who, "GET", "/api/work")).status).toBe(403);
  });
});
