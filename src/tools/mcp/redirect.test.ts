import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { openWeb } from "../../../test/kit/mcp/open-web.ts";
import { boundedFetch } from "./http.ts";
import { signInFetch } from "./sign-in-fetch.ts";

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each(["POST", "GET", "DELETE"])(
  "what is sent to a server by %s, and its keys, goes nowhere else by its word",
  async (method) => {
    const got: string[] = [];
    const other = await listening((request, response) => {
      got.push(String(request.headers["x-api-key"]));
      response.end("{}");
    });
    const first = await listening(({ url }, response) => {
      if (url === "/there") response.end("fine");
      else response.writeHead(307, { location: url === "/here" ? "/there" : other }).end();
    });
    const { fetch } = boundedFetch();
    const init = { method, ...(method === "POST" && { body: "{}" }), headers: { "x-api-key": "key" } };
    expect(await (await fetch(`${first}/here`, init)).text()).toBe("fine");
    await expect(fetch(`${first}/away`, init)).rejects.toThrow(`it sends on to ${other}`);
    expect(got).toEqual([]);
  },
);

const fetchFor = (own: string, port = 0) =>
  signInFetch(boundedFetch().fetch, {
    server: "docs",
    own: new URL(own),
    web: { ...openWeb, reach: { allowed: ["10.9.9.9"], ownPort: () => port } },
  });

test("what a server names for signing in is asked only where the web tools may go, by its own headers, and leads nowhere else", async () => {
  const got: string[] = [];
  const address = await listening((request, response) => {
    got.push(`${request.method} ${String(request.headers["x-api-key"])} ${String(request.headers.accept)}`);
    response.writeHead(302, { location: "http://127.0.0.1:1/" }).end("{}");
  });
  const headers = { "x-api-key": "key", accept: "application/json" };
  const refused = (own: string, url: string, port?: number) =>
    expect(fetchFor(own, port)(url, { headers })).rejects.toThrow(
      /^signing in at the server docs failed: .*not fetched/,
    );
  await refused("https://docs.example.com/mcp", address);
  await refused("https://docs.example.com/mcp", "http://169.254.169.254/latest");
  await refused("https://docs.example.com/mcp", "http://[::ffff:127.0.0.1]/");
  await refused("http://127.0.0.1:1/mcp", "http://10.0.0.1/");
  await refused("http://127.0.0.1:1/mcp", "file:///etc/passwd");
  // Not even a server on this machine has us ask ourselves.
  await refused("http://127.0.0.1:1/mcp", address, Number(new URL(address).port));
  expect(got).toEqual([]);
  const answer = await fetchFor("http://127.0.0.1:1/mcp")(address, { headers });
  expect([answer.status, answer.headers.get("location")]).toEqual([302, "http://127.0.0.1:1/"]);
  expect(got).toEqual(["GET undefined application/json"]);
});

test("an issuer that sends without end, or more than a sign-in needs, is cut off", async () => {
  const address = await listening((_, response) => response.end("x".repeat(300 * 1024)));
  await expect(fetchFor("http://127.0.0.1:1/mcp")(address)).rejects.toThrow("signing in at the server docs failed");
});
