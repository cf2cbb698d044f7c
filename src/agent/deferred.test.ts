import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../test/kit/agent.ts";
import { sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { echoTool, ended, testTool } from "../../test/kit/worker.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import type { Tx } from "../store/database/store.ts";
import { createDemoModel } from "../models/demo/demo.ts";
import { withDeferred } from "../tools/deferred.ts";
import { createRegistry } from "../tools/registry.ts";

const many = Array.from({ length: 300 }, (_, n) => testTool(`mcp__shop__thing_${n}`, async (text) => ({ n, text })));
const size = { tokensOf: (text: string) => text.length / 4, window: 8000 };

test("few tools of servers are told to a model as they are, and many only by name, in an order that stays", () => {
  const few = withDeferred<Tx>([echoTool], many.slice(0, 3), { ...size, window: 1_000_000 });
  expect(
    createRegistry(few)
      .specs()
      .map(({ name }) => name),
  ).toEqual(["echo", ...many.slice(0, 3).map(({ name }) => name)]);
  const registry = createRegistry(withDeferred<Tx>([echoTool], many, size));
  expect(registry.specs().map(({ name }) => name)).toEqual(["echo", "tool_search", "tool_call"]);
  expect(registry.specs()[1]?.description).toContain("mcp__shop__thing_299: The test's tool");
  expect(registry.get("mcp__shop__thing_299")).toMatchObject({ deferred: true });
  expect(JSON.stringify(registry.specs())).toBe(
    JSON.stringify(createRegistry(withDeferred<Tx>([echoTool], many, size)).specs()),
  );
});

test("in a small window our own are told as far as there is room, the most used first, and the others are found", () => {
  const names = ["task_list", "file_read", "schedule_add", "recall", "graph_check"];
  const own = names.map((name) => testTool(name, async (text) => text));
  const registry = createRegistry(withDeferred<Tx>(own, [], { ...size, window: 400 }));
  const told = registry.specs().map(({ name }) => name);
  expect(told).toEqual(["file_read", "recall", "tool_search", "tool_call"]);
  expect(registry.get("schedule_add")).toMatchObject({ deferred: true });
  const found = registry.get("tool_search")?.description;
  for (const name of ["task_list", "schedule_add", "graph_check"]) expect(found).toContain(name);
  const large = createRegistry(withDeferred<Tx>(own, [], size)).specs();
  expect(large.map(({ name }) => name)).toEqual(names);
});

test("what is found is called through one tool, is recorded and run as itself, and every request begins as the one before it", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const big = "x".repeat(40_000);
  const model = scriptedModel([
    [call("tool_search", { query: "thing 7" })],
    [call("tool_call", { name: "mcp__shop__thing_7", arguments: { text: "tea" } })],
    [call("tool_call", { name: "mcp__shop__thing_8", arguments: { text: big } })],
    [call("tool_call", { arguments: {} })],
    [call("tool_call", { name: "mcp__shop__gone", arguments: {} })],
    [say("Done")],
  ]);
  const agent = await startAgent(store, {
    model,
    toolsFor: async () => createRegistry<Tx>(withDeferred<Tx>([echoTool], many, size)),
  });
  const { chat } = await createChat(store, owner, {});
  const { runId } = await postMessage(store, owner, chat.id, { text: "go" });
  expect(await ended(store, runId)).toMatchObject({ state: "completed" });
  expect(agent.errors).toEqual([]);
  const results = await dataOf(store, chat.id, "tool_result");
  expect(results).toMatchObject([
    { name: "tool_search", ok: true },
    { name: "mcp__shop__thing_7", ok: true, result: { n: 7, text: "tea" } },
    { name: "mcp__shop__thing_8", ok: true },
    { name: "tool_call", ok: false, error: expect.stringContaining("bad arguments for tool_call") },
    { name: "mcp__shop__gone", ok: false, error: expect.stringContaining('no tool is called "mcp__shop__gone"') },
  ]);
  expect(JSON.stringify(results[0])).toMatch(
    /"tools":\[\{"name":"mcp__shop__thing_7","description":"[^"]*","parameters"/,
  );
  const uses = await dataOf(store, chat.id, "tool_use");
  expect(uses[1]).toMatchObject({
    name: "mcp__shop__thing_7",
    args: { text: "tea" },
    effect: "external",
    summary: "tea",
  });
  const [first, ...later] = model.requests;
  for (const request of later) expect(JSON.stringify(request.tools)).toBe(JSON.stringify(first?.tools));
  const last = model.requests.at(-1)?.messages ?? [];
  const sent = last.flatMap(({ content }) =>
    typeof content === "string" ? [] : content.filter(({ type }) => type === "tool-call"),
  );
  expect(sent[1]).toMatchObject({
    toolName: "tool_call",
    input: { name: "mcp__shop__thing_7", arguments: { text: "tea" } },
  });
  // What is big was read back from what the provider's own message holds.
  expect(JSON.stringify(results[2])).toContain("xxx");
});

test.each([
  { said: 'mcp__shop__thing_7 {"text": "tea"}', does: ["tool_search", "mcp__shop__thing_7"], says: "n 7 and text tea" },
  { said: "count the sheep of Mars", does: ["tool_search"], says: "did nothing" },
  { said: 'echo {"text": "hi"}', does: ["echo"], says: "hi" },
])("the demo model does $does for $said, in chat after chat", async ({ said, does, says }) => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const agent = await startAgent(store, {
    model: createDemoModel({ pauseMs: 0 }),
    toolsFor: async () => createRegistry<Tx>(withDeferred<Tx>([echoTool], many, size)),
  });
  const { chat } = await createChat(store, owner, {});
  for (const times of [1, 2]) {
    const { runId } = await postMessage(store, owner, chat.id, { text: said });
    expect(await ended(store, runId)).toMatchObject({ state: "completed" });
    const results = await dataOf(store, chat.id, "tool_result");
    expect(results.map(({ name }) => name)).toEqual(Array.from({ length: times }, () => does).flat());
    expect(results.every(({ ok }) => ok)).toBe(true);
  }
  const messages = await dataOf(store, chat.id, "message");
  expect(messages.at(-1)?.text).toContain(says);
  expect(agent.errors).toEqual([]);
});
