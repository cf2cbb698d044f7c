import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createChat } from "../../src/store/chats/chats.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { tempHome } from "../kit/temp-home.ts";
import type { OpenApi } from "../docs/http-page.ts";

/** What every answer must carry, whatever it is about and whoever asks. */
const PROMISED = {
  "content-security-policy": /default-src 'self'; script-src 'self'.*frame-ancestors 'none'/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "referrer-policy": /^(no-referrer|same-origin)$/,
  "permissions-policy": /camera=\(\).*microphone=\(\)/,
  "cross-origin-opener-policy": /^same-origin$/,
  "cross-origin-resource-policy": /^same-origin$/,
};

const missing = (headers: Headers, kept: RegExp): readonly string[] =>
  Object.entries({ ...PROMISED, "cache-control": kept })
    .filter(([name, value]) => !value.test(headers.get(name) ?? ""))
    .map(([name]) => `${name}: ${headers.get(name)}`);

async function scene() {
  const webRoot = await tempHome();
  mkdirSync(join(webRoot, "assets"));
  writeFileSync(join(webRoot, "index.html"), "<!doctype html>");
  writeFileSync(join(webRoot, "assets", "a.js"), "1");
  const store = await sqlite.store();
  const app = await chatServer(store, { webRoot });
  const { chat } = await createChat(store, app.people.ann, { title: "hers" });
  const url = await app.listen();
  const token = await app.token(app.people.ann);
  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    fetch(url + path, { method, headers, redirect: "manual", ...(method !== "GET" && { body: "{}" }) });
  return { ...app, chat, url, ask, authorization: `Bearer ${token}` };
}

test("F16 every route answers with them and is kept nowhere, whoever asks", async () => {
  const { ask, authorization, chat } = await scene();
  const { paths } = (await (await ask("GET", "/openapi.json")).json()) as OpenApi;
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, chat.id) })),
  );
  expect(routes.length).toBeGreaterThan(100);
  const statuses = new Set<number>();
  for (const { method, path } of routes) {
    for (const headers of [{}, { authorization }, { authorization, origin: "https://evil.example" }]) {
      const answer = await ask(method, path, headers);
      await answer.body?.cancel();
      statuses.add(answer.status);
      expect([method, path, missing(answer.headers, /\bno-store$/)]).toEqual([method, path, []]);
    }
  }
  expect([200, 401, 403, 404].filter((status) => !statuses.has(status))).toEqual([]);
});

test("so do pages, files, what there is not, other doors, and what is refused before it is understood", async () => {
  const { ask, url, authorization } = await scene();
  const asked: readonly (readonly [method: string, path: string, headers: Record<string, string>])[] = [
    ...(["/login", "/login?token=x", "/invite?token=x", "/api/nothing", "/ws", "/missing.js"] as const).map(
      (path) => ["GET", path, {}] as const,
    ),
    ["POST", "/login", {}],
    ["POST", "/invite", {}],
    ["POST", "/mcp", {}],
    ["POST", "/mcp", { authorization, "content-type": "application/json" }],
    ["GET", "/health", { "x-forwarded-host": "evil.example" }],
  ];
  for (const [method, path, headers] of asked) {
    const answer = await ask(method, path, headers);
    await answer.body?.cancel();
    expect([method, path, missing(answer.headers, /^no-store$/)]).toEqual([method, path, []]);
  }
  expect(missing((await ask("GET", "/")).headers, /^no-cache$/)).toEqual([]);
  expect(missing((await ask("GET", "/assets/a.js")).headers, /immutable/)).toEqual([]);
  const raw = await Promise.all([
    rawly(url, "GET /health HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"),
    rawly(url, "GET /other HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
    rawly(url, "GET /ws HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
  ]);
  expect(raw.map(({ status }) => status)).toEqual([400, 404, 403]);
  for (const { headers } of raw) expect(missing(headers, /^no-store$/)).toEqual([]);
});

/** What comes back for exactly these bytes. */
async function rawly(url: string, bytes: string): Promise<{ readonly status: number; readonly headers: Headers }> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => (text += part));
  socket.write(bytes);
  await once(socket, "close");
  const [first = "", ...lines] = (text.split("\r\n\r\n")[0] ?? "").split("\r\n");
  const headers = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  return { status: Number(first.split(" ")[1]), headers: new Headers(headers as [string, string][]) };
}
