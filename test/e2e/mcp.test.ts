import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { startOf } from "../../src/tools/shell/processes.ts";
import type { Chat } from "../../src/wire/api.ts";
import type { McpLogin, McpServer } from "../../src/wire/mcp.ts";
import { oauthServer } from "../kit/mcp/oauth-server.ts";
import { odd, real } from "../kit/mcp/servers.ts";
import { until } from "../kit/worker.ts";
import { pacedProvider } from "./paced-provider.ts";
import { Sparky } from "./sparky-process.ts";

vi.setConfig({ testTimeout: 240_000 });

/** A provider that asks for one call in each message, `NAME {"its":"arguments"}`, and then says that it is done. */
const obedient = () =>
  pacedProvider(({ text, results }) => {
    const [, name = "", args = "{}"] = /(mcp__\w+) (\{.*\})/.exec(JSON.parse(text) as string) ?? [];
    if (results > 0 || name === "") return { words: "Done" };
    return { reasoning: "", calls: [{ name, args: JSON.parse(args) as object }] };
  });

test("servers of a pasted snippet work unmodified in a real process, and nothing of them outlives it", async () => {
  const provider = await obedient();
  onTestFinished(() => provider[Symbol.asyncDispose]());
  const sparky = await Sparky.start({ SPARKY_MODEL: "compatible/some-model", SPARKY_MODEL_URL: provider.url }, [
    "--agent-loop",
  ]);
  onTestFinished(() => sparky[Symbol.asyncDispose]());
  const snippet = join(sparky.home, "servers.json");
  const mcpServers = {
    memory: { ...real("memory"), env: { MEMORY_FILE_PATH: "${SPARKY_WORKSPACE}/memory.jsonl" } },
    files: real("filesystem", "${SPARKY_WORKSPACE}"),
    everything: { ...real("everything", "stdio"), type: "stdio" },
  };
  const allowed = Object.entries(mcpServers).map(([name, server]) => [name, { ...server, policy: "allow" }]);
  await writeFile(snippet, JSON.stringify({ mcpServers: Object.fromEntries(allowed) }));
  expect((await sparky.run("mcp", "import", snippet)).code).toBe(0);
  const pids: number[] = [];
  for (const name of Object.keys(mcpServers)) {
    const server = await sparky.json<McpServer>("mcp", "test", name);
    expect(server).toMatchObject({ state: "ready", refused: [], waiting: [] });
    expect(server.tools).toBeGreaterThan(5);
    pids.push(server.pid ?? 0);
  }
  const chat = await sparky.api<Chat>("POST", "/api/chats", {});
  const resultOf = async (text: string): Promise<unknown> => {
    await sparky.api("POST", `/api/chats/${chat.id}/messages`, { text });
    return until("the run's end", async () => {
      const log = await sparky.log(chat.id);
      const last = log.findLast(({ type }) => type === "status");
      const result = log.findLast(({ type }) => type === "tool_result");
      return last?.type === "status" && last.data.state === "completed" && result?.data;
    });
  };
  expect(await resultOf('mcp__everything__echo {"message":"hi"}')).toMatchObject({ ok: true, result: "Echo: hi" });
  const entities = [{ name: "Ann", entityType: "person", observations: ["likes tea"] }];
  expect(await resultOf(`mcp__memory__create_entities ${JSON.stringify({ entities })}`)).toMatchObject({ ok: true });
  expect(await resultOf('mcp__memory__search_nodes {"query":"tea"}')).toMatchObject({
    ok: true,
    result: { entities: [{ name: "Ann" }] },
  });
  expect(await resultOf('mcp__files__list_directory {"path":"."}')).toMatchObject({
    ok: true,
    result: { content: expect.stringContaining("memory.jsonl") },
  });

  await sparky.kill("SIGTERM");
  for (const pid of pids) expect(startOf(pid)).toBeNull();
});

test.each(["kill", "stop"] as const)(
  "a %s in the middle of a call: it is made once, its outcome is told as unknown or stopped, and nothing is left of its server",
  async (how) => {
    const provider = await obedient();
    onTestFinished(() => provider[Symbol.asyncDispose]());
    const sparky = await Sparky.start({ SPARKY_MODEL: "compatible/some-model", SPARKY_MODEL_URL: provider.url }, [
      "--agent-loop",
    ]);
    onTestFinished(() => sparky[Symbol.asyncDispose]());
    const called = join(sparky.home, "called");
    // Its own limit is far beyond the test's: what ends it is the stop, or the crash.
    const silent = { ...odd("silent-call", called), policy: "allow", timeoutMs: 3_600_000 };
    await writeFile(join(sparky.home, "mcp.json"), JSON.stringify({ mcpServers: { silent } }));
    const { pid } = await sparky.json<McpServer>("mcp", "test", "silent");
    const chat = await sparky.api<Chat>("POST", "/api/chats", {});
    await sparky.api("POST", `/api/chats/${chat.id}/messages`, { text: 'mcp__silent__echo {"text":"hi"}' });
    await until("the call", () => existsSync(called));
    if (how === "stop") {
      await sparky.api("POST", `/api/chats/${chat.id}/stop`);
    } else {
      await sparky.kill("SIGKILL");
      await sparky.startServer(["--agent-loop"]);
    }
    const log = await until("the run's end", async () => {
      const events = await sparky.log(chat.id);
      const last = events.findLast(({ type }) => type === "status");
      return last?.type === "status" && /^(completed|cancelled)$/.test(last.data.state) && events;
    });
    const starts = log.filter(({ type }) => type === "tool_start");
    const results = log.flatMap((event) => (event.type === "tool_result" ? [event.data] : []));
    expect(starts).toHaveLength(1);
    expect(results).toMatchObject([{ ok: false, interrupted: true }]);
    expect(await readFile(called, "utf8")).toBe("hi\n");
    await sparky.kill("SIGTERM");
    await until("the end of its server", () => startOf(pid ?? 0) === null);
  },
);

test("somebody signs in at a server elsewhere by the browser; what comes back counts once, and from nobody else", async () => {
  await using closed = await oauthServer();
  const sparky = await Sparky.start({});
  onTestFinished(() => sparky[Symbol.asyncDispose]());
  await writeFile(join(sparky.home, "mcp.json"), JSON.stringify({ mcpServers: { closed: { url: closed.url } } }));
  const refused = await sparky.run("mcp", "test", "closed");
  expect(refused.code).toBe(1);
  expect(refused.stdout + refused.stderr).toContain("wants you to sign in");
  const { page } = await sparky.json<McpLogin>("mcp", "login", "closed");
  // The browser goes there, and is sent back with a code.
  const back = (await fetch(page ?? "", { redirect: "manual" })).headers.get("location") ?? "";
  expect(back).toMatch(new RegExp(`^${sparky.url}/oauth/callback\\?code=`));
  const forged = await fetch(back.replace(/state=.*/, "state=another"));
  expect(forged.status).toBe(404);
  const answer = await fetch(back);
  expect([answer.status, await answer.text()]).toEqual([200, "You are signed in, and may close this page.\n"]);
  expect((await fetch(back)).status).toBe(404);
  expect(await sparky.json<McpServer>("mcp", "test", "closed")).toMatchObject({ state: "ready", tools: 1 });
  expect(await sparky.json("mcp", "call", "closed", "echo")).toMatchObject({
    ok: true,
    result: "for who is signed in",
  });
  // It outlives a restart, and neither the database nor another address has its tokens.
  const { port } = sparky;
  await sparky.kill("SIGTERM");
  await sparky.startServer(["--port", String(port)]);
  expect(await sparky.json("mcp", "call", "closed", "echo")).toMatchObject({ ok: true });
  const files = readdirSync(sparky.home).filter((name) => name.startsWith("sparky.db"));
  const bytes = files.map((name) => readFileSync(join(sparky.home, name), "latin1")).join("");
  expect(closed.tokens.size).toBe(1);
  for (const token of closed.tokens) expect(bytes).not.toContain(token);
  const asked = closed.seen.length;
  await using other = await oauthServer();
  await writeFile(join(sparky.home, "mcp.json"), JSON.stringify({ mcpServers: { closed: { url: other.url } } }));
  expect((await sparky.run("mcp", "test", "closed")).code).toBe(1);
  expect([closed.seen.length, other.tokens.size]).toEqual([asked, 0]);
  expect(closed.seen).toContain("POST /register");
});

test("what a killed server has left of its tool servers is ended when it starts again", async () => {
  const sparky = await Sparky.start({});
  onTestFinished(() => sparky[Symbol.asyncDispose]());
  await writeFile(join(sparky.home, "mcp.json"), JSON.stringify({ mcpServers: { stays: odd("stays") } }));
  const { pid } = await sparky.json<McpServer>("mcp", "test", "stays");
  const pgid = pid ?? 0;
  await sparky.kill("SIGKILL");
  expect(startOf(pgid)).not.toBeNull();
  await sparky.startServer();
  await until("its end", () => startOf(pgid) === null);
});
