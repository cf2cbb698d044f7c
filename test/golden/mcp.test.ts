import { expect, test } from "vitest";
import type { McpLogout, McpServer, McpServers, ToolInfo } from "../../src/wire/mcp.ts";
import type { Prompts, Resources } from "../../src/wire/offers.ts";
import { Answer, views, type Stage } from "./scripted-cli.ts";

/** `sparky mcp`, with the server played by a script; with real servers it is in test/e2e/mcp.test.ts. */

const memory: McpServer = {
  name: "memory",
  by: "stdio",
  reached: "npx -y @modelcontextprotocol/server-memory",
  state: "ready",
  error: null,
  hint: null,
  pid: 4711,
  sandbox: null,
  shared: false,
  signedIn: false,
  tools: 9,
  waiting: [],
  refused: [],
  warnings: [],
};
const out: McpLogout = { name: "docs", signedOut: true, revoked: true, problem: null };
const docs: McpServer = {
  ...memory,
  name: "docs",
  by: "http",
  reached: "https://docs.example.com/mcp",
  state: "failed",
  error: '"docs": header Authorization needs ${DOCS_TOKEN}, which is not set',
  hint: "set DOCS_TOKEN where Sparky is started",
  pid: null,
  tools: null,
  warnings: ["baseUrl is not known and does not count: url is perhaps meant"],
};
const hidden = String.fromCharCode(0x202e);
const changed: McpServer = {
  ...memory,
  waiting: [
    {
      tool: "read_graph",
      change: "changed",
      digest: "d1",
      refused: false,
      refusal: null,
      diff: `  {\n-   "description": "Reads.",\n+   "description": "Reads${hidden} and sends.",\n  }`,
    },
  ],
  refused: [{ tool: "deep", why: "its schema is nested more than 40 deep" }],
};
const all = (...items: readonly McpServer[]): McpServers => ({
  items: [...items],
  next: null,
  total: items.length,
  file: "/home/ada/.sparky/mcp.json",
  problem: null,
});
const tool: ToolInfo = {
  name: "mcp__memory__read_graph",
  description: "Read the entire knowledge graph",
  server: "memory",
  tool: "read_graph",
  effect: "external",
  policy: { chat: "ask", task: "ask", schedule: "deny" },
  cases: [],
  idempotent: false,
  schema: { type: "object", properties: {} },
  hints: { readOnlyHint: true },
  bytes: 120,
  deferred: false,
};
const all3 = (verdict: "allow" | "ask") => ({ chat: verdict, task: verdict, schedule: verdict });
const shell: ToolInfo = {
  ...tool,
  ...{ name: "shell", description: "Runs a command", server: null, tool: null, hints: {}, policy: all3("ask") },
  cases: [
    { when: "without network", policy: all3("allow") },
    { when: "with network", policy: all3("ask") },
  ],
};
const PATH = "/api/mcp/servers/memory";
const routes = (answers: { readonly [route: string]: unknown }): Stage => ({ routes: answers });
const listed = (...items: readonly McpServer[]): Stage => routes({ "GET /api/mcp/servers": all(...items) });
const added = routes({ "POST /api/mcp/servers": all({ ...memory, state: "idle", pid: null, tools: null }) });
const tools = routes({ "GET /api/tools": { items: [shell, tool], next: null, total: 2 } });
const resources: Resources = {
  items: [
    {
      ...{ server: "docs", uri: "docs://a b.md", template: false, name: "A page", description: `Of ${hidden} ours` },
      ...{ mime: "text/markdown", reference: "@docs:<docs://a b.md>" },
    },
    {
      ...{ server: "wiki", uri: "wiki://{page}", template: true, name: "Any page", description: "", mime: null },
      reference: "@wiki:wiki://{page}",
    },
  ],
  next: null,
  total: 2,
  problems: [{ server: "slow", message: "it has not answered yet" }],
};
const prompts: Prompts = {
  items: [
    { server: null, shipped: false, name: "gardener", title: "gardener", description: "", args: [] },
    {
      ...{ server: "docs", shipped: false, name: "ask", title: "Ask", description: "Asks the docs" },
      args: [
        { name: "what", description: "The question", required: true },
        { name: "where", description: "", required: false },
      ],
    },
  ],
  next: null,
  total: 2,
  problems: [],
};
const offers = routes({
  "GET /api/resources?limit=500&q=": resources,
  "GET /api/resources?limit=500&q=%40docs%3A": resources,
  "GET /api/resources?limit=500&q=%40nope%3A": { ...resources, items: [], total: 0, problems: [] },
  "GET /api/prompts": prompts,
});
const call = (answer: object): Stage =>
  routes({ [`POST ${PATH}/call`]: { ok: true, result: null, error: null, durationMs: 3, ...answer } });
const missing = new Answer(404, {
  error: { code: "not_found", message: 'no tool server is called "nope"', hint: "there are: memory" },
});

const answered = routes({
  "GET /api/mcp/servers": all(changed),
  "POST /api/changes/tools/memory": { server: "memory", decided: 1 },
});

test("what the commands for tool servers show, and how they end", async () => {
  const cases: readonly (readonly [line: string | readonly string[], stage: Stage])[] = [
    ["list", listed()],
    ["list", listed(docs, changed)],
    ["list", listed({ ...memory, sandbox: { network: false } }, { ...memory, name: "web", sandbox: { network: true } })],
    ["list", routes({ "GET /api/mcp/servers": { ...all(memory), problem: "mcp.json is not JSON: it ends in the middle" } })],
    ["add memory -- npx -y @modelcontextprotocol/server-memory", added],
    [["add", "my server"], added],
    ["add memory --env A=b=c --policy allow --shared -- x --flag", added],
    [["add", "memory", "--url", "https://a/mcp", "--header", "X-Key: ${KEY}"], added],
    [["add", "memory", "https://a/mcp", "--header", "X-Key: ${KEY}"], added],
    ["add memory --sandbox --network --read /srv/a --read /srv/b -- x", added],
    ["add memory --network -- x", {}],
    ["add memory", {}],
    ["add memory --env A -- x", {}],
    ["import", { ...added, input: '{"mcpServers":{"memory":{"command":"npx"}}}' }],
    ["import /nowhere/servers.json", {}],
    ["remove memory --yes", routes({ [`DELETE ${PATH}`]: {} })],
    ["remove memory", {}],
    ["enable memory", routes({ [`POST ${PATH}/enable`]: memory })],
    ["disable memory", routes({ [`POST ${PATH}/disable`]: { ...memory, state: "disabled", pid: null } })],
    ["test memory", routes({ [`POST ${PATH}/test`]: memory })],
    ["test docs", routes({ "POST /api/mcp/servers/docs/test": docs })],
    ["test nope", routes({ "POST /api/mcp/servers/nope/test": missing })],
    ["login docs", {}],
    ["logout docs", routes({ "POST /api/mcp/servers/docs/logout": out })],
    ["logout docs", routes({ "POST /api/mcp/servers/docs/logout": { ...out, revoked: false, problem: "it answered 503" } })],
    ["logout docs", routes({ "POST /api/mcp/servers/docs/logout": { ...out, revoked: false } })],
    ["logout docs", routes({ "POST /api/mcp/servers/docs/logout": { ...out, signedOut: false, revoked: false } })],
    ["tools", tools],
    ["tools nope", tools],
    ["resources", offers],
    ["resources docs", offers],
    ["resources nope", offers],
    ["prompts", offers],
    ["prompts docs", offers],
    ["approve memory --yes", answered],
    ["refuse memory read_graph --yes", answered],
    ["refuse memory", listed(changed)],
    ["approve memory", listed(changed)],
    ["approve memory", listed(memory)],
    ["approve nope", listed(memory)],
    ["call memory read_graph", call({ result: { entities: [] } })],
    [["call", "memory", "read_graph", '{"a":1}'], call({ ok: false, error: "the server memory gave no answer" })],
    ["call memory read_graph a", {}],
    ["logs memory", routes({ [`GET ${PATH}/logs`]: { name: "memory", text: "It is \u001b[31mup\u001b[0m\n[it ended]\n" } })],
    ["logs memory", routes({ [`GET ${PATH}/logs`]: { name: "memory", text: "" } })],
  ];
  let text = "";
  for (const [line, stage] of cases) {
    text += await views(["mcp", ...(typeof line === "string" ? line.split(" ") : line)], stage);
  }
  await expect(text).toMatchFileSnapshot("cli-mcp.txt");
});
