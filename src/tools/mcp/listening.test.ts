import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { odd, startServers } from "../../../test/kit/mcp/servers.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";

const signal = () => new AbortController().signal;
const ann = { userId: "ann" };

test("a stream of changes that breaks is opened again, and what was told in between is seen then", async () => {
  const names = ["one"];
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: "far", version: "1" });
    for (const name of names) {
      server.registerTool(name, { description: name, inputSchema: z.object({}) }, () => ({ content: [] }));
    }
    return server;
  });
  const listener = getRequestListener((request) => handler.fetch(request), { overrideGlobalObjects: false });
  const server = createServer((request, response) => void listener(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    await handler.close();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { servers, definition, seen } = await startServers({ far: { url: `http://127.0.0.1:${port}/mcp` } });
  const toolsSeen = () => seen.at(-1)?.list.tools.map(({ name }) => name);
  await servers.list(definition("far"), ann, signal());
  expect([seen[0]?.legacy, toolsSeen()]).toEqual([false, ["one"]]);
  names.push("two");
  handler.notify.toolsChanged();
  await expect.poll(toolsSeen, { timeout: 60_000 }).toEqual(["one", "two"]);
  // Nobody is told of the third.
  server.closeAllConnections();
  names.push("three");
  await expect.poll(toolsSeen, { timeout: 60_000 }).toEqual(["one", "two", "three"]);
  await servers[Symbol.asyncDispose]();
});

test("a server that says without end that its tools changed is asked now and then, and hears of nothing after its end", async () => {
  const file = join(await tempHome(), "tools.json");
  const tool = (name: string) => ({ name, inputSchema: { type: "object" } });
  await writeFile(file, JSON.stringify([tool("one")]));
  const { servers, definition, seen, errors } = await startServers({ restless: odd("restless", file) });
  await servers.list(definition("restless"), ann, signal());
  const began = performance.now();
  await expect.poll(() => seen.length, { timeout: 60_000 }).toBeGreaterThan(2);
  // It says so ten times in a second.
  expect(seen.length - 2).toBeLessThanOrEqual((performance.now() - began) / 2000 + 1);
  await writeFile(file, JSON.stringify([tool("two")]));
  await expect.poll(() => seen.at(-1)?.list.tools[0]?.name, { timeout: 60_000 }).toBe("two");
  await servers[Symbol.asyncDispose]();
  expect(errors).toEqual([]);
});
