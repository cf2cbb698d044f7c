import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { systemClock, type Clock } from "../../../src/core/clock.ts";
import type { ToolList } from "../../../src/tools/mcp/connection.ts";
import { readMcpValue } from "../../../src/tools/mcp/read.ts";
import { Servers } from "../../../src/tools/mcp/servers.ts";
import type { ServerProcess } from "../../../src/tools/mcp/stdio.ts";
import { sandboxOf } from "../sandbox.ts";
import { tempHome } from "../temp-home.ts";

/** Real servers, unmodified, from the snippets of their own pages; `npx -y NAME` is what finds them elsewhere. */
export const real = (name: "everything" | "filesystem" | "memory", ...args: readonly string[]) => ({
  command: join(import.meta.dirname, `../../../node_modules/.bin/mcp-server-${name}`),
  args,
});

/** One of our own that does what no library lets a server do. */
export const odd = (mode: string, ...args: readonly string[]) => ({
  command: process.execPath,
  args: [join(import.meta.dirname, "odd-server.ts"), mode, ...args],
});

/** Of 2026-07-28, with a tool that changes the others. */
export const changing = { command: process.execPath, args: [join(import.meta.dirname, "changing-server.ts")] };

/** Those of a file, with nothing behind them; they end with the test. */
export async function startServers(
  mcpServers: { readonly [name: string]: object },
  clock: Clock = systemClock,
  about: { readonly diskFloor?: number; readonly path?: string; readonly ended?: ReadonlySet<string> } = {},
) {
  const home = await tempHome();
  const processes = new Map<number, ServerProcess>();
  const seen: { server: string; legacy: boolean; list: ToolList }[] = [];
  const errors: unknown[] = [];
  const servers = new Servers({
    clock,
    version: "0",
    workspaces: join(home, "workspace"),
    environment: { PATH: process.env["PATH"] ?? "" },
    lookup: (name) => (name === "HOME" ? home : undefined),
    sandbox: sandboxOf(home, about.path),
    ...(about.diskFloor !== undefined && { diskFloor: about.diskFloor }),
    keep: async (process) => void processes.set(process.pgid, process),
    forget: async ({ pgid }) => void processes.delete(pgid),
    isLegacy: (server) => seen.some((each) => each.server === server && each.legacy),
    onSeen: async (server, found) => void seen.push({ server, ...found }),
    onError: (error) => void errors.push(error),
    hasEnded: async (runId) => about.ended?.has(runId) === true,
  });
  onTestFinished(() => servers[Symbol.asyncDispose]());
  const { servers: definitions, problems } = readMcpValue({ mcpServers }, "mcp.json");
  expect(problems).toEqual([]);
  const definition = (name: string) => {
    const found = definitions.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no server ${name}`);
    return found;
  };
  return { home, servers, definition, processes, seen, errors };
}
