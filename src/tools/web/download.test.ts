import { once } from "node:events";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { selfSigned } from "../../../test/kit/self-signed.ts";
import { accessTo, callTool, webServer } from "../../../test/kit/web-pages.ts";
import { webFetch } from "./web-fetch.ts";

const fetchFrom = (host: string, path = "/"): Promise<{ readonly [key: string]: unknown }> =>
  callTool(webFetch(accessTo([host])), { url: `http://${host}${path}` });

test("a gzip bomb is read as far as there is room", async () => {
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, "a"));
  expect(bomb.length).toBeLessThan(300_000);
  const host = await webServer((_, response) => {
    response.writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" }).end(bomb);
  });
  expect(await fetchFrom(host)).toMatchObject({
    notes: ["only its beginning is here: it has more than 8 MB", "only its first 2000000 characters are kept"],
    total: 2_000_000,
  });
});

test("a body without an end is read as far as there is room, and one that is compressed wrongly not at all", async () => {
  const endless = await webServer((_, response) => {
    response.setHeader("content-type", "text/plain");
    const more = (): void => {
      while (!response.destroyed && response.write("drip ".repeat(10_000)));
    };
    response.on("drain", more);
    more();
  });
  const { notes } = await fetchFrom(endless);
  expect(notes).toContain("only its beginning is here: it has more than 8 MB");
  const broken = await webServer((_, response) => {
    response.writeHead(200, { "content-encoding": "gzip", "content-type": "text/plain" }).end("no gzip at all");
  });
  await expect(fetchFrom(broken)).rejects.toThrow(/cannot be fetched: its content is compressed wrongly/);
});

test("headers that are too big, an answer that is no HTTP and a port where nobody is fail in words", async () => {
  const big = await webServer((_, response) => void response.setHeader("x-big", "a".repeat(64_000)).end("x"));
  await expect(fetchFrom(big)).rejects.toThrow(/its headers are too big/);
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.resume().end("SSH-2.0-OpenSSH_9.7\r\n");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(fetchFrom(host)).rejects.toThrow(/is not HTTP/);
  server.close();
  await once(server, "close");
  await expect(fetchFrom(host)).rejects.toThrow(/nothing listens there/);
});

test("where a certificate is signed by nobody, that is said and nothing asked", async () => {
  let hits = 0;
  const server = createTlsServer(selfSigned, (_, response) => {
    hits++;
    response.end("x");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    await once(server, "close");
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = callTool(webFetch(accessTo([host])), { url: `https://${host}/` });
  await expect(call).rejects.toThrow(/its certificate is signed by nobody that is trusted/);
  expect(hits).toBe(0);
});

test("redirects are followed ten times, and the address at their end is told", async () => {
  const host = await webServer((request, response) => {
    const left = Number(request.url?.slice(1));
    if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end();
    else response.setHeader("content-type", "text/plain").end("there");
  });
  expect(await fetchFrom(host, "/10")).toMatchObject({ url: `http://${host}/0`, text: "there" });
  await expect(fetchFrom(host, "/11")).rejects.toThrow(/was redirected more than 10 times/);
});

test("a call that is stopped while its server says nothing ends", async () => {
  const asked = Promise.withResolvers<void>();
  const host = await webServer(() => asked.resolve());
  const stop = new AbortController();
  const call = callTool(webFetch(accessTo([host])), { url: `http://${host}/` }, { signal: stop.signal });
  const failed = expect(call).rejects.toThrow("stopped");
  await asked.promise;
  stop.abort(new Error("stopped"));
  await failed;
});

test.each([
  [404, /answered 404: there is no such page/],
  [401, /answered 401: it wants a sign-in/],
  [429, /answered 429: it is asked too often; try again in 7 s/],
  [503, /answered 503: its server has a fault/],
  [204, /answered 204 with nothing in it/],
])("an answer of %i is no page", async (status, why) => {
  const host = await webServer((_, response) => void response.writeHead(status, { "retry-after": "7" }).end());
  await expect(fetchFrom(host)).rejects.toThrow(why);
});
