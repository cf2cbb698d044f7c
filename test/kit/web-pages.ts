import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { Json } from "../../src/core/events.ts";
import type { Tool, ToolContext } from "../../src/tools/tool.ts";
import type { WebAccess } from "../../src/tools/web/download.ts";
import { toolContext } from "./tool-context.ts";

/** A web server of ours on loopback, until the test ends; its host with the port, as in an address. */
export async function webServer(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What the web tools are given where these hosts are named by the operator. */
export function accessTo(allowed: readonly string[], about: Partial<WebAccess["reach"]> = {}): WebAccess {
  return {
    reach: { allowed, ownPort: () => 8000, ...about },
    proxies: { http: null, https: null, none: [] },
    userAgent: "Sparky/test",
  };
}

/** One call of a plain tool; throws as it does. */
export async function callTool<T = { readonly [key: string]: Json }>(
  tool: Tool<unknown>,
  args: Json,
  about: Partial<ToolContext> = {},
): Promise<T> {
  const prepared = tool.prepare(args);
  if (!prepared.ok) throw new Error(prepared.error);
  if (prepared.kind !== "plain") throw new Error(`${tool.name} is no plain tool`);
  return (await prepared.execute(toolContext(about))) as T;
}
