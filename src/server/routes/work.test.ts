import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { forceCancel } from "../../store/endings/stop.ts";
import { changeAccount } from "../../store/people/accounts.ts";
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
    const named = (await as(owner, "GET", `/api/work?prefix=${his.run.id.slice(0, 8)}`)).body;
    expect(named.items).toMatchObject([{ id: his.run.id, mayStop: true }]);
    for (const who of [ann, people.agent]) expect((await as(who, "GET", "/api/work")).status).toBe(403);
  });

  test("is stopped by an owner who does not see its chat, which tells who it was, and so does the audit", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const { owner, ann } = people;
    const chat = (await as(ann, "POST", "/api/chats", { title: "quokka" })).body;
    await as(ann, "POST", `/api/chats/${chat.id}/messages`, { text: "quokka" });
    const [turn] = await claimRuns(store, { kind: "turn", limit: 1 });
    const [work] = (await as(owner, "GET", "/api/work")).body.items;
    expect(work).toMatchObject({ id: turn?.run.id, user: "ann", mayStop: true, shown: null });
    expect((await as(owner, "POST", `/api/runs/${work.id}/stop`)).status).toBe(404);
    for (const who of [ann, people.agent])
      expect((await as(who, "POST", `/api/work/${work.id}/stop`)).status).toBe(403);
    const stops = [1, 2].map(() => as(owner, "POST", `/api/work/${work.id}/stop`));
    for (const stop of stops) expect(await stop).toEqual({ status: 200, body: { runId: work.id } });
    await forceCancel(store, work.id);
    const { events } = (await as(ann, "GET", `/api/chats/${chat.id}/events?type=status`)).body;
    expect(events.slice(-2)).toMatchObject([
      { data: { state: "stopping", by: "owner" }, actor: { name: "owner" } },
      { data: { state: "cancelled", by: "owner" } },
    ]);
    const audited = (await as(owner, "GET", "/api/audit?kind=work.stopped")).body.items;
    expect(audited).toMatchObject([{ by: "owner", thing: "ann", detail: `run ${work.id}` }]);
    expect((await as(owner, "POST", `/api/work/${work.id}/stop`)).body).toEqual({ runId: null });
    expect((await as(owner, "POST", "/api/work/nowhere/stop")).status).toBe(404);
  });

  test("is stopped by admins where it is a member's, and not where it is an owner's", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const { owner, ann, bob } = people;
    await changeAccount(store, "bob", { role: "admin" });
    const admin = { ...bob, role: "admin" } as const;
    await as(owner, "POST", "/api/tasks", { instruction: "the owner's" });
    await as(ann, "POST", "/api/tasks", { instruction: "hers" });
    await claimRuns(store, { kind: "task", limit: 5 });
    const { items } = (await as(admin, "GET", "/api/work")).body;
    const of = (user: string) => items.find((work: { user: string }) => work.user === user);
    expect([of("owner").mayStop, of("ann").mayStop]).toEqual([false, true]);
    expect((await as(admin, "POST", `/api/work/${of("owner").id}/stop`)).status).toBe(403);
    expect((await as(admin, "POST", `/api/work/${of("ann").id}/stop`)).body).toEqual({ runId: of("ann").id });
    const [hers] = (await as(ann, "GET", "/api/tasks")).body.items;
    expect(hers.status).toBe("in_progress");
    await forceCancel(store, of("ann").id);
    expect((await as(ann, "GET", `/api/tasks/${hers.id}`)).body).toMatchObject({
      status: "cancelled",
      error: "cancelled by bob",
    });
  });
});
