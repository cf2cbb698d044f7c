import { once } from "node:events";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { expect, onTestFinished, test } from "vitest";
import { startAgent } from "../../../test/kit/agent.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";

const ENTRY = join(import.meta.dirname, "../../entry.ts");

async function scene() {
  const store = await sqlite.store();
  const { people, listen, token } = await chatServer(store);
  await startAgent(store, { model: scriptedModel([[say("Fine.")]]) });
  const env = {
    PATH: process.env["PATH"] ?? "",
    SPARKY_HOME: await tempHome(),
    SPARKY_URL: await listen(),
    SPARKY_TOKEN: await token(people.owner),
  };
  return { store, env };
}

test.each([
  { revision: "2026-07-28", mode: "auto" },
  { revision: "2025-11-25", mode: "legacy" },
] as const)(
  "F60 `sparky mcp serve` gives a task and its result over stdio, in $revision",
  async ({ revision, mode }) => {
    const { env } = await scene();
    const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
    const args = [ENTRY, "mcp", "serve"];
    const transport = new StdioClientTransport({ command: process.execPath, args, env, stderr: "pipe" });
    await client.connect(transport);
    onTestFinished(() => client.close());
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
    const added = await client.callTool({ name: "task_add", arguments: { instruction: "Say that it is fine" } });
    const { id } = added.structuredContent as { readonly id: string };
    const done = await client.callTool({ name: "task_wait", arguments: { id, seconds: 60 } });
    expect(done.structuredContent).toMatchObject({ status: "completed", result: "Fine." });
    const refused = await client.callTool({ name: "task_get", arguments: { id: "nope" } });
    expect(refused).toMatchObject({ isError: true, content: [{ text: 'task "nope" was not found' }] });
  },
);

test("it ends with its input, whatever was said on it", async () => {
  const { env } = await scene();
  const child = spawn(process.execPath, [ENTRY, "mcp", "serve"], { env, stdio: ["pipe", "pipe", "pipe"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stdin.end(`no JSON\n${"[".repeat(50_000)}\n{"jsonrpc":"2.0","id":1,"method":"ping"}\n`);
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(0);
  // Nothing but the protocol is on it.
  for (const line of out.split("\n").filter((each) => each !== ""))
    expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
});

test("without a server it says what to do, and writes nothing on the protocol's channel", async () => {
  const env = { PATH: process.env["PATH"] ?? "", SPARKY_HOME: await tempHome() };
  const child = spawn(process.execPath, [ENTRY, "mcp", "serve"], { env, stdio: ["pipe", "pipe", "pipe"] });
  let [out, error] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (error += text));
  const [code] = (await once(child, "close")) as [number | null];
  expect([code, out]).toEqual([3, ""]);
  expect(error).toContain("sparky chat start --agent-loop");
});
