import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JSONValue, ModelMessage, ToolModelMessage } from "ai";
import { afterEach, expect, test } from "vitest";
import type { Json } from "../src/core/events.ts";
import { resultRead } from "../src/builtin-tools/result-read.ts";
import { graphTools } from "../src/builtin-tools/graph.ts";
import { planStep } from "../src/models/demo/plan.ts";
import type { Store, Tx } from "../src/store/database/store.ts";
import { taskTools } from "../src/builtin-tools/tasks.ts";
import { generalTools } from "../src/tools/general.ts";
import { shellTool } from "../src/tools/shell/shell.ts";
import { createRegistry, prepareCall, type Registry } from "../src/tools/registry.ts";
import type { TransactionalContext } from "../src/tools/tool.ts";
import { sqlite } from "./kit/databases.ts";
import { people } from "./kit/members.ts";

const SMART_MAINTENANCE = readFileSync(join(import.meta.dirname, "../prompts/smart_maintenance.md"), "utf8");

/** What people try first, with the demo model and Sparky's own tools. */
const REQUESTS: readonly (readonly [request: string, tools: string])[] = [
  ["Check knowledge graph stats", "graph_stats"],
  ["Please check knowledge graph stats.", "graph_stats"],
  ["check the graph for duplicates", "graph_check"],
  ["how big is my knowledge graph?", "graph_stats"],
  ["Who is Alice?", "graph_search"],
  ["What do you know about trains?", "graph_search"],
  ["What does Alice like?", "graph_search"],
  ["where does Bob live", "graph_search"],
  ["Find Alice in the graph", "graph_search"],
  ["Remember that Alice is a person", "graph_add"],
  ["Remember: my dog is called Rex", "graph_add"],
  ["remember that the capital of France is Paris", "graph_add"],
  ["Add Alice --knows--> Bob to the graph", "graph_search+graph_search"],
  ["add node Berlin of type city", "graph_add"],
  ["Add a person called Ann", "graph_add"],
  ["list all nodes", "graph_search"],
  ["how many edges do I have?", "graph_stats"],
  ["how many files do I have?", "file_list"],
  ["how many tasks do I have?", "task_list"],
  ["list my files", "file_list"],
  ["What files do I have?", "file_list"],
  ["read notes.md", "file_read"],
  ["summarize notes.md", "file_read"],
  ["write hello to a.txt", "file_write"],
  ["Create a file called hello.txt with the text Hello World", "file_write"],
  ["what time is it", "current_time"],
  ["What's the date today?", "current_time"],
  ["Add a task to water the plants", "task_add"],
  ["Create a task to check the graph stats and list files", "task_add"],
  ["Queue a task: read notes.md", "task_add"],
  ["Create a task to connect Ann to Bob", "task_add"],
  ["Do I have any tasks?", "task_list"],
  ["list pending tasks and check the graph for duplicates", "task_list+graph_check"],
  ["Check graph stats and write them to stats.md", "graph_stats"],
  ["List files, then check the graph stats", "file_list"],
  ["delete node Ann", ""],
  ['run "ls -l"', "shell"],
  ["run the shell command: ls -l", "shell"],
  ["run smart maintenance", ""],
  ["what's the result?", ""],
];

test("the demo model finds the right one of Sparky's tools, and the tool takes its arguments", async () => {
  const { registry } = await stage();
  const found = REQUESTS.map(([request]) => {
    const step = planStep([{ role: "user", content: request }], registry.specs());
    const calls = step.kind === "calls" ? step.calls : [];
    const refused = calls.flatMap(({ name, args }) => {
      const prepared = prepareCall(registry, name, args);
      return prepared.ok ? [] : [prepared.error];
    });
    return [request, [...calls.map((call) => call.name), ...refused].join("+")];
  });
  expect(found).toEqual(REQUESTS);
});

/** Requests one after the other, each in a chat of its own, and how the answer to the last of them begins. */
const ANSWERS: readonly (readonly [requests: readonly string[], answer: string])[] = [
  [
    [
      'Add a node "Ann" of type person; then add a node "Sparky" of type project; then add an edge from Ann to Sparky ' +
        "of type works_on; then check knowledge graph stats",
    ],
    "- Added **Ann** (person).\n- Added **Sparky** (project).\n- Connected Ann → Sparky (works_on).\n\n" +
      "The graph has 2 nodes and 1 edge. Node types: person 1 and project 1. Edge types: works_on 1.",
  ],
  [['Add a node "Ann" of type person'], "Added **Ann** (person)."],
  [["Add a node Ann of type person", "add a person called Ann"], "**Ann** (person) was there already."],
  [["Add a person called Ann", 'add node Ann of type person with content "likes tea"'], "Updated **Ann** (person)."],
  [["Add nodes Ann and Bob of type person"], "- Added **Ann** (person).\n- Added **Bob** (person)."],
  [["Add a node called Ann"], "Added **Ann** (thing)."],
  [["Create a node of type city called Paris"], "Added **Paris** (city)."],
  [["create two nodes: Ann and Bob"], "- Added **Ann** (thing).\n- Added **Bob** (thing)."],
  [["Add nodes Ann and Bob of type person", "list all nodes"], "graph_search found 2:\n- **Ann** (person"],
  [["Add a node Ann (person) and a node Rex (dog)"], "- Added **Ann** (person).\n- Added **Rex** (dog)."],
  [["Add a person called Ann", "who is Ann?"], "graph_search found 1:\n- **Ann** (person"],
  [["who is Ann?"], "graph_search found nothing."],
  [["check the graph"], "The check found nothing wrong: no isolated nodes, dangling edges,"],
  [
    ["Add nodes Ann and Bob of type person", "check the graph"],
    "The check found:\n\n- **2 isolated nodes**: Ann (person) and Bob (person)\n" +
      "- **2 nodes without content**: Ann (person) and Bob (person)\n\n" +
      "There are no dangling edges, self loops or duplicate names.",
  ],
  [
    ["Add a person called Ann", "Add a dog called ann", "check the graph for duplicates"],
    "The check found:\n\n- **2 isolated nodes**: Ann (person) and ann (dog)\n" +
      "- **1 duplicate name**: ann (dog) = Ann (person)",
  ],
  [["write 'hello' to notes/a.txt"], "Wrote `notes/a.txt` (5 bytes)."],
  [
    ["write hello to notes/a.txt then read notes/a.txt"],
    "Wrote `notes/a.txt` (5 bytes).\n\n`notes/a.txt`:\n\n```\nhello\n```",
  ],
  [["write hello to notes/a.txt", "list the files in notes"], "`notes` holds 1 entry:\n- **a.txt** (5 bytes)"],
  [["write hello to a.txt", "write bye to a.txt"], "Replaced `a.txt` (3 bytes)."],
  [["list my files"], "The workspace is empty"],
  [["read b.txt"], "file_read failed: "],
  [["What time is it in Tokyo"], "It is 23:30 on Sunday, 2026-03-01 (Asia/Tokyo)."],
  [["Connect them"], 'For "Connect them" I would use graph_add, but it needs to be told what to connect'],
];

test.each(ANSWERS)("%j is answered with %j", async (requests, answer) => {
  const { ask } = await stage();
  const answers: string[] = [];
  for (const request of requests) answers.push(await ask(request));
  expect(answers.at(-1)).toMatch(new RegExp(`^${answer.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`));
});

test.each([
  ["connect Ann to Sparky as works_on", "works_on"],
  ['connect "Ann" with "Sparky" (works_on)', "works_on"],
  ["link Ann and Sparky", "related_to"],
  ["Ann works_on Sparky", "works_on"],
  ["Remember that Ann works on Sparky.", "works_on"],
  ["Ann -> Sparky", "related_to"],
  ["Ann -[works_on]-> Sparky", "works_on"],
  ["add an edge Ann → Sparky of type works_on", "works_on"],
  ['add a "works on" edge from Ann to Sparky', "works_on"],
  ["create an edge of type works_on between Ann and Sparky", "works_on"],
  ["please add a relation called works_on from Ann to Sparky to the graph", "works_on"],
  ["Remember: Ann maintains Sparky", "maintains"],
])("%j joins the nodes that there are, and adds none beside them", async (request, type) => {
  const { ask } = await stage();
  await ask("Add a person called Ann, then add a project called Sparky");
  expect(await ask(request)).toMatch(`Connected Ann → Sparky (${type}).`);
  expect(await ask("Check graph stats")).toMatch("2 nodes and 1 edge. Node types: person 1 and project 1.");
});

test("what an edge joins is added where the graph has it not", async () => {
  const { ask } = await stage();
  await ask("Add a person called Ann");
  expect(await ask("connect Ann to Bob and Carol")).toMatch(
    "- Added **Bob** (thing).\n- Added **Carol** (thing).\n" +
      "- Connected Ann → Bob (related_to).\n- Connected Ann → Carol (related_to).",
  );
});

test("things just spoken of can be connected as them", async () => {
  const { ask } = await stage();
  const answer = await ask("Add a person called Ann, add a person called Bob, then connect them as friends");
  expect(answer).toMatch("Connected Ann → Bob (friends).");
});

test("smart_maintenance ends with a report: the size once, what was found, what is left and why, the plan all done", async () => {
  const { ask, plans } = await stage();
  await ask("Add nodes Ann and Bob of type person");
  const report = await ask(SMART_MAINTENANCE);
  expect(report.match(/2 nodes and 0 edges/g)).toHaveLength(1);
  expect(report).toMatch("- **2 isolated nodes**: Ann (person) and Bob (person)");
  expect(report).toMatch("Nothing was changed: what to give `graph_search` and `graph_add` takes judgement");
  expect(plans.map((items) => items.map((item) => item.status))).toEqual([
    ["doing", "todo", "todo"],
    ["done", "done", "done"],
  ]);
});

test("smart_maintenance of a graph without faults says that nothing needs to be done", async () => {
  const { ask } = await stage();
  expect(await ask(SMART_MAINTENANCE)).toMatch(/nothing wrong[^]*Nothing was changed, and nothing needs to be/);
});

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** Sparky's own tools over a fresh graph and workspace. */
async function stage() {
  const store = await sqlite.store();
  const { agent } = await people(store);
  const workspace = await mkdtemp(join(tmpdir(), "sparky-demo-"));
  folders.push(workspace);
  const registry = createRegistry<Tx>([...generalTools, ...graphTools, ...taskTools(store), resultRead, shellTool({})]);
  const plans: { text: string; status: string }[][] = [];
  const context = (callId: string): TransactionalContext => ({
    principal: { userId: agent.id, name: agent.name, isAgent: true },
    chatId: "chat",
    runId: "run",
    taskId: null,
    callId,
    idempotencyKey: callId,
    workspace,
    now: Date.parse("2026-03-01T14:30:00Z"),
    timeZone: "UTC",
    signal: new AbortController().signal,
    ownsProcess: () => Promise.resolve(),
    emit: ({ type, data }) => void (type === "plan" && plans.push([...data.items])),
  });
  return { registry, plans, ask: (request: string) => answerTo(request, registry, store, context) };
}

type ContextFor = (callId: string) => TransactionalContext;

/** What the demo model says in the end, after real calls. */
async function answerTo(request: string, registry: Registry<Tx>, store: Store, contextFor: ContextFor) {
  const messages: ModelMessage[] = [{ role: "user", content: request }];
  for (let n = 0; n < 20; n++) {
    const step = planStep(messages, registry.specs());
    if (step.kind === "answer") return step.text;
    const results: ToolModelMessage["content"] = [];
    const calls = step.calls.map(({ name, args }, at) => ({ toolCallId: `${n}.${at}`, toolName: name, input: args }));
    for (const { toolCallId, toolName, input } of calls) {
      const output = await outputOf(registry, store, contextFor(toolCallId), toolName, input);
      results.push({ type: "tool-result", toolCallId, toolName, output });
    }
    const asked = calls.map((call) => ({ type: "tool-call" as const, ...call }));
    messages.push({ role: "assistant", content: asked }, { role: "tool", content: results });
  }
  throw new Error("the demo model does not end");
}

type Output = Extract<ToolModelMessage["content"][number], { type: "tool-result" }>["output"];

async function outputOf(
  registry: Registry<Tx>,
  store: Store,
  context: TransactionalContext,
  name: string,
  args: Json,
): Promise<Output> {
  const prepared = prepareCall(registry, name, args);
  if (!prepared.ok) return { type: "error-text", value: prepared.error };
  try {
    const value = await (prepared.kind === "transactional"
      ? store.transact((tx) => prepared.execute(context, tx))
      : prepared.execute(context));
    return { type: "json", value: value as JSONValue };
  } catch (error) {
    return { type: "error-text", value: String(error) };
  }
}
