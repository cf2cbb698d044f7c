import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { boundedFetch } from "./http.ts";

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("what is sent to a server, and its keys, goes nowhere else by its word", async () => {
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
  const init = { method: "POST", body: "{}", headers: { "x-api-key": "key" } };
  expect(await (await fetch(`${first}/here`, init)).text()).toBe("fine");
  await expect(fetch(`${first}/away`, init)).rejects.toThrow(`it sends on to ${other}`);
  expect(got).toEqual([]);
});
