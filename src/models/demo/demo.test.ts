import type { ModelMessage } from "ai";
import { expect, test } from "vitest";
import type { Json } from "../../core/events.ts";
import { createDemoModel } from "./demo.ts";
import { planStep } from "./plan.ts";
import type { StepChunk, ToolSpec } from "../model.ts";

type Properties = { [name: string]: Json };
const tool = (name: string, description: string, properties: Properties = {}, required: string[] = []): ToolSpec => ({
  name,
  description,
  parameters: { type: "object", properties, required, additionalProperties: false },
});
const text = { type: "string" };
const path = { path: text };
const ends = { anyOf: [{ type: "string" }, { type: "object", properties: { type: text, name: text } }] };

const TOOLS: readonly ToolSpec[] = [
  tool("current_time", "Tells the current date, time and weekday, in UTC and in the owner's time zone.", {
    timeZone: text,
  }),
  tool("graph_stats", "Counts the nodes and edges of the knowledge graph, by type."),
  tool("graph_check", "Checks the knowledge graph for isolated nodes, duplicates and empty content."),
  tool("graph_search", "Searches the nodes of the knowledge graph.", { query: text, limit: { type: "integer" } }, [
    "query",
  ]),
  tool("graph_add", "Adds nodes and edges to the knowledge graph.", {
    nodes: { type: "array", items: { type: "object", properties: { type: text, name: text, content: text } } },
    edges: { type: "array", items: { type: "object", properties: { source: ends, target: ends, type: text } } },
  }),
  tool("file_list", "Lists the files and folders in a folder of the workspace.", {
    path: { type: "string", default: "." },
    limit: { type: "integer", default: 100 },
  }),
  tool("file_read", "Reads a text file of the workspace.", path, ["path"]),
  tool("file_write", "Writes a text file in the workspace.", { ...path, content: text }, ["path", "content"]),
  tool("task_add", "Adds a task to the queue of work.", { instruction: text, priority: { type: "integer" } }, [
    "instruction",
  ]),
  tool("task_list", "Lists the tasks, newest first.", { status: { type: "string", enum: ["pending", "failed"] } }),
  tool("plan_update", "Writes the checklist of this run.", { items: { type: "array", items: { type: "object" } } }, [
    "items",
  ]),
];

/** Tools of somebody else's server, which the rules know nothing of. */
const FOREIGN: readonly ToolSpec[] = [
  tool("get_weather", "Current weather and forecast for a city", { city: text, days: { type: "number" } }, ["city"]),
  tool("browser_navigate", "Open a web page in the browser", { url: text }, ["url"]),
  tool("lights.switch", "Switch a lamp of the house on or off", { room: text, state: { enum: ["on", "off"] } }, [
    "room",
    "state",
  ]),
];

const user = (content: string): ModelMessage => ({ role: "user", content });

/** Follows a request to its end with made-up results: the calls of each step, then the answer. */
function follow(instruction: string, tools = TOOLS, results: { [tool: string]: Json } = {}) {
  const messages: ModelMessage[] = [user(instruction)];
  const steps: { name: string; args: Json }[][] = [];
  for (let n = 0; n < 40; n++) {
    const step = planStep(messages, tools);
    if (step.kind === "answer") return { steps, answer: step.text };
    steps.push(step.calls.map(({ name, args }) => ({ name, args })));
    const calls = step.calls.map((call, at) => ({ ...call, id: `${n}.${at}` }));
    messages.push(
      {
        role: "assistant",
        content: calls.map(({ id, name, args }) => ({
          type: "tool-call",
          toolCallId: id,
          toolName: name,
          input: args,
        })),
      },
      {
        role: "tool",
        content: calls.map(({ id, name }) => ({
          type: "tool-result",
          toolCallId: id,
          toolName: name,
          output: { type: "json", value: results[name] ?? { done: true } },
        })),
      },
    );
  }
  throw new Error("the demo model does not end");
}

const names = (instruction: string, tools = TOOLS): string =>
  follow(instruction, tools)
    .steps.map((step) => step.map((call) => call.name).join("+"))
    .join(" > ");

test.each([
  ["Check knowledge graph stats", "graph_stats"],
  ["check the graph", "graph_check"],
  ["Are there duplicates in the knowledge graph?", "graph_check"],
  ["how many nodes are in my graph?", "graph_stats"],
  ["What time is it?", "current_time"],
  ["what day is today", "current_time"],
  ["Search the graph for Alice", "graph_search"],
  ["list my files", "file_list"],
  ["show the tasks", "task_list"],
  ["read notes.md", "file_read"],
  ["What is in docs/plan.txt?", "file_read"],
  ["Remember that Alice is a person", "graph_add"],
  ["Add a task to water the plants", "task_add"],
  ["use graph_stats and graph_check", "graph_stats+graph_check"],
  ["Check graph stats and list my files", "graph_stats+file_list"],
  ["List my files, then read notes.md, then check the graph stats", "file_list > file_read > graph_stats"],
  ["1. list the files\n2. show graph stats\n3. write them to stats.md", "file_list > graph_stats > file_write"],
  ["Check the graph stats and write them to stats.md", "graph_stats > file_write"],
  ["Remember that Alice knows Bob and Carol is a singer.", "graph_search+graph_search > graph_add"],
])("%j is done with %s", (instruction, expected) => expect(names(instruction)).toBe(expected));

test.each([
  ["what's the weather in Paris", "get_weather"],
  ["open https://example.com/a?b=1", "browser_navigate"],
  ["switch the lamp off in room kitchen", "lights.switch"],
])("%j finds a tool that the rules have never seen: %s", (instruction, expected) =>
  expect(names(instruction, FOREIGN)).toBe(expected),
);

test.each([
  ["Search the graph for Alice Smith", "graph_search", { query: "Alice Smith" }],
  ['search the graph for "red car", 5 results', "graph_search", { query: "red car", limit: 5 }],
  ["read docs/plan.txt", "file_read", { path: "docs/plan.txt" }],
  ['write "hello world" to a/hello.txt', "file_write", { path: "a/hello.txt", content: "hello world" }],
  ["Write a file todo.md saying buy milk", "file_write", { path: "todo.md", content: "buy milk" }],
  ["Add a task to water the plants", "task_add", { instruction: "water the plants" }],
  ["list failed tasks", "task_list", { status: "failed" }],
  ["list my files", "file_list", {}],
  ["What time is it in Europe/London?", "current_time", { timeZone: "Europe/London" }],
  ["What time is it in Tokyo", "current_time", { timeZone: "Asia/Tokyo" }],
  ["what time is it in new york now?", "current_time", { timeZone: "America/New_York" }],
  ["What is the Mumbai time?", "current_time", { timeZone: "Asia/Kolkata" }],
  ["What time is it in Bielefeld?", "current_time", {}],
  ["list the files in notes", "file_list", { path: "notes" }],
  ["List the files in the notes folder.", "file_list", { path: "notes" }],
  ["what files are in notes/old?", "file_list", { path: "notes/old" }],
  ["list the files in my workspace", "file_list", {}],
])("%j calls %s with the right arguments", (instruction, name, args) =>
  expect(follow(instruction).steps).toEqual([[{ name, args }]]),
);

test("a statement becomes nodes and an edge between them", () => {
  const [step] = follow("Remember that Alice is a person. Remember that Alice works at Acme.").steps;
  expect(step).toHaveLength(1);
  const [looked, whole] = follow("Add to the graph: Alice knows Bob, Bob is a cook").steps;
  expect(looked).toEqual([{ name: "graph_search", args: { query: "Alice" } }]);
  expect(whole).toEqual([
    {
      name: "graph_add",
      args: {
        nodes: [
          { name: "Alice", type: "thing" },
          { name: "Bob", type: "cook" },
        ],
        edges: [{ source: { name: "Alice", type: "thing" }, target: { name: "Bob", type: "cook" }, type: "knows" }],
      },
    },
  ]);
});

test("what is written to a file are the real results of the step before", () => {
  const stats = { nodes: 12, edges: 3, nodeTypes: { person: 12 }, edgeTypes: { knows: 3 } };
  const { steps } = follow("Check graph stats, then write the result to stats.md", TOOLS, { graph_stats: stats });
  expect(steps[1]).toMatchObject([
    { name: "file_write", args: { path: "stats.md", content: expect.stringContaining("12 nodes and 3 edges") } },
  ]);
});

const MAINTENANCE = `You keep the knowledge graph healthy. Work through these parts and report what you found.

1. Write a checklist with plan_update first, and keep it up to date.
2. Call graph_stats to see how big the graph is.
3. Call graph_check to find isolated nodes, duplicates and empty content.
4. For obvious repairs use graph_add. Do not use file_write or task_add for anything in this work.

Finish with a short report: sizes, problems, what you changed, what a person should look at.`;

test("a page that names its tools is followed: a plan first, the tools that look, the plan done, a report", () => {
  expect(names(MAINTENANCE)).toBe("plan_update > graph_stats+graph_check > plan_update");
  const { steps, answer } = follow(MAINTENANCE, TOOLS, { graph_stats: { nodes: 2, edges: 1 } });
  expect(steps[0]?.[0]?.args).toMatchObject({ items: [{ status: "doing" }, { status: "todo" }, { status: "todo" }] });
  expect(steps[2]?.[0]?.args).toMatchObject({ items: [{ status: "done" }, { status: "done" }, { status: "done" }] });
  expect(answer).toContain("2 nodes and 1 edge");
  expect(answer).toContain("graph_add");
});

test.each([
  [
    "numbers",
    "graph_stats",
    "Check knowledge graph stats",
    { nodes: 12, edges: 3 },
    "The graph has 12 nodes and 3 edges.",
  ],
  ["a list", "file_list", "list my files", { path: ".", entries: [{ name: "a.md", size: 5 }] }, "**a.md** (5 bytes)"],
  ["nothing", "task_list", "list tasks", [], "task_list found nothing."],
  [
    "a command's output",
    "file_read",
    "read a.md",
    { exitCode: 1, signal: null, stdout: "one\n", stderr: "" },
    "The command ended with exit code 1:\n\n```\none\n```",
  ],
  ["a value of no known shape", "file_read", "read a.md", { rainMm: 3, wet: true }, "file_read: rain mm 3, wet true."],
  ["text", "file_read", "read a.md", { path: "a.md", content: "one\ntwo" }, "one\ntwo"],
])("%s in a result are told in words", (_, name, instruction, result, words) => {
  const { answer } = follow(instruction, TOOLS, { [name]: result });
  expect(answer).toContain(words);
  expect(answer).toContain("demo model");
  expect(answer).toContain("SPARKY_MODEL");
});

test.each(["help", "What can you do?", "asdf qwertz", "Sing me a song of sixpence"])(
  "%j calls nothing and says what can be done",
  (instruction) => {
    const { steps, answer } = follow(instruction);
    expect(steps).toEqual([]);
    expect(answer).toContain("`graph_stats`");
    expect(answer).toContain("- Check knowledge graph stats");
  },
);

test.each(["hi", "Hello!", "good morning", "how are you?", ""])(
  "%j gets a short answer with three things to try",
  (said) => {
    const { steps, answer } = follow(said);
    expect(steps).toEqual([]);
    expect(answer.match(/^- /gm)).toHaveLength(3);
    expect(answer.length).toBeLessThan(400);
  },
);

test("what it offers to try is what the tools at hand can do", () => {
  expect(follow("hi", FOREIGN).answer).toContain("- `get_weather`: Current weather and forecast for a city");
  expect(follow("hi", FOREIGN).answer).not.toContain("graph");
  expect(follow("hi", []).answer).toContain("No tools are set up");
});

test.each([
  "hi",
  "help",
  "thanks",
  "asdf qwertz",
  "read the file",
  "Check graph stats",
  "list my files, then read a.md",
])("the answer to %j says once, in its last line, which model it comes from", (instruction) => {
  const { answer } = follow(instruction);
  expect(answer.split("\n").at(-1)).toMatch(/demo model.*SPARKY_MODEL/);
  expect(answer.match(/demo model|SPARKY_MODEL/g)).toHaveLength(2);
});

test("a request that lacks an argument is told what is missing", () => {
  const { steps, answer } = follow("read the file");
  expect(steps).toEqual([]);
  expect(answer).toContain("path");
});

const called = (name: string, id = "1"): ModelMessage => ({
  role: "assistant",
  content: [{ type: "tool-call", toolCallId: id, toolName: name, input: {} }],
});
const failed = (name: string, value: string): ModelMessage => ({
  role: "tool",
  content: [{ type: "tool-result", toolCallId: "1", toolName: name, output: { type: "error-text", value } }],
});

test("a failed call is told as failed, and what depended on it is not done", () => {
  const step = planStep(
    [user("read a.md, then write it to b.md"), called("file_read"), failed("file_read", "a.md does not exist")],
    TOOLS,
  );
  expect(step.kind).toBe("answer");
  expect(step.kind === "answer" && step.text).toMatch(/file_read failed: a\.md does not exist[^]*file_write/);
});

test("a message that comes while it works is taken up", () => {
  const step = planStep(
    [
      user("list my files, then read a.md"),
      called("file_list"),
      failed("file_list", "gone"),
      user("Check graph stats"),
    ],
    TOOLS,
  );
  expect(step).toMatchObject({ kind: "calls", calls: [{ name: "graph_stats" }] });
});

test("an earlier request and its results are no part of the next one", () => {
  const history = [user("Check graph stats"), called("graph_stats"), failed("graph_stats", "x")];
  const step = planStep([...history, { role: "assistant", content: "It failed." }, user("Check graph stats")], TOOLS);
  expect(step).toMatchObject({ kind: "calls", calls: [{ name: "graph_stats" }] });
});

async function run(content: string, pauseMs = 0, signal = new AbortController().signal): Promise<StepChunk[]> {
  const chunks: StepChunk[] = [];
  const request = { instructions: "", messages: [user(content)], tools: TOOLS, signal };
  for await (const chunk of createDemoModel({ pauseMs }).step(request)) chunks.push(chunk);
  return chunks;
}

test("it streams a thought in pieces before its calls", async () => {
  const chunks = await run("Check knowledge graph stats");
  expect(chunks[0]).toEqual({ type: "part", kind: "thought" });
  expect(chunks.filter((chunk) => chunk.type === "text").length).toBeGreaterThan(3);
  const last = chunks.at(-1);
  expect(last).toMatchObject({
    type: "finish",
    reason: "tool-calls",
    toolCalls: [{ providerCallId: "call_1", name: "graph_stats", args: {} }],
  });
  expect(last?.type === "finish" && last.usage.inputTokens).toBeGreaterThan(0);
});

test("the pieces of an answer are the answer", async () => {
  const chunks = await run("help");
  const streamed = chunks.map((chunk) => (chunk.type === "text" ? chunk.text : "")).join("");
  expect(chunks.at(-1)).toMatchObject({
    messages: [{ role: "assistant", content: [{ type: "text", text: streamed }] }],
  });
});

test("it stops in the middle with the reason of the stop", async () => {
  const control = new AbortController();
  const running = run("help", 20, control.signal);
  setTimeout(() => control.abort(new Error("stopped by Ann")), 50);
  await expect(running).rejects.toThrow("stopped by Ann");
});

test("a remark in brackets is no request", () => {
  const remark = user('(A task was given here and is worked on apart from this conversation: "list my files")');
  expect(planStep([user("Check graph stats"), remark], TOOLS)).toMatchObject({ calls: [{ name: "graph_stats" }] });
});

test.each([
  ["commas", "list files, ".repeat(5400)],
  ["sentences", "Add a task to read a.md and list files. ".repeat(1600)],
  ["spaces", `list${" ".repeat(60_000)}files`],
  ["quotes", "\"'".repeat(32_000)],
  ["one word", "a".repeat(64_000)],
  ["arrows", "a -> b ".repeat(9000)],
  ["brackets", "(".repeat(64_000)],
  ["eight thousand characters", "write it to a.md and then check graph stats, ".repeat(170)],
])("64 KB of %s ends, in few steps and without holding everybody up", (_, instruction) => {
  const started = performance.now();
  expect(follow(instruction).steps.length).toBeLessThan(30);
  // Seconds would be a regular expression gone wild; the usual is some milliseconds.
  expect(performance.now() - started).toBeLessThan(3000);
});
