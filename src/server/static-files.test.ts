import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { chatServer } from "../../test/kit/chat-server.ts";
import { sqlite } from "../../test/kit/databases.ts";
import { tempHome } from "../../test/kit/temp-home.ts";

const PAGE = "<!doctype html><title>Sparky</title>";
const SCRIPT = `export const words = "${"sparky ".repeat(400)}";`;

async function scene() {
  const folder = await tempHome();
  const root = join(folder, "web");
  await mkdir(join(root, "assets"), { recursive: true });
  await writeFile(join(folder, "secret"), "the secret");
  await writeFile(join(root, "index.html"), PAGE);
  await writeFile(join(root, "assets", "app-3f2a.js"), SCRIPT);
  const { server } = await chatServer(await sqlite.store(), { webRoot: root });
  return (path: string, headers: Record<string, string> = {}) =>
    server.fetch(new Request(`http://127.0.0.1:8000${path}`, { headers }));
}

test.each(["/", "/tasks", "/chats/3f2a91c0", "/index.html"])(
  "%s is the page, never cached, with no foreign script",
  async (path) => {
    const response = await (await scene())(path);
    expect([response.status, await response.text()]).toEqual([200, PAGE]);
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("content-security-policy")).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
  },
);

test("an asset is kept for ever, sent small to who takes that, and not at all to who has it", async () => {
  const get = await scene();
  const plain = await get("/assets/app-3f2a.js");
  expect([plain.headers.get("content-type"), await plain.text()]).toEqual(["text/javascript; charset=utf-8", SCRIPT]);
  expect(plain.headers.get("cache-control")).toContain("immutable");
  const small = await get("/assets/app-3f2a.js", { "accept-encoding": "br, gzip" });
  const bytes = Buffer.from(await small.arrayBuffer());
  expect(small.headers.get("content-encoding")).toBe("gzip");
  expect(gunzipSync(bytes).toString()).toBe(SCRIPT);
  const known = await get("/assets/app-3f2a.js", { "if-none-match": plain.headers.get("etag") ?? "" });
  expect([known.status, await known.text()]).toEqual([304, ""]);
});

test.each([
  "/assets/gone.js",
  "/favicon.png",
  "/index.html~",
  "/login~",
  "/..%2fsecret.txt",
  "/%2e%2e/secret.txt",
  "/assets/..%2f..%2fsecret.txt",
])("F17 %s is not found, and no path leads out of the folder", async (path) => {
  const response = await (await scene())(path);
  expect(response.status).toBe(404);
  expect(await response.text()).not.toContain("the secret");
});

test("an unknown API path is a JSON error, not the page", async () => {
  const response = await (await scene())("/api/nothing");
  expect([response.status, (await response.json()).error.code]).toEqual([404, "not_found"]);
});

test("without a built UI the page says how to build it", async () => {
  const { server } = await chatServer(await sqlite.store());
  const response = await server.fetch(new Request("http://127.0.0.1:8000/"));
  expect([response.status, await response.text()]).toEqual([503, expect.stringContaining("npm start")]);
});
