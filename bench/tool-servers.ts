import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { systemClock } from "../src/core/clock.ts";
import { readServer } from "../src/tools/mcp/definition.ts";
import { Servers } from "../src/tools/mcp/servers.ts";
import { Sandbox } from "../src/tools/shell/sandbox.ts";
import type { Figure } from "./kit/figure.ts";
import { median } from "./kit/measure.ts";
import { benchHome, freePort, residentMb, startSparky, type BenchHome } from "./kit/server.ts";

const CALLS = 500;
const TIMES = 5;
const CONFIGURED = 30;
const SETTLE_MS = 3000;
const EVERYTHING = {
  command: join(import.meta.dirname, "../node_modules/.bin/mcp-server-everything"),
  args: ["stdio"],
};
const FLOOD = {
  command: process.execPath,
  args: [join(import.meta.dirname, "../test/kit/mcp/odd-server.ts"), "long"],
};

/** What a call of a tool server costs beside the bare client's, and what servers cost that nobody uses. */
export async function toolServers(): Promise<Figure[]> {
  await using home = await benchHome();
  return [...(await calls(home)), ...(await unused())];
}

async function calls(home: BenchHome): Promise<Figure[]> {
  await using servers = new Servers({
    clock: systemClock,
    version: "0",
    workspaces: home.path,
    environment: { PATH: process.env["PATH"] ?? "" },
    lookup: () => undefined,
    sandbox: new Sandbox({ mode: "sandbox", hidden: [], environment: {} }),
    keep: async () => {},
    forget: async () => {},
    isLegacy: () => true,
    onSeen: async () => {},
    onError: () => {},
    hasEnded: async () => false,
  });
  const { definition } = readServer("everything", EVERYTHING);
  const { definition: flood } = readServer("flood", FLOOD);
  const me = { userId: "me" };
  const { signal } = new AbortController();
  const args = { message: "hello" };
  const client = new Client({ name: "bench", version: "0" });
  await client.connect(new StdioClientTransport({ ...EVERYTHING, stderr: "ignore" }));
  const ours = (): Promise<unknown> => servers.call(definition, me, { tool: "echo", args }, signal);
  const bare = (): Promise<unknown> => client.callTool({ name: "echo", arguments: args });
  const [our, raw] = [[], []] as [number[], number[]];
  // In turn, so that whatever else the machine does falls on both.
  for (let n = 0; n < CALLS; n++) {
    our.push(await msOf(ours));
    raw.push(await msOf(bare));
  }
  await client.close();
  const big = (): Promise<unknown> =>
    servers.call(flood, me, { tool: "echo", args: { text: "x" } }, signal).catch(() => null);
  await big();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let n = 0; n < TIMES; n++) await big();
  delay.disable();
  return [
    {
      what: "a tool call over MCP (stdio), median",
      value: median(our),
      unit: "ms",
      reach: median(raw) * 1.5,
      raw: { what: "the bare client", value: median(raw) },
    },
    {
      what: "event-loop delay while a server answers with 10 MB, longest",
      value: delay.max / 1e6,
      unit: "ms",
      reach: 20,
      raw: null,
    },
  ];
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function unused(): Promise<Figure[]> {
  await using bare = await benchHome();
  await using full = await benchHome();
  const servers = Array.from({ length: CONFIGURED }, (_, n) => [`server-${n}`, EVERYTHING]);
  await writeFile(join(full.path, "mcp.json"), JSON.stringify({ mcpServers: Object.fromEntries(servers) }));
  const found = { bare: [] as Measured[], full: [] as Measured[] };
  // The first start of each makes its database.
  await measured(bare);
  await measured(full);
  for (let n = 0; n < TIMES; n++) {
    found.bare.push(await measured(bare));
    found.full.push(await measured(full));
  }
  const [none, all] = [found.bare, found.full].map((each) => ({
    ms: median(each.map(({ ms }) => ms)),
    mb: median(each.map(({ mb }) => mb)),
  }));
  if (none === undefined || all === undefined) return [];
  const raw = (value: number) => ({ what: "none configured", value });
  return [
    {
      what: `start with ${CONFIGURED} tool servers configured`,
      value: all.ms,
      unit: "ms",
      reach: none.ms + 10,
      raw: raw(none.ms),
    },
    {
      what: `memory with ${CONFIGURED} tool servers configured, none used`,
      value: all.mb,
      unit: "MB",
      reach: none.mb + 1,
      raw: raw(none.mb),
    },
  ];
}

interface Measured {
  readonly ms: number;
  readonly mb: number;
}

async function measured(home: BenchHome): Promise<Measured> {
  await using server = await startSparky(home, await freePort(), ["--agent-loop"]);
  await pause(SETTLE_MS);
  return { ms: server.readyMs, mb: residentMb(server) };
}
