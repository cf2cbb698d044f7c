import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { startServers } from "../../../test/kit/mcp/servers.ts";
import { selfSigned } from "../../../test/kit/self-signed.ts";
import { OutcomeUnknown } from "../tool.ts";

const signal = () => new AbortController().signal;
const ann = { userId: "ann" };
const echo = { tool: "echo", args: { text: "hi" } };

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/mcp`;
}

interface Asked {
  readonly id?: number;
  readonly method: string;
}

const asked = async (request: IncomingMessage): Promise<Asked> => JSON.parse((await text(request)) || "{}") as Asked;
const json = { "content-type": "application/json" };
const stream = { "content-type": "text/event-stream" };
const TOOLS = { tools: [{ name: "echo", inputSchema: { type: "object" } }] };
const HELLO = { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "odd", version: "1" } };

/** A server of the older revision over HTTP whose calls are answered by the test. */
const odd = (call: (id: number) => { readonly headers: Record<string, string>; readonly body: string | null }) =>
  listen((request, response) => {
    void asked(request).then(({ id, method }) => {
      if (request.method !== "POST" || id === undefined)
        return response.writeHead(request.method === "POST" ? 202 : 405).end();
      const reply = (body: object) =>
        response.writeHead(200, json).end(JSON.stringify({ jsonrpc: "2.0", id, ...body }));
      if (method === "initialize") return reply({ result: HELLO });
      if (method === "tools/list") return reply({ result: TOOLS });
      if (method !== "tools/call") return reply({ error: { code: -32_601, message: "no such method" } });
      const { headers, body } = call(id);
      response.writeHead(200, headers);
      if (body !== null) return response.end(body);
      response.write(": begun\n\n");
      setTimeout(() => response.destroy(), 50);
      return response;
    });
  });

const result = (id: number, words: string): string =>
  JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text: words }] } });
const HUGE = "x".repeat(3 * 1024 * 1024);

test.each([
  { how: "as JSON", headers: json, body: (id: number) => result(id, "hi") },
  { how: "in a stream", headers: stream, body: (id: number) => `data: ${result(id, "hi")}\n\n` },
])("an answer that comes $how is taken", async ({ headers, body }) => {
  const url = await odd((id) => ({ headers, body: body(id) }));
  const { servers, definition } = await startServers({ odd: { url } });
  expect(await servers.call(definition("odd"), ann, echo, signal())).toBe("hi");
});

test("a connection that the server closes before it answers is asked again for what only reads, and never for a call", async () => {
  const seen: string[] = [];
  const url = await listen((request, response) => {
    void asked(request).then(({ id, method }) => {
      const isFirst = !seen.includes(method);
      seen.push(method);
      if (isFirst && /^(initialize|tools)/.test(method)) return request.socket.destroy();
      if (request.method !== "POST" || id === undefined)
        return response.writeHead(request.method === "POST" ? 202 : 405).end();
      const body =
        method === "initialize"
          ? { result: HELLO }
          : method === "tools/list"
            ? { result: TOOLS }
            : { error: { code: -32_601, message: "no such method" } };
      return response.writeHead(200, json).end(JSON.stringify({ jsonrpc: "2.0", id, ...body }));
    });
  });
  const { servers, definition } = await startServers({ odd: { url } });
  expect((await servers.list(definition("odd"), ann, signal())).tools).toHaveLength(1);
  await expect(servers.call(definition("odd"), ann, echo, signal())).rejects.toThrow(/other side closed|ECONNRESET/);
  expect(seen.filter((method) => /^(initialize|tools)/.test(method))).toEqual([
    "initialize",
    "initialize",
    "tools/list",
    "tools/list",
    "tools/call",
  ]);
});

test.each([
  { how: "as JSON", headers: json, body: (id: number) => result(id, HUGE) },
  { how: "in a stream", headers: stream, body: (id: number) => `data: ${result(id, HUGE)}\n\n` },
  { how: "and breaks off", headers: stream, body: () => null },
])("an answer that comes $how and is too big, or not whole, leaves the call unknown", async ({ headers, body }) => {
  const url = await odd((id) => ({ headers, body: body(id) }));
  const { servers, definition } = await startServers({ odd: { url, timeoutMs: 3000 } });
  await expect(servers.call(definition("odd"), ann, echo, signal())).rejects.toBeInstanceOf(OutcomeUnknown);
  expect((await servers.list(definition("odd"), ann, signal())).tools).toHaveLength(1);
});

test("a server that is not there, wants a sign-in, sends elsewhere or has a wrong certificate says so in words, and gets no header of another", async () => {
  const seen: (string | undefined)[] = [];
  const other = await listen((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(200, json).end("{}");
  });
  const closed = await listen((_, response) => response.writeHead(401, { "www-authenticate": "Bearer" }).end());
  const away = await listen((_, response) => response.writeHead(307, { location: other }).end());
  const headers = { Authorization: "Bearer secret" };
  const tls = createTlsServer(selfSigned, (_, response) => response.end()).listen(0, "127.0.0.1");
  await once(tls, "listening");
  onTestFinished(() => void tls.close());
  const address = tls.address();
  const { servers, definition } = await startServers({
    gone: { url: "http://127.0.0.1:1/mcp" },
    closed: { url: closed },
    away: { url: away, headers },
    unsigned: { url: `https://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/mcp` },
  });
  const list = (name: string) => servers.list(definition(name), ann, signal());
  await expect(list("gone")).rejects.toThrow(/^the server gone could not be reached: .*(ECONNREFUSED|bad port)/);
  await expect(list("closed")).rejects.toMatchObject({
    message: expect.stringContaining("it answered 401"),
    hint: expect.stringContaining("give a token in its headers"),
  });
  await expect(list("away")).rejects.toThrow("the server away could not be reached");
  await expect(list("unsigned")).rejects.toThrow(/^the server unsigned could not be reached: self-signed certificate/);
  expect(seen).toEqual([]);
});
