import { expect, test } from "vitest";
import { startAgent } from "../../../test/kit/agent.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine, sqlite, type Engine } from "../../../test/kit/databases.ts";
import { call, say, scriptedModel, untimed } from "../../../test/kit/scripted-model.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import { testTool, until } from "../../../test/kit/worker.ts";
import { isEnded } from "../../core/run-state.ts";
import type { Store } from "../../store/database/store.ts";
import type { User } from "../../store/people/user.ts";
import { policyOf } from "../../tools/policy.ts";
import { approvalSchema, grantSchema, type Approval } from "../../wire/approvals.ts";
import { awaySchema } from "../../wire/away.ts";

/** A server with an agent behind it whose one tool asks first: `wipe`, called once in each run. */
async function scene(engine: Engine, given?: Store) {
  const store = given ?? (await engine.store());
  const ran: string[] = [];
  const wipe = {
    ...testTool("wipe", async (text) => {
      ran.push(text);
      return `wiped ${text}`;
    }),
    policy: policyOf("ask"),
  };
  const model = scriptedModel(({ messages }) => {
    const last = untimed(messages).at(-1);
    return last?.role === "user" ? [call("wipe", { text: String(last.content) })] : [say("done")];
  });
  const app = await chatServer(store);
  const agent = await startAgent(store, { model, tools: [wipe] });
  const open = async (viewer: User): Promise<readonly Approval[]> =>
    (await app.as(viewer, "GET", "/api/approvals")).body.items.map((item: unknown) => approvalSchema.parse(item));
  const asks = async (viewer: User, instruction: string) => {
    const task = (await app.as(viewer, "POST", "/api/tasks", { instruction })).body;
    const approval = await until("the question", async () =>
      (await open(viewer)).find((item) => item.taskId === task.id),
    );
    return { task, approval, path: `/api/approvals/${approval.id}` };
  };
  const ended = (viewer: User, taskId: string) =>
    until("the task's end", async () => {
      const { body } = await app.as(viewer, "GET", `/api/tasks/${taskId}`);
      return isEnded(body.status) && body;
    });
  return { ...app, store, agent, ran, open, asks, ended };
}

eachEngine("an approval, over HTTP", (engine) => {
  test("is listed with its exact arguments and answered once: the second answer is told who gave the first", async () => {
    const { as, people, asks, ended, ran, open } = await scene(engine);
    const { ann, owner } = people;
    const { task, approval, path } = await asks(ann, "the attic");
    expect(approval).toMatchObject({
      tool: "wipe",
      args: { text: "the attic" },
      canDecide: true,
      canApprove: false,
      by: null,
    });
    expect((await as(ann, "GET", path)).body).toEqual(approval);
    for (const [prefix, found] of [
      [approval.id.slice(0, 6), 1],
      ["____", 0],
      ["", 1],
    ] as const) {
      const { body } = await as(ann, "GET", `/api/approvals?limit=1${prefix === "" ? "" : `&prefix=${prefix}`}`);
      expect([prefix, body.items.length]).toEqual([prefix, found]);
    }
    const answers = await Promise.all([
      as(ann, "POST", path, { decision: "deny", note: " not the attic " }),
      as(owner, "POST", path, { decision: "approve" }),
      as(owner, "POST", path, { decision: "deny" }),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
    const won = approvalSchema.parse(answers.find(({ status }) => status === 200)?.body);
    for (const { body } of answers.filter(({ status }) => status === 409)) {
      expect(body.error).toMatchObject({ code: "conflict", message: `this was ${won.state} already by ${won.by}` });
    }
    expect((await ended(ann, task.id)).status).toBe("completed");
    expect(ran).toEqual(won.state === "approved" ? ["the attic"] : []);
    expect(await open(ann)).toEqual([]);
    expect((await as(ann, "GET", "/api/approvals?state=all")).body.items).toMatchObject([
      { id: approval.id, state: won.state, by: won.by, canDecide: false },
    ]);
  });

  test("for a whole run or until a time leaves a grant, which is listed and can be taken back by its giver", async () => {
    const { as, people, asks, ended } = await scene(engine);
    const { owner, bob } = people;
    const first = await asks(owner, "one");
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const yes = await as(owner, "POST", first.path, { decision: "approve", scope: `until ${until}` });
    expect(yes.status).toBe(200);
    await ended(owner, first.task.id);
    const [grant] = (await as(owner, "GET", "/api/grants")).body.items.map((item: unknown) => grantSchema.parse(item));
    expect(grant).toMatchObject({ tool: "wipe", until, runId: null, grantedBy: "owner" });
    expect((await as(bob, "GET", "/api/grants")).body.items).toEqual([]);
    expect((await as(bob, "DELETE", `/api/grants/${grant.id}`)).status).toBe(404);
    expect((await as(owner, "GET", "/api/grants?prefix=zzzz")).body.items).toEqual([]);
    expect((await as(owner, "DELETE", `/api/grants/${grant.id}`)).status).toBe(204);
    expect((await as(owner, "DELETE", `/api/grants/${grant.id}`)).status).toBe(404);
    // Taken back: the next one is asked about again.
    await asks(owner, "two");
  });

  test("F16 of another user's chat does not exist, over HTTP and socket, and neither do its away list and its counts", async () => {
    const { as, people, asks, listen, token, open } = await scene(engine);
    const { ann, bob } = people;
    const { path, approval, task } = await asks(ann, "the attic");
    expect(await open(bob)).toEqual([]);
    expect((await as(bob, "GET", "/api/approvals?state=all")).body.items).toEqual([]);
    expect((await as(bob, "GET", path)).status).toBe(404);
    expect((await as(bob, "POST", path, { decision: "approve" })).status).toBe(404);
    const socket = await socketClient(await listen());
    socket.send({ type: "hello", v: 1, token: await token(bob) });
    socket.send({ type: "decide", ref: "d", approvalId: approval.id, decision: "approve" });
    expect(await socket.first("error", ({ ref }) => ref === "d")).toMatchObject({ code: "not_found" });
    expect((await as(bob, "GET", "/api/away")).body).toMatchObject({ items: [], total: 0, waiting: 0 });
    expect((await as(bob, "GET", "/api/status")).body.waiting).toEqual({ approvals: 0, questions: 0, changes: 0 });
    expect((await as(bob, "POST", "/api/away/seen", { chats: { [task.chatId]: 99 } })).body).toEqual({ marked: 0 });
    expect((await as(ann, "GET", "/api/status")).body.waiting).toEqual({ approvals: 1, questions: 0, changes: 0 });
    const told = awaySchema.parse((await as(ann, "GET", "/api/away")).body);
    expect(told.items).toMatchObject([{ kind: "asks", approvalId: approval.id, expiresAt: approval.expiresAt }]);
  });

  test("is answered on another device over a socket, which every watcher of the list is told of", async () => {
    const { people, asks, listen, token, ended, ran } = await scene(engine);
    const { owner } = people;
    const url = await listen();
    const [phone, desk] = [await socketClient(url), await socketClient(url)];
    for (const device of [phone, desk]) device.send({ type: "hello", v: 1, token: await token(owner) });
    for (const device of [phone, desk]) await device.first("welcome");
    const { approval, task } = await asks(owner, "the attic");
    await desk.first("changed", ({ topic }) => topic === "approvals");
    phone.send({ type: "decide", ref: "1", approvalId: approval.id, decision: "approve", scope: "for ever" });
    expect(await phone.first("error", ({ ref }) => ref === "1")).toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining('scope: must be "call", "run", or "until"'),
    });
    phone.send({ type: "decide", ref: "2", approvalId: approval.id, decision: "approve", scope: "run", note: "go" });
    expect(await phone.first("ack", ({ ref }) => ref === "2")).toMatchObject({ runId: approval.runId });
    phone.send({ type: "decide", ref: "3", approvalId: approval.id, decision: "deny" });
    expect(await phone.first("error", ({ ref }) => ref === "3")).toMatchObject({ code: "conflict" });
    await desk.first("changed", ({ topic, id }) => topic === "approvals" && id === approval.id);
    await ended(owner, task.id);
    expect(ran).toEqual(["the attic"]);
  });

  test("that may be watched only is seen, and answered by somebody else", async () => {
    const { as, people, asks, store, ended } = await scene(engine);
    const { ann, bob, owner } = people;
    const { path, task, approval } = await asks(ann, "the attic");
    await store.db.insertInto("chat_shares").values({ chat_id: task.chatId, user_id: bob.id, can_write: 0 }).execute();
    expect((await as(bob, "GET", path)).body).toMatchObject({ id: approval.id, canDecide: false });
    expect((await as(bob, "POST", path, { decision: "approve" })).body.error).toMatchObject({ code: "forbidden" });
    expect((await as(owner, "POST", path, { decision: "approve" })).status).toBe(200);
    await ended(ann, task.id);
  });

  test("survives a restart: the new server lists it, and its answer lets the run go on", async () => {
    const place = await engine.place();
    const before = await scene(engine, await engine.open(place));
    const { approval, task, path } = await before.asks(before.people.ann, "the attic");
    await until(
      "the wait",
      async () => (await before.as(before.people.ann, "GET", `/api/tasks/${task.id}`)).body.status === "waiting",
    );
    await before.agent.stop();
    await before.store[Symbol.asyncDispose]();
    const store = await engine.open(place);
    const { ann, owner } = before.people;
    const after = await scene(engine, store);
    expect((await after.as(ann, "GET", path)).body).toEqual(approval);
    expect((await after.as(owner, "POST", path, { decision: "approve" })).status).toBe(200);
    const done = await until("the end", async () => {
      const { body } = await after.as(ann, "GET", `/api/tasks/${task.id}`);
      return body.status === "completed" && body;
    });
    expect(done.attempts).toBe(1);
    expect(after.ran).toEqual(["the attic"]);
  });
});

test("an approval that ran out is no denial, and an answer that comes too late is told so", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { as, people, asks, ran, agent } = await scene(sqlite, store);
  const { ann } = people;
  const { path, approval, task } = await asks(ann, "the attic");
  await until("the wait", async () => (await as(ann, "GET", `/api/tasks/${task.id}`)).body.status === "waiting");
  // Nobody works when its time comes: nothing has marked it yet.
  await agent.stop();
  clock.step(Date.parse(approval.expiresAt) - clock.now());
  const late = await as(ann, "POST", path, { decision: "approve" });
  expect([late.status, late.body.error.message]).toEqual([409, "this expired already: nobody answered in time"]);
  expect(ran).toEqual([]);
});

test.each([
  { what: "no decision", body: {}, says: "decision: " },
  { what: "another decision", body: { decision: "maybe" }, says: "decision: must be one of approve, deny" },
  { what: "a scope that is none", body: { decision: "approve", scope: "always" }, says: 'scope: must be "call"' },
  {
    what: "a time without an offset",
    body: { decision: "approve", scope: "until 2999-01-01T00:00" },
    says: "scope: must be",
  },
  {
    what: "a time gone by",
    body: { decision: "approve", scope: "until 2001-01-01T00:00:00Z" },
    says: "within the next seven days",
  },
  {
    what: "a time too far off",
    body: { decision: "approve", scope: "until 2999-01-01T00:00:00Z" },
    says: "within the next seven days",
  },
  { what: "an endless note", body: { decision: "deny", note: "x".repeat(2001) }, says: "note: must be at most 2000" },
])("an answer with $what is refused, and the approval stays open", async ({ body, says }) => {
  const { as, people, asks, open } = await scene(sqlite);
  const { path } = await asks(people.owner, "the attic");
  const answer = await as(people.owner, "POST", path, body);
  expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining(says)]);
  expect(await open(people.owner)).toHaveLength(1);
});
