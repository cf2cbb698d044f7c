import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../src/core/clock.ts";

let shared: Server;
let forgotten: (() => void)[] = [];

beforeAll(async () => {
  shared = createServer((_request, response) => response.end("yes")).listen(0, "127.0.0.1");
  await once(shared, "listening");
});

afterAll(() => {
  for (const clean of forgotten) clean();
  forgotten = [];
  shared.close();
});

test.fails("a test that forgets an unreferenced timer or a listening server fails", async () => {
  forgotten.push(systemClock.after(60_000, () => {}));
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  forgotten.push(() => server.close());
});

test("what a test ends itself, even in its last clean-up, is no leak", async () => {
  const cancel = systemClock.after(60_000, () => {});
  onTestFinished(cancel);
  const child = spawn("sleep", ["0.05"]);
  await once(child, "exit");
});

test("the connection that fetch keeps to the file's own server is no leak", async () => {
  const { port } = shared.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe("yes");
});
