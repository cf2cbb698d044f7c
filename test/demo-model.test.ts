import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JSONValue, ModelMessage, ToolModelMessage } from "ai";
import { afterEach, expect, test } from "vitest";
import type { Json } from "../src/core/events.ts";
import { resultRead } from "../src/builtin-tools/result-read.ts";
import { graphTools } from "../src/builtin-tools/graph.ts";
import { factTools } from "../src/builtin-tools/memory/facts.ts";
import { recallTool } from "../src/builtin-tools/recall.ts";
import { planStep } from "../src/models/demo/plan.ts";
import { createChat } from "../src/store/chats/chats.ts";
import type { Store, Tx } from "../src/store/database/store.ts";
import { taskTools } from "../src/builtin-tools/tasks.ts";
import { fileTools } from "../src/tools/files/tools.ts";
import { generalTools } from "../src/tools/general.ts";
import { hostShell } from "./kit/host-shell.ts";
import { createRegistry, prepareCall, type Registry } from "../src/tools/registry.ts";
import { webTools } from "../src/tools/web/web-tools.ts";
import type { TransactionalContext } from "../src/tools/tool.ts";
import { sqlite } from "./kit/databases.ts";
import { people } from "./kit/members.ts";
import { accessTo } from "./kit/web-pages.ts";

const SMART_MAINTENANCE = readFileSync(join(import.meta.dirname, "../prompts/smart_maintenance.md"), "utf8");

type Call = readonly [tool: string, args: object];
const refused = "refused";

/** What a person writes who has just started it, and what the demo model calls for it. */
const REQUESTS: readonly (readonly [request: string, does: typeof refused | readonly Call[]])[] = [
  // Questions and commands that a tool is there for.
  ["Check knowledge graph stats", [["graph_stats", {}]]],
  ["Please check knowledge graph stats.", [["graph_stats", {}]]],
  ["Kindly check graph statistics and oblige", refused],
  ["Could you check the knowledge graph for duplicates, please?", [["graph_check", {}]]],
  ["how big is my knowledge graph?", [["graph_stats", {}]]],
  ["what's the time now?", [["current_time", {}]]],
  ["Kindly tell me what is the time now", [["current_time", {}]]],
  ["How many files do I have?", [["file_list", {}]]],
  ["show me my failed tasks", [["task_list", { status: "failed" }]]],
  ["what is in notes/today.md?", [["file_read", { path: "notes/today.md" }]]],
  ["Search my memory for Alice", [["graph_search", { query: "Alice" }]]],
  ["And what do you know about Alice?", [["graph_search", { query: "Alice" }]]],
  [
    "list my files and check the graph",
    [
      ["file_list", {}],
      ["graph_check", {}],
    ],
  ],
  ['Recall "the movers"', [["recall", { query: "the movers" }]]],
  ["Read https://example.org/a.html", [["web_fetch", { url: "https://example.org/a.html" }]]],
  ["What is on https://example.org?", [["web_fetch", { url: "https://example.org" }]]],
  ["Fetch the web page https://example.org/a", [["web_fetch", { url: "https://example.org/a" }]]],
  ["Search the web for firing clay", [["web_search", { query: "firing clay" }]]],
  ['Search the web for "firing clay"', [["web_search", { query: "firing clay" }]]],
  // Plain commands that change something.
  ["Remember that Alice is a person", [["graph_add", { nodes: [{ type: "person", name: "Alice" }] }]]],
  ["Remember: my dog is called Rex", [["remember", { text: "my dog is called Rex" }]]],
  ["Remember that I live in Berlin", [["remember", { text: "I live in Berlin", relation: "lives_in" }]]],
  ["Correct: my dog is called Max", [["correct", { text: "my dog is called Max" }]]],
  ["Forget that my dog is called Max", [["forget", { fact: "my dog is called Max" }]]],
  ["Please forget that.", [["forget", {}]]],
  ["Forget everything", refused],
  ["Can you forget that my dog is called Max?", refused],
  ["Forget that and delete my files", refused],
  ["Add a task to water the plants", [["task_add", { instruction: "water the plants" }]]],
  [
    "Queue a task: read notes.md and check the graph",
    [["task_add", { instruction: "read notes.md and check the graph" }]],
  ],
  [
    "Check the graph, then what time is it?",
    [
      ["graph_check", {}],
      ["current_time", {}],
    ],
  ],
  [
    'Write "hello" to a.txt, then read a.txt',
    [
      ["file_write", { path: "a.txt", content: "hello" }],
      ["file_read", { path: "a.txt" }],
    ],
  ],
  ['run "ls -la"', [["shell", { command: "ls -la" }]]],
  ['Run the command "curl example.org" with network', [["shell", { command: "curl example.org", network: true }]]],
  ['run "make" without the network', [["shell", { command: "make", network: false }]]],
  ['Run "make" with the network', [["shell", { command: "make", network: true }]]],
  // What might mean something, or means more than a tool can be told.
  ["How do I add a real model?", refused],
  ["Do you remember that Alice is a person?", refused],
  ["Can you remember that Alice is a person?", refused],
  ["Alice is a person", refused],
  ["Remember to buy milk", refused],
  ["Remember that we meet tomorrow at 9", refused],
  ["remind me to call my mother tomorrow at 9", refused],
  ["Check the graph stats tomorrow at 9", refused],
  ["Add a task to check the graph every morning", refused],
  ["Add milk to my shopping list", refused],
  ["Delete todo.md", refused],
  ["delete all my tasks", refused],
  ["Run ls -la", refused],
  ['run "make" as root', refused],
  ['run "make" with a time limit', refused],
  ['run "make" with care', refused],
  ["Run smart_maintenance", refused],
  ["write a poem to poem.txt", refused],
  ['Do not write "x" to a.txt', refused],
  ['Write "x" to a.txt and mail it to Bob', refused],
  ["Check graph stats and write them to stats.md", refused],
  ["read notes.md and summarise it", refused],
  ["What is a task?", refused],
  ["What is the capital of France?", refused],
  ["Who is Alice?", refused],
  ["What time is it in Springfield?", refused],
  ["chekc knowlege grpah stats", refused],
  ["Zeig mir bitte meine Dateien", refused],
  ["Lösche die Datei todo.md", refused],
  ["Merke dir, dass Alice eine Person ist", refused],
  ["Mera task list dikhao", refused],
  ["Book me a flight to Paris", refused],
  ["asdf qwertz", refused],
  ["stop", refused],
];

test("forty requests of a newcomer: done with the fitting tool, which takes the arguments, or refused", async () => {
  const { registry } = await stage();
  const done = REQUESTS.map(([request]) => {
    const { plan, why } = followed(request, registry);
    expect(plan.length > 0 || why.startsWith("I cannot do that, and did nothing: ")).toBe(true);
    return [request, plan.length === 0 ? refused : plan];
  });
  expect(done).toEqual(REQUESTS);
  expect(REQUESTS.length).toBeGreaterThanOrEqual(40);
});

/** All calls of a request, with made-up results, and what is said where there are none. */
function followed(request: string, registry: Registry<Tx>) {
  const messages: ModelMessage[] = [{ role: "user", content: request }];
  const plan: Call[] = [];
  for (;;) {
    const { calls, text } = planStep(messages, registry.specs());
    if (calls.length === 0) return { plan, why: text };
    for (const [n, { name, args }] of calls.entries()) {
      expect(prepareCall(registry, name, args), request).toMatchObject({ ok: true });
      plan.push([name, args]);
      const asked = { type: "tool-call", toolCallId: `${n}`, toolName: name, input: args } as const;
      const output = { type: "json", value: {} } as const;
      messages.push(
        { role: "assistant", content: [asked] },
        { role: "tool", content: [{ type: "tool-result", toolCallId: `${n}`, toolName: name, output }] },
      );
    }
  }
}

test("a refusal says why, what can be done, and how a real model is set", async () => {
  const { ask } = await stage();
  expect(await ask("Delete todo.md")).toMatchInlineSnapshot(`
    "I cannot do that, and did nothing: no tool of mine fits each word of it.

    What I can do is call these tools, on a plain command:

    - \`ask_user\`: Asks the person one question and waits for the answer, which may take hours.
    - \`notify\`: Leaves the person a notice, which stands on their home page among what happened while they were away, with the way to this chat.
    - \`current_time\`: Tells the current date, time and weekday, in UTC and in the owner's time zone or another one.
    - \`plan_update\`: Writes the checklist of this run, which people see as its progress.
    - \`file_list\`: Lists the files and folders in a folder of the workspace, by name, with sizes and times of change.
    - \`file_read\`: Reads a text file of the workspace, whole or from a line to a line.
    - \`file_write\`: Writes a text file in the workspace.
    - \`file_edit\`: Replaces a piece of a text file by another.
    - \`file_patch\`: Changes several files at once, all or none, by a patch.
    - \`file_search\`: Searches text files for a regular expression, line by line.
    - \`file_find\`: Finds files and folders by name, in a folder and all below it.
    - \`file_move\`: Moves or renames a file or a folder, to a path where nothing is yet.
    - \`file_delete\`: Puts a file or a folder into the trash, from where file_move restores it.
    - \`graph_stats\`: Counts the nodes and edges of the knowledge graph, in all and by type.
    - \`graph_check\`: Checks the integrity of the knowledge graph.
    - \`graph_search\`: Searches the knowledge graph for words in the names, types and contents of nodes.
    - \`graph_add\`: Remembers.
    - \`recall\`: Recalls what was said in earlier conversations, what was remembered as facts, and nodes of the knowledge graph, the best first, each with why it matc…
    - \`remember\`: Remembers one fact that a person has told you here.
    - \`correct\`: Puts right what is remembered, when a person says that it is wrong or has changed.
    - and 9 more

    > Check knowledge graph stats
    >
    > Remember that Alice is a person
    >
    > Write "hello" to notes/a.txt, then read notes/a.txt
    >
    > What time is it?
    >
    > Add a task to check the graph

    _I am the demo model: plain rules, no language model. For a real one: \`sparky config set OPENAI_API_KEY\` (or \`ANTHROPIC_API_KEY\`, \`GEMINI_API_KEY\`: it asks for the key), or \`sparky config set SPARKY_MODEL ollama/MODEL\` (\`sparky models list\` finds local servers). It answers from your next message on._"
  `);
});

/** Requests one after the other, each in a chat of its own, and how the answer to the last of them begins. */
const ANSWERS: readonly (readonly [requests: readonly string[], answer: string])[] = [
  [["Check knowledge graph stats"], "graph_stats: 0 nodes and 0 edges."],
  [
    ["Remember that Ann is a person", "Check knowledge graph stats"],
    "graph_stats: 1 node and 0 edges.\n\nnode types: person 1",
  ],
  [["Remember that Ann is a person"], "graph_add: done.\n\nnodes: 1\n\n- **Ann** type person, change created"],
  [
    ["Remember that Ann is a person", "Search my memory for Ann"],
    "graph_search: total 1.\n\nitems: 1\n\n- **Ann** type person",
  ],
  [["check the graph"], "graph_check: 0 nodes, 0 edges and ok true.\n\nisolated: count 0, examples none"],
  [["write 'hello' to notes/a.txt"], "file_write: path notes/a.txt, 5 bytes, version 2cf24dba5fb0 and created true."],
  [
    ['write "one\ntwo" to a.txt, then read a.txt'],
    "file_write: path a.txt, 7 bytes, version 21066d108d53 and created true.\n\nfile_read: path a.txt, size 7, version 21066d108d53, 2 lines and offset 0.\n\ntext: \n\n```\none\ntwo\n```",
  ],
  [["list my files"], "file_list: path . and total 0.\n\nentries: none"],
  [["read b.txt"], "file_read failed: "],
  [['Read b.txt, then write "x" to c.txt', "list my files"], "file_list: path . and total 0."],
  [
    ["What time is it?"],
    "current_time: utc 2026-03-01T14:30:00.000Z, local 2026-03-01T14:30:00+00:00, weekday Sunday and time zone UTC.",
  ],
];

test.each(ANSWERS)("%j is answered with %j", async (requests, answer) => {
  const { ask } = await stage();
  const answers: string[] = [];
  for (const request of requests) answers.push(await ask(request));
  expect(answers.at(-1)?.slice(0, answer.length)).toBe(answer);
});

test("smart_maintenance ends with a report: the size once, what was found, what is left and why, the plan all done", async () => {
  const { ask, plans } = await stage();
  await ask("Remember that Ann is a person");
  const report = await ask(SMART_MAINTENANCE);
  expect(report.match(/1 node and 0 edges/g)).toHaveLength(1);
  expect(report).toMatch("isolated: count 1, examples **Ann** type person");
  expect(report).toMatch("Nothing was changed: what to give graph_search and graph_add takes judgement");
  expect(plans.map((items) => items.map((item) => item.status))).toEqual([
    ["doing", "todo", "todo"],
    ["done", "done", "done"],
  ]);
});

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** Sparky's own tools over a fresh graph and workspace. */
async function stage() {
  const store = await sqlite.store();
  const { agent } = await people(store);
  const { chat } = await createChat(store, agent, {});
  const workspace = await mkdtemp(join(tmpdir(), "sparky-demo-"));
  folders.push(workspace);
  const web = webTools(accessTo([]), { searxng: null, braveKey: null, tavilyKey: null, exaKey: null });
  const own = [
    ...generalTools,
    ...fileTools([]),
    ...graphTools(store),
    recallTool(store),
    ...factTools(store),
    ...taskTools(store),
    resultRead,
    hostShell(),
  ];
  const registry = createRegistry<Tx>([...own, ...web]);
  const plans: { text: string; status: string }[][] = [];
  const context = (callId: string): TransactionalContext => ({
    principal: { userId: agent.id, name: agent.name, isAgent: true },
    chatId: chat.id,
    runId: "run",
    taskId: null,
    callId,
    idempotencyKey: callId,
    workspace,
    now: Date.parse("2026-03-01T14:30:00Z"),
    timeZone: "UTC",
    signal: new AbortController().signal,
    ownsProcess: () => Promise.resolve(),
    masking: store.secrets,
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
    if (step.calls.length === 0) return step.text;
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
