import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { startOf } from "../../src/tools/shell/processes.ts";
import type { McpResult, McpServer } from "../../src/wire/mcp.ts";
import { odd } from "../kit/mcp/servers.ts";
import { processesWith, sleeperOf } from "../kit/processes.ts";
import { until } from "../kit/worker.ts";
import { Sparky } from "./sparky-process.ts";

vi.setConfig({ testTimeout: 240_000 });

test("a pasted server with a sandbox is told to be sandboxed, and a kill of Sparky leaves nothing of it", async () => {
  // Commands run on the host there: servers have a sandbox of their own.
  const sparky = await Sparky.start({ SPARKY_SHELL: "host" });
  onTestFinished(() => sparky[Symbol.asyncDispose]());
  const it = { ...odd("shell"), sandbox: true, read: [join(import.meta.dirname, "../kit/mcp")] };
  const snippet = join(sparky.home, "servers.json");
  await writeFile(snippet, JSON.stringify({ mcpServers: { it } }));
  expect((await sparky.run("mcp", "import", snippet)).code).toBe(0);
  const server = await sparky.json<McpServer>("mcp", "test", "it");
  expect(server).toMatchObject({ state: "ready", sandbox: { network: false } });
  expect((await sparky.run("mcp", "list")).stdout).toMatch(/^it\tready\t.*\tsandboxed\t$/m);
  const doctor = await sparky.run("doctor", "--offline");
  expect(doctor.stdout + doctor.stderr).toContain("sandboxed: it");

  const sleeper = sleeperOf(9);
  const call = async (text: string): Promise<McpResult> =>
    sparky.json<McpResult>("mcp", "call", "it", "echo", JSON.stringify({ text }));
  await call(`(setsid sleep ${sleeper} >/dev/null 2>&1 &)`);
  expect((await call(`cat ${sparky.home}/token || echo hidden`)).result).toMatch(/hidden\n/);
  expect(await processesWith(sleeper)).toHaveLength(1);
  await sparky.kill("SIGKILL");
  await sparky.startServer();
  await until("its end", async () => startOf(server.pid ?? 0) === null && (await processesWith(sleeper)).length === 0);
  expect((await call("echo again")).result).toBe("again\n");
});
