import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { median } from "../kit/measure.ts";
import { benchHome, call, freePort, startSparky, type BenchHome, type Served } from "../kit/server.ts";
import type { Seen } from "./seen.ts";

/** How long memory is looked at, for its median: the collector makes it rise and fall. */
const LOOK_MS = 15_000;

/** Rounds at a time: so many that all code is warm and all caches are filled within the first minute. */
const LANES = 4;

/** Chats, runs, tasks and watchers come and go; the server's memory after each minute, and whether the last is what the first was. */
export async function churn(minutes: number): Promise<Seen[]> {
  await using home = await benchHome();
  await using server = await startSparky(home, await freePort(), ["--agent-loop"]);
  const started = performance.now();
  let rounds = 0;
  let over = false;
  const lane = async (): Promise<void> => {
    while (!over) await comeAndGo(home, server, rounds++);
  };
  const churning = Promise.all(Array.from({ length: LANES }, lane));
  const memoryAt = async (ms: number): Promise<number> => {
    await pause(Math.max(0, started + ms - LOOK_MS - performance.now()));
    const seen: number[] = [];
    while (performance.now() < started + ms) {
      seen.push(rssOf(server.process.pid ?? 0));
      await pause(250);
    }
    return median(seen);
  };
  const total = Math.max(2, minutes);
  const first = await memoryAt(60_000);
  let last = first;
  for (let minute = 1; ; minute++) {
    console.error(`minute ${minute}: ${last.toFixed(0)} MB after ${rounds.toLocaleString("en")} rounds`);
    if (minute >= total) break;
    last = await memoryAt((minute + 1) * 60_000);
  }
  over = true;
  await churning;
  const times = last / first;
  return [
    {
      what: `memory after ${total} minutes of churn (${rounds.toLocaleString("en")} rounds)`,
      saw: `${first.toFixed(0)} MB after one minute, ${last.toFixed(0)} MB at the end: ${times.toFixed(2)} times`,
      holds: times <= 1.1,
    },
  ];
}

async function comeAndGo(home: BenchHome, { url }: Served, n: number): Promise<void> {
  const { id: chatId } = await call<{ id: string }>(home, `${url}/api/chats`, "POST", { title: `chat ${n}` });
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, { perMessageDeflate: false });
  socket.on("error", () => {});
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "hello", v: 1, token: readFileSync(join(home.path, "token"), "utf8").trim() }));
  socket.send(JSON.stringify({ type: "subscribe", sub: "s", chatId, after: 0, deltas: true }));
  if (n % 2 === 0) await call(home, `${url}/api/chats/${chatId}/messages`, "POST", { text: "hello" });
  else await call(home, `${url}/api/tasks`, "POST", { instruction: "Check knowledge graph stats", chatId });
  await pause(30);
  socket.terminate();
  await call(home, `${url}/api/tasks?limit=20`, "GET");
  const authorization = `Bearer ${readFileSync(join(home.path, "token"), "utf8").trim()}`;
  const deleteIt = (): Promise<Response> =>
    fetch(`${url}/api/chats/${chatId}`, { method: "DELETE", headers: { authorization } });
  // A server may close a connection that was idle for long just as it is used again, which nothing but a second try tells.
  await deleteIt().catch(deleteIt);
}

/** In MB. */
function rssOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
