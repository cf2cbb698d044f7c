import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SLASH_COMMANDS } from "../src/cli/terminal/slash-commands.ts";
import { PROVIDER_VARIABLES, VARIABLES } from "../src/config.ts";
import { EVENT_TYPES, eventBodySchema } from "../src/core/events.ts";
import { CLOSE } from "../src/wire/limits.ts";
import { askQuestion } from "../src/store/questions/ask.ts";
import { requestApprovals } from "../src/store/approvals/approvals.ts";
import { ensureUsers } from "../src/store/people/users.ts";
import { claimRuns } from "../src/store/runs/claim.ts";
import { appendResult } from "../src/store/runs/record.ts";
import { listSchema } from "../src/wire/api.ts";
import { toolChangeShownSchema } from "../src/wire/changes.ts";
import { clientFrameSchema, serverFrameSchema } from "../src/wire/frames.ts";
import { answerSchema, describedPath } from "./docs/answers.ts";
import { cliReference, commandPaths } from "./docs/cli-page.ts";
import { httpReference, type OpenApi } from "./docs/http-page.ts";
import { permissionsReference } from "./docs/permissions-page.ts";
import { anchorsOf, commandsOf, linksOf, namesIn, page, pages, rowsOf, withGenerated } from "./docs/pages.ts";
import { Shell } from "./docs/shell.ts";
import { chatServer } from "./kit/chat-server.ts";
import { sqlite } from "./kit/databases.ts";
import { form } from "./kit/files.ts";
import { addGraph, person } from "./kit/graph.ts";
import { filePrompts } from "../src/worker/mcp/home-prompts.ts";
import { mcpAdmin } from "./kit/mcp/admin.ts";
import { odd } from "./kit/mcp/servers.ts";
import { spendLink } from "./kit/sign-in.ts";
import { tempHome } from "./kit/temp-home.ts";

const ROOT = join(import.meta.dirname, "..");
const MAX_IMAGE_BYTES = 300 * 1024;

const withCommands = pages.filter((each) => commandsOf(each).length > 0);

test.each(withCommands.map(({ file }) => ({ file })))(
  "F60 every command on $file works as written, in its order",
  async ({ file }) => {
    await using shell = await Shell.open();
    for (const line of commandsOf(page(file))) {
      const { code, stderr } = await shell.line(line);
      expect(code, `${line}\n${stderr}`).toBe(0);
    }
  },
  900_000,
);

test("F60 the pages show every command that there is, and the reference is what the program says of itself", async () => {
  const cli = page("docs/reference/cli.md");
  const text = withGenerated(cli, "cli", cliReference());
  await expect(text).toMatchFileSnapshot(cli.path);
  const shown = commandsOf({ ...cli, text });
  expect(commandPaths().filter((path) => !shown.some((line) => line.includes(`sparky ${path}`)))).toEqual([]);
  expect(commandPaths().length).toBeGreaterThan(15);
  expect(withCommands.length).toBeGreaterThan(4);
});

test("F61 every slash command in the docs exists, and every one that exists is in the docs", async () => {
  const terminal = page("docs/guide/terminal.md");
  const table = SLASH_COMMANDS.map(({ name, args, summary }) => `| \`/${name}${args && ` ${args}`}\` | ${summary} |`);
  const text = withGenerated(terminal, "slash", ["| | |", "| --- | --- |", ...table].join("\n"));
  await expect(text).toMatchFileSnapshot(terminal.path);
  const guide = page("docs/guide/prompts.md");
  const shipped = await filePrompts([{ path: join(ROOT, "prompts/offered"), shipped: true }]);
  const prompts = shipped.items.map(({ name, args, description }) => {
    const takes = args.map((arg) => `\`${arg.name}\`${arg.required ? "" : ", if you like"}`).join("; ");
    return `| \`/${name}\` | ${description} | ${takes} |`;
  });
  const listed = withGenerated(guide, "prompts", ["| | | It asks for |", "| --- | --- | --- |", ...prompts].join("\n"));
  await expect(listed).toMatchFileSnapshot(guide.path);
  const fresh = new Map([
    [terminal.file, text],
    [guide.file, listed],
  ]);
  const told = pages.flatMap((each) => slashNamesIn(fresh.get(each.file) ?? each.text));
  const known = [...SLASH_COMMANDS, ...shipped.items].map(({ name }) => name);
  // Paths of the server are none.
  const paths = ["api", "health", "login", "shared"];
  expect([...new Set(told)].filter((name) => !known.includes(name) && !paths.includes(name))).toEqual([]);
  expect(known.filter((name) => !told.includes(name))).toEqual([]);
  expect(known.length).toBeGreaterThan(15);
});

/** `/name` where it is typed: in code spans, and at the beginning of lines that are shown as code. */
function slashNamesIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```[^\n]*\n([^]*?)^```$|^ {4}(.*)$/gm)].map(
    ([, block, line]) => block ?? line ?? "",
  );
  const typed = [...namesIn(text.replace(/^```[^]*?^```$/gm, "")), ...blocks.flatMap((block) => block.split("\n"))];
  return typed.flatMap((each) => /^(?:> )?\/([a-z][a-z_-]*)(?: .*)?$/.exec(each)?.[1] ?? []);
}

test("the reference of the HTTP API is what the server says of itself", async () => {
  const { server } = await chatServer(await sqlite.store());
  const response = await server.fetch(new Request("http://127.0.0.1:8000/openapi.json"));
  const http = page("docs/reference/http.md");
  const content = httpReference((await response.json()) as OpenApi);
  await expect(withGenerated(http, "http", content)).toMatchFileSnapshot(http.path);
});

test("the reference of rights is the table by which the server decides", async () => {
  const permissions = page("docs/reference/permissions.md");
  const text = withGenerated(permissions, "permissions", permissionsReference());
  await expect(text).toMatchFileSnapshot(permissions.path);
});

interface Answer {
  readonly id: string;
  readonly runId: string;
  readonly hash: string;
  /** Of a link. */
  readonly url: string;
  readonly items: readonly { readonly id: string }[];
  readonly subject?: { readonly id: string };
}

test("every route answers in the shape that is described", async () => {
  const home = await tempHome();
  const store = await sqlite.store({ home });
  const { owner } = await ensureUsers(store);
  const { admin, close } = mcpAdmin(store, { home, ownerId: owner.id });
  onTestFinished(close);
  const skillRoots = { home, personal: join(home, "none"), shipped: null, workspaces: join(home, "none") };
  const { server, people, as } = await chatServer(store, { mcp: admin, skillRoots });
  const response = await server.fetch(new Request("http://127.0.0.1:8000/openapi.json"));
  const document = (await response.json()) as OpenApi;
  const asked = new Set<string>();
  const ask = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const described = describedPath(document, path);
    const answer = await as(people.owner, method, path, body);
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    const result = answerSchema(document, method, described, answer.status)?.safeParse(answer.body);
    expect(result?.error, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeUndefined();
    asked.add(`${method} ${described}`);
    return answer.body;
  };

  const chat = `/api/chats/${(await ask("POST", "/api/chats", { title: "A chat" })).id}`;
  const upload = async (): Promise<string> => {
    const init = { method: "POST", body: form("notes.txt", "Buy clay.") };
    const answer = await server.fetch(new Request("http://127.0.0.1:8000/api/files", init), { viewer: people.owner });
    const file = answerSchema(document, "POST", "/api/files", 201)?.parse(await answer.json());
    asked.add("POST /api/files");
    return (file as { readonly id: string }).id;
  };
  const file = await upload();
  const loose = `/api/files/${await upload()}`;
  const { runId } = await ask("POST", `${chat}/messages`, { text: "Hello", attachments: [file] });
  await ask("DELETE", loose);
  await ask("POST", `${chat}/fork`, { seq: 1 });
  const read = await server.fetch(new Request(`http://127.0.0.1:8000/api/files/${file}`), { viewer: people.owner });
  expect(await read.text()).toBe("Buy clay.");
  asked.add("GET /api/files/{id}");
  const first = await ask("POST", "/api/tasks", { instruction: "Do it", runAt: "2999-01-01T00:00:00Z", key: "k" });
  const task = `/api/tasks/${first.id}`;
  await ask("POST", "/api/tasks", { instruction: "Then this", dependsOn: [first.id] });
  await ask("PATCH", task, { metadata: { a: [1] }, limits: { steps: 3 } });
  await ask("POST", "/api/schedules", { name: "s", when: "every(1 hour)", prompt: "Look" });
  await ask("PATCH", "/api/schedules/s", { state: "paused", pausedUntil: "2999-01-01T00:00:00Z" });
  await ask("POST", "/api/schedules/s/run");
  for (const path of ["", "/occurrences?limit=3", "/check", "/next?n=2", "/prompt"]) {
    await ask("GET", `/api/schedules/s${path}`);
  }
  await ask("POST", "/api/schedules", { name: "gone", when: "every(1 hour)", prompt: "Look" });
  await ask("DELETE", "/api/schedules/gone");
  await ask("GET", "/api/schedules?recent=5");
  await ask("POST", "/api/schedules/preview", { when: "cron(0 9 * * 1-5)", timezone: "Europe/Berlin", n: 2 });
  for (const path of ["", "/runs", "/tree"]) await ask("GET", task + path);
  await ask("GET", "/api/stats?since=2999-01-01T00:00:00Z&until=2999-01-03T00:00:00Z&zone=Europe/Berlin");
  for (const what of ["chats", "tasks"]) await ask("POST", `/api/${what}/bulk`, { do: "delete", ids: ["none"] });
  await ask("POST", "/api/tasks/clear", { before: "2020-01-01T00:00:00Z", dryRun: true });
  for (const path of ["/health", "/api/me", "/api/status", "/api/chats", "/api/tasks", "/api/schedules"]) {
    await ask("GET", path);
  }
  for (const path of ["", "/events?limit=3", "/stream", "/places", "/export"]) await ask("GET", chat + path);
  await ask("GET", "/api/search?q=Hello&limit=3");
  await ask("GET", "/api/recall?q=Hello&limit=3");
  await ask("GET", `/api/recall/items?ids=${chat.slice("/api/chats/".length)}.2`);
  await addGraph(store, "agent", [person("Ann"), person("Bob")], ["Ann knows Bob"]);
  for (const path of ["stats", "stats?deep=1", "check", "export"]) await ask("GET", `/api/graph/${path}`);
  await ask("POST", "/api/graph/import", { nodes: [{ id: "n", type: "person", name: "Cid" }], edges: [] });
  const nodes = await ask("GET", "/api/graph/search?q=Ann&limit=3");
  for (const path of ["", "/edges?limit=3"]) await ask("GET", `/api/graph/nodes/${nodes.items[0]?.id}${path}`);
  const [keep, drop] = (await addGraph(store, "agent", [person("Cat"), person("cat")], ["Ann has Cat"])).nodes;
  const pair = { keep: keep?.id, drop: drop?.id };
  await ask("GET", `/api/graph/neighbors/${keep?.id}?depth=2`);
  await ask("GET", `/api/graph/path?from=${keep?.id}&to=${nodes.items[0]?.id}`);
  await ask("GET", "/api/graph/duplicates");
  await ask("POST", "/api/graph/apart", { left: pair.keep, right: pair.drop, apart: true });
  await ask("POST", "/api/graph/fix", { kinds: ["duplicates"], dryRun: true });
  await ask("POST", "/api/graph/merge", pair);
  const changes = await ask("GET", `/api/graph/changes?thing=${keep?.id}`);
  await ask("POST", `/api/graph/changes/${changes.items[0]?.id}/undo`);
  const [claimed] = await claimRuns(store, { kind: "turn", limit: 1 });
  if (claimed === undefined) throw new Error("no run");
  await requestApprovals(
    store,
    claimed,
    [{ callId: "c1", tool: "shell", effect: "external", summary: "ls", args: { command: "ls" } }],
    60_000,
  );
  const approvals = await ask("GET", "/api/approvals");
  await ask("GET", `/api/approvals/${approvals.items[0]?.id}`);
  await ask("POST", `/api/approvals/${approvals.items[0]?.id}`, { decision: "approve", scope: "run" });
  const question = {
    callId: "c2",
    tool: "ask_user",
    text: "Which one?",
    choices: ["red"],
    form: undefined,
    kept: null,
  };
  await askQuestion(store, claimed, question, 60_000);
  const questions = await ask("GET", "/api/questions");
  await ask("GET", `/api/questions/${questions.items[0]?.id}`);
  await ask("POST", `/api/questions/${questions.items[0]?.id}`, { answer: "blue" });
  const skill = { folder: "tidy", files: [{ path: "SKILL.md", text: "---\ndescription: Tidies\n---\nTidy.\n" }] };
  await ask("POST", "/api/skills/validate", skill);
  const { hash } = await ask("POST", "/api/skills", skill);
  for (const path of ["", "/tidy", "/tidy/files"]) await ask("GET", `/api/skills${path}`);
  await ask("POST", "/api/skills/tidy/refuse", { hash });
  await ask("POST", "/api/skills/tidy/approve", { hash });
  await ask("DELETE", "/api/skills/tidy");
  await ask("POST", "/api/secrets", { name: "KEY", value: "a value" });
  await ask("GET", "/api/secrets");
  await ask("DELETE", "/api/secrets/KEY");
  const grants = await ask("GET", "/api/grants");
  await ask("DELETE", `/api/grants/${grants.items[0]?.id}`);
  const big = {
    callId: "c1",
    name: "shell",
    step: 1,
    durationMs: 1,
    outcome: { ok: true, result: "x".repeat(40_000) },
  } as const;
  await store.transact((tx) => appendResult(tx, claimed, big, []));
  await ask("GET", `/api/blobs/${(await store.db.selectFrom("blobs").select("id").executeTakeFirstOrThrow()).id}`);
  for (const path of [
    "/api/activity?limit=5",
    "/api/away",
    "/api/work",
    "/api/verify",
    "/api/db",
    "/api/models",
    "/api/preferences",
    "/api/models/choices",
  ])
    await ask("GET", path);
  await ask("POST", `/api/work/${claimed.run.id}/stop`);
  await ask("POST", "/api/models/test", { model: "demo" });
  await ask("POST", "/api/models/providers/openai", { key: "sk-1", model: "gpt-5", untested: true });
  await ask("PATCH", "/api/models", { model: "demo" });
  await ask("DELETE", "/api/models/providers/openai");
  await ask("PATCH", "/api/me", { welcome: "done" });
  const changing = join(await tempHome(), "tools.json");
  const offer = (description: string) =>
    writeFileSync(changing, JSON.stringify([{ name: "echo", description, inputSchema: { type: "object" } }]));
  offer("Says it.");
  await ask("POST", "/api/mcp/servers", { text: JSON.stringify({ odd: odd("file", changing) }) });
  await ask("POST", "/api/mcp/servers/odd/test");
  await ask("POST", "/api/mcp/servers/odd/login");
  await ask("POST", "/api/mcp/servers/odd/logout");
  offer("Sings it.");
  await ask("POST", "/api/mcp/servers/odd/restart");
  for (const path of ["/api/tools", "/api/tools/usage", "/api/tools/shell"]) await ask("GET", path);
  for (const path of ["/api/mcp/servers", "/api/mcp/servers/odd/logs"]) await ask("GET", path);
  await ask("GET", "/api/changes");
  const shown = listSchema(toolChangeShownSchema).parse(await ask("GET", "/api/changes/tools/odd"));
  const seen = shown.items.map(({ tool, digest }) => ({ tool, digest }));
  await ask("POST", "/api/changes/tools/odd", { decision: "refuse", tools: seen });
  await ask("POST", "/api/mcp/servers/odd/approve", { tool: "echo" });
  await ask("POST", "/api/mcp/servers/odd/call", { tool: "echo", args: { text: "hi" } });
  await ask("GET", "/api/resources?q=text");
  await ask("GET", "/api/references?q=chat:A");
  mkdirSync(join(home, "prompts"));
  writeFileSync(join(home, "prompts", "review.md"), "Review it.");
  await ask("GET", "/api/prompts");
  await ask("POST", "/api/prompts/review");
  await ask("POST", "/api/prompts/odd/greet", { arguments: { name: "Ann" } });
  await ask("PATCH", "/api/tools/mcp__odd__echo", { policy: { chat: "allow" } });
  for (const act of ["disable", "enable"]) await ask("POST", `/api/mcp/servers/odd/${act}`);
  await ask("DELETE", "/api/mcp/servers/odd");
  const told = await ask("POST", "/api/facts", {
    subject: "me",
    text: "I drink tea",
  });
  await ask("GET", "/api/facts?about=me");
  await ask("GET", `/api/facts/${told.id}`);
  await ask("GET", `/api/entities/${told.subject?.id}`);
  await ask("PATCH", `/api/facts/${told.id}`, { pinned: true });
  await ask("DELETE", `/api/facts/${told.id}`);
  await ask("GET", "/api/audit?limit=5");
  await ask("POST", "/api/tokens", { name: "backup", scopes: ["read"] });
  await ask("GET", "/api/tokens");
  await ask("DELETE", "/api/tokens/backup");
  await ask("POST", "/api/away/seen", { chats: {} });
  await ask("PATCH", "/api/preferences", { "time.clock": "24" });
  await ask("GET", `/api/runs/${runId}`);
  await ask("POST", `/api/runs/${runId}/stop`);
  await ask("POST", `${chat}/stop`);
  await ask("POST", `/api/chats/${(await ask("POST", "/api/chats", {})).id}/compact`);
  await ask("POST", `${chat}/seen`, { seq: 1 });
  await ask("POST", `${chat}/pin`, { pinned: true });
  await ask("POST", `${chat}/tags`, { add: ["tea"] });
  await ask("GET", "/api/tags");
  await ask("GET", "/api/chats?preview=true&pinned=true");
  await ask("PATCH", chat, { archived: true });
  await ask("POST", `${task}/cancel`);
  await ask("POST", `${task}/retry`);
  await ask("DELETE", task);
  await ask("DELETE", chat);
  await ask("POST", `${chat}/restore`);
  await ask("POST", "/api/users/agent/login-link");
  await ask("POST", "/api/users", { name: "cleo" });
  await ask("PATCH", "/api/users/cleo", { role: "viewer" });
  await ask("GET", "/api/users");
  await ask("GET", "/api/people");
  await ask("POST", `${chat}/shares`, { user: "ann", write: true });
  await ask("GET", `${chat}/shares`);
  await ask("GET", `${chat}/people`);
  await ask("GET", `${chat}/context`);
  await ask("DELETE", `${chat}/shares/ann`);
  const { id: link, url } = await ask("POST", `${chat}/links`, {});
  await ask("GET", `${chat}/links`);
  await ask("POST", "/api/shared", { token: new URL(url).hash.slice(1) });
  await ask("DELETE", `${chat}/links/${link}?unshare=true`);
  await ask("POST", "/api/users/dora/invite", { role: "viewer" });
  await ask("DELETE", `/api/invites/${(await ask("GET", "/api/invites")).items[0]?.id}`);
  await ask("PATCH", "/api/users/cleo/limits", { tokensPerDay: 1000, dollarsPerMonth: null, tasksAtOnce: 2 });
  await ask("GET", "/api/users/cleo/limits");
  await ask("POST", "/api/users/cleo/password", { password: "three small words" });
  await spendLink(server, (await server.createLoginLink(people.owner)).url);
  const [session] = (await ask("GET", "/api/sessions?user=owner")).items ?? [];
  await ask("DELETE", `/api/sessions/${session?.id}`);
  const passkey = { user_id: people.owner.id, name: "phone", address: "localhost", credential: "c", public_key: "k" };
  await store.db
    .insertInto("passkeys")
    .values({ id: "a-passkey", ...passkey, uses: 0, created_at: 0, used_at: null })
    .execute();
  await ask("GET", "/api/passkeys");
  await ask("PATCH", "/api/passkeys/a-passkey", { name: "tablet" });
  await ask("DELETE", "/api/passkeys/a-passkey");

  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.filter((route) => !asked.has(route))).toEqual([
    "POST /api/sign-out",
    // Only in a browser: src/server/sign-in/passkeys.test.ts asks for them.
    "POST /api/passkeys",
    "POST /api/passkeys/begin",
    // It answers a browser, in words: test/e2e/mcp.test.ts has one.
    "GET /oauth/callback",
    // Only by https: src/server/routes/tool-sign-in.test.ts asks for it.
    "GET /oauth/client.json",
  ]);
});

test("the tables of variables name every setting, with what is allowed", () => {
  const all = [...Object.keys(VARIABLES), ...PROVIDER_VARIABLES].toSorted();
  const reference = rowsOf(page("docs/reference/environment.md").text).filter(([name]) => /^`[A-Z]/.test(name ?? ""));
  expect(reference.flatMap(([name = ""]) => namesIn(name)).toSorted()).toEqual(all);
  const allowed = Object.fromEntries(Object.entries(VARIABLES).map(([name, [, words]]) => [name, words]));
  const told = reference.flatMap(([name = "", words]) => namesIn(name).map((each) => [each, words] as const));
  expect(Object.fromEntries(told.filter(([name]) => Object.hasOwn(VARIABLES, name)))).toEqual(allowed);
  const readme = page("README.md").text;
  expect(
    rowsOf(readme)
      .flatMap(([name = ""]) => namesIn(name))
      .sort(),
  ).toEqual(Object.keys(VARIABLES).sort());
  expect(PROVIDER_VARIABLES.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

test("the page of events names every type, and each of its fields", () => {
  const [types = ""] = page("docs/reference/events.md").text.split("\n## Types\n")[1]?.split("\n## ") ?? [];
  const rows = new Map(rowsOf(types).map(([name = "", data = ""]) => [name.replaceAll("`", ""), data]));
  expect([...rows.keys()]).toEqual(EVENT_TYPES);
  for (const { shape } of eventBodySchema.options) {
    const variants = "options" in shape.data ? shape.data.options : [shape.data];
    const fields = new Set(variants.flatMap((variant) => Object.keys(variant.shape)));
    const named = namesIn(rows.get(shape.type.value) ?? "").map((name) => name.replace("?", ""));
    expect(
      [...fields].filter((field) => !named.includes(field)),
      shape.type.value,
    ).toEqual([]);
  }
});

test("the page of the socket names every frame with its fields, and every close code", () => {
  const { text } = page("docs/reference/socket.md");
  const shown = namesIn(text).filter((name) => name.startsWith("{type:"));
  for (const { shape } of [...clientFrameSchema.options, ...serverFrameSchema.options]) {
    const frames = shown.filter((frame) => frame.startsWith(`{type: "${shape.type.value}"`)).join(" ");
    expect(
      Object.keys(shape).filter((field) => !new RegExp(`\\b${field}\\b`).test(frames)),
      shape.type.value,
    ).toEqual([]);
  }
  expect(Object.values(CLOSE).filter((code) => !text.includes(String(code)))).toEqual([]);
});

test("links lead somewhere, and every page can be reached from the README", () => {
  const links = pages.flatMap(linksOf);
  const broken = links.filter(({ file, anchor }) => {
    if (!existsSync(join(ROOT, file))) return true;
    return anchor !== null && !anchorsOf(page(file)).includes(anchor);
  });
  expect(broken).toEqual([]);
  const reached = new Set(["README.md"]);
  for (const from of reached) for (const link of links) if (link.from === from) reached.add(link.file);
  expect(pages.map(({ file }) => file).filter((file) => !reached.has(file))).toEqual([]);
  expect(links.length).toBeGreaterThan(30);
});

test("the README has its pictures, and no picture is too heavy", () => {
  const images = pages.flatMap(linksOf).filter(({ file }) => /\.(png|jpe?g|svg)$/.test(file));
  expect(images.length).toBeGreaterThan(1);
  for (const { file } of images) expect(statSync(join(ROOT, file)).size, file).toBeLessThan(MAX_IMAGE_BYTES);
});
