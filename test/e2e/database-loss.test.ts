import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { expect, onTestFinished, test, vi } from "vitest";
import { postgres } from "../kit/databases.ts";
import { tcpProxy } from "../kit/tcp-proxy.ts";
import { Sparky } from "./sparky-process.ts";

vi.setConfig({ testTimeout: 300_000 });

/** A database, and a network before it that can be lost. */
async function behindProxy() {
  const place = await postgres.place();
  const direct = place.kind === "postgres" ? place.url : "";
  const url = new URL(direct);
  const proxy = await tcpProxy({ port: Number(url.port) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  url.port = String(proxy.port);
  return { direct, proxy, env: { SPARKY_DB_URL: url.href, SPARKY_ENABLE_AGENT_LOOP: "true" } };
}

test.each(["blackhole", "freeze"] as const)(
  "F115: a server whose connections have died in silence (%s) stops in order",
  async (loss) => {
    const { proxy, env } = await behindProxy();
    const sparky = await Sparky.start(env);
    onTestFinished(() => sparky[Symbol.asyncDispose]());
    // Several connections that rest.
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => sparky.api("GET", "/api/status")));
    proxy[loss]();
    // After seven seconds the process would end itself, with 1.
    await sparky.kill("SIGTERM");
    expect(await sparky.ended()).toBe(0);
  },
);

test("F114: a database that blinks when a server has just said that it is healthy does not end it", async () => {
  const { proxy, env } = await behindProxy();
  const port = await freePort();
  const starting = Sparky.start(env, ["--port", String(port)]);
  onTestFinished(async () => (await starting)[Symbol.asyncDispose]());
  const healthy = () =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
  while (!(await healthy())) await wait(2);
  proxy.cut();
  const sparky = await starting;
  expect(await healthy()).toBe(true);
  proxy.restore();
  for (let left = 200; left > 0; left--) {
    if (
      await sparky.api("GET", "/api/status").then(
        () => true,
        () => false,
      )
    )
      break;
    await wait(50);
  }
  const task = await sparky.addTask("Check knowledge graph stats");
  for (let left = 400; left > 0 && (await sparky.task(task.id)).status !== "completed"; left--) await wait(50);
  expect(await sparky.task(task.id)).toMatchObject({ status: "completed" });
});

test("F114: a start does not wait for a run whose chat somebody has locked", async () => {
  const { direct, env } = await behindProxy();
  const first = await Sparky.start(env);
  onTestFinished(() => first[Symbol.asyncDispose]());
  const { chatId } = await first.addTask("Check knowledge graph stats");
  await first.kill("SIGKILL");
  const admin = new Client({ connectionString: direct });
  await admin.connect();
  onTestFinished(() => admin.end());
  await admin.query("update runs set state = 'working', lease_until = 1, boot_id = 'gone', ended_at = null");
  await admin.query(`begin; update chats set title = title where id = '${chatId}'`);
  await first.startServer();
  // Started, and at work for others, while it is still held.
  const other = await first.addTask("Check knowledge graph stats");
  for (let left = 400; left > 0 && (await first.task(other.id)).status !== "completed"; left--) await wait(50);
  expect(await first.task(other.id)).toMatchObject({ status: "completed" });
  await admin.query("rollback");
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
