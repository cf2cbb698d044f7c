import { expect, test } from "vitest";
import { startAgent, story } from "../../test/kit/agent.ts";
import { testClock } from "../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, gate, say, scriptedModel, stepsIn } from "../../test/kit/scripted-model.ts";
import { testTool, until } from "../../test/kit/worker.ts";
import type { Json } from "../core/events.ts";
import { argsDigest, decideApproval, listApprovals } from "../store/approvals/approvals.ts";
import { createChat } from "../store/chats/chats.ts";
import { readEvents } from "../store/log/events.ts";
import { listGrants, revokeGrant } from "../store/approvals/grants.ts";
import { postMessage } from "../store/chats/messages.ts";
import { requestStop } from "../store/endings/stop.ts";
import type { Store, Tx } from "../store/database/store.ts";
import { addTask } from "../store/tasks/add.ts";
import { getTask } from "../store/tasks/read.ts";
import type { User } from "../store/people/user.ts";
import { policyOf, type Policy, type Verdict } from "../tools/policy.ts";
import type { Tool } from "../tools/tool.ts";

/** A tool that asks, and that keeps what it was really run with. */
function asking(policy: Verdict | Partial<Policy> = "ask") {
  const ran: string[] = [];
  const tool: Tool<Tx> = {
    ...testTool("danger", async (text): Promise<Json> => {
      ran.push(text);
      return `did ${text}`;
    }),
    policy: policyOf(policy),
  };
  return { ran, tool };
}

const approvalStates = async (store: Store, chatId: string) =>
  (await readEvents(store.db, chatId, { types: ["approval"] })).flatMap((e) =>
    e.type === "approval" ? [e.data.state] : [],
  );

async function open(store: Store, viewer: User, count = 1) {
  return until(`${count} open approvals`, async () => {
    const { items } = await listApprovals(store, viewer);
    return items.length === count ? items : undefined;
  });
}

const task = (store: Store, viewer: User, id: string, status: string) =>
  until(`the task ${status}`, async () => {
    const found = await getTask(store, viewer, id);
    return found.status === status ? found : undefined;
  });

eachEngine("an approval", (engine) => {
  test("is asked for before a risky call, bound to its exact arguments, and lets it run once a person says yes", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { ran, tool } = asking();
    const model = scriptedModel([[call("danger", { text: "x" })], [say("done")]]);
    await startAgent(store, { model, tools: [tool] });
    const added = await addTask(store, owner, { instruction: "go" });
    const [asked] = await open(store, owner);
    if (asked === undefined) throw new Error("nothing was asked");
    expect(asked).toMatchObject({ tool: "danger", args: { text: "x" }, state: "requested", canDecide: true });
    expect(asked.argsDigest).toBe(argsDigest("danger", { text: "x" }));
    await task(store, owner, added.task.id, "waiting");
    expect(ran).toEqual([]);
    const [first, second] = await Promise.allSettled([
      decideApproval(store, owner, asked.id, { decision: "approve" }),
      decideApproval(store, owner, asked.id, { decision: "deny" }),
    ]);
    expect([first.status, second.status].toSorted()).toEqual(["fulfilled", "rejected"]);
    await task(store, owner, added.task.id, "completed");
    expect(ran).toEqual(first.status === "fulfilled" ? ["x"] : []);
  });

  test("that is denied gives the model the person's words, and the run goes on", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { ran, tool } = asking();
    const model = scriptedModel([[call("danger", { text: "x" })], [say("then not")]]);
    await startAgent(store, { model, tools: [tool] });
    const { task: added } = await addTask(store, owner, { instruction: "go" });
    const [asked] = await open(store, owner);
    await decideApproval(store, owner, asked?.id ?? "", { decision: "deny", note: "too risky" });
    await task(store, owner, added.id, "completed");
    expect(ran).toEqual([]);
    expect(JSON.stringify(model.requests[1]?.messages)).toContain("owner said no: too risky");
    expect(await approvalStates(store, added.chatId)).toEqual(["requested", "denied"]);
  });

  test("outlives a restart while it waits, and is answered afterwards", async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    const { owner } = await people(first);
    const { tool, ran } = asking();
    const model = scriptedModel([[call("danger", { text: "x" })], [say("done")]]);
    const before = await startAgent(first, { model, tools: [tool] });
    const { task: added } = await addTask(first, owner, { instruction: "go" });
    await task(first, owner, added.id, "waiting");
    await before.stop();
    await first[Symbol.asyncDispose]();
    const second = await engine.open(place);
    await startAgent(second, { model, tools: [tool] });
    const [asked] = await open(second, owner);
    await decideApproval(second, owner, asked?.id ?? "", { decision: "approve" });
    await task(second, owner, added.id, "completed");
    expect(ran).toEqual(["x"]);
    const states = (await readEvents(second.db, added.chatId, { types: ["status"] })).flatMap((e) =>
      e.type === "status" ? [e.data.state] : [],
    );
    expect(states).toEqual(["queued", "starting", "waiting", "resumed", "completed"]);
  });

  test("is withdrawn when the person writes instead, or the run is stopped", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { ran, tool } = asking();
    const model = scriptedModel([
      [call("danger", { text: "x" })],
      [say("as you say")],
      [call("danger", { text: "y" })],
    ]);
    await startAgent(store, { model, tools: [tool] });
    const { chat } = await createChat(store, owner, {});
    await postMessage(store, owner, chat.id, { text: "go" });
    await open(store, owner);
    await until("waiting", async () => (await story(store, chat.id)).includes("waiting"));
    await postMessage(store, owner, chat.id, { text: "no, stop that" });
    await until("completed", async () => (await story(store, chat.id)).includes("completed"));
    expect(JSON.stringify(model.requests[1]?.messages)).toContain("the person wrote instead");
    expect(await approvalStates(store, chat.id)).toEqual(["requested", "withdrawn"]);
    await postMessage(store, owner, chat.id, { text: "again" });
    await open(store, owner);
    await requestStop(store, owner, { chatId: chat.id });
    await until("cancelled", async () => (await story(store, chat.id)).includes("cancelled"));
    expect((await listApprovals(store, owner)).items).toEqual([]);
    expect(ran).toEqual([]);
  });

  test("with a wider scope covers the same tool's later calls of the run, until it is taken back", async () => {
    const store = await engine.store();
    const { owner, bob } = await people(store);
    const { ran, tool } = asking();
    const model = scriptedModel([
      [call("danger", { text: "a" }), call("danger", { text: "b" })],
      [call("danger", { text: "c" })],
      [say("done")],
      [call("danger", { text: "d" })],
      [say("done too")],
    ]);
    await startAgent(store, { model, tools: [tool] });
    const first = await addTask(store, owner, { instruction: "go" });
    const asked = await open(store, owner, 2);
    await decideApproval(store, owner, asked[0]?.id ?? "", { decision: "approve", scope: { kind: "run" } });
    await task(store, owner, first.task.id, "completed");
    expect(ran.toSorted()).toEqual(["a", "b", "c"]);
    expect((await listApprovals(store, bob)).items).toEqual([]);
    const second = await addTask(store, owner, { instruction: "go on" });
    const [again] = await open(store, owner);
    const at = store.clock.now() + 3_600_000;
    await decideApproval(store, owner, again?.id ?? "", { decision: "approve", scope: { kind: "until", at } });
    await task(store, owner, second.task.id, "completed");
    const [grant, ...more] = await listGrants(store, owner);
    expect(more).toEqual([]);
    expect(await listGrants(store, bob)).toEqual([]);
    await revokeGrant(store, owner, grant?.id ?? "");
    expect(await listGrants(store, owner)).toEqual([]);
  });
});

test("a policy is per origin: a tool may be allowed in a chat, asked for in a task and denied to a schedule", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const { ran, tool } = asking({ chat: "allow", task: "ask", schedule: "deny" });
  const model = scriptedModel((request) =>
    JSON.stringify(request.messages).includes("tool-result") ? [say("done")] : [call("danger", { text: "x" })],
  );
  await startAgent(store, { model, tools: [tool] });
  const { chat } = await createChat(store, owner, {});
  await postMessage(store, owner, chat.id, { text: "go" });
  await until("completed", async () => (await story(store, chat.id)).includes("completed"));
  expect(ran).toEqual(["x"]);
  const scheduled = await addTask(store, owner, { instruction: "go" }, { schedule: "nightly" });
  await task(store, owner, scheduled.task.id, "completed");
  expect(ran).toEqual(["x"]);
  expect(JSON.stringify(await readEvents(store.db, scheduled.task.chatId))).toContain("policy does not allow danger");
  await addTask(store, owner, { instruction: "go" });
  await open(store, owner);
});

test("only the owner lets `agent` use a tool until a time, for that covers every member's tasks", async () => {
  const store = await sqlite.store();
  const { ann } = await people(store);
  const { tool } = asking();
  await startAgent(store, { model: scriptedModel([[call("danger", { text: "x" })]]), tools: [tool] });
  await addTask(store, ann, { instruction: "go" });
  const [asked] = await open(store, ann);
  const scope = { kind: "until", at: store.clock.now() + 60_000 } as const;
  const wide = decideApproval(store, ann, asked?.id ?? "", { decision: "approve", scope });
  await expect(wide).rejects.toMatchObject({ code: "forbidden" });
  expect(await listApprovals(store, ann)).toMatchObject({ items: [{ id: asked?.id, state: "requested" }] });
});

test("an approval that nobody answers expires, which is no denial, and the run goes on", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { owner } = await people(store);
  const { ran, tool } = asking();
  const model = scriptedModel([[call("danger", { text: "x" })], [say("without it")]]);
  await startAgent(store, { model, tools: [tool], pollMs: 3_600_000 });
  const { task: added } = await addTask(store, owner, { instruction: "go" }, { schedule: "nightly" });
  await task(store, owner, added.id, "waiting");
  await clock.advance(24 * 3_600_000 + 1000);
  await task(store, owner, added.id, "completed");
  expect(ran).toEqual([]);
  expect(await approvalStates(store, added.chatId)).toEqual(["requested", "expired"]);
  expect(JSON.stringify(model.requests[1]?.messages)).toContain("nobody answered in time");
});

test("a yes lets a call be started once, though the clock is set back between the yes and the start", async () => {
  const clock = testClock();
  const place = await sqlite.place();
  const store = await sqlite.open(place, { clock });
  const { owner } = await people(store);
  const begun = gate();
  const hangs = testTool("danger", async () => begun.wait().then(() => null), { idempotent: false });
  const tools: readonly Tool<Tx>[] = [{ ...hangs, policy: policyOf("ask"), onUnknown: "ask" }];
  const model = () =>
    scriptedModel((request) => (stepsIn(request) === 0 ? [call("danger", { text: "x" })] : [say("k")]));
  const crashed = await startAgent(store, { model: model(), tools });
  const { task: added } = await addTask(store, owner, { instruction: "go" });
  const [first] = await open(store, owner);
  clock.step(-3_600_000);
  await decideApproval(store, owner, first?.id ?? "", { decision: "approve" });
  await begun.reached;
  // The process is gone without a word: its boot id is nobody's any more.
  const heir = await sqlite.open(place, { clock });
  await startAgent(heir, { model: model(), tools });
  const [second] = await open(heir, owner);
  expect(second).toMatchObject({ callId: first?.callId, summary: "again, after an interruption: x" });
  await task(heir, owner, added.id, "waiting");
  const stopped = crashed.stop();
  await clock.advance(5000);
  await stopped;
});
