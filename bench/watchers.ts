import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { answerQuestions } from "./kit/child.ts";
import { quantile, sharedNow } from "./kit/measure.ts";
import type { Collected, Target, WatcherQuestion } from "./kit/questions.ts";

/** Many watchers of one chat, in a process of their own, each over a socket of its own. */

const PATIENCE_MS = 15_000;

interface Watcher {
  readonly socket: WebSocket;
  readonly seqs: number[];
}

interface Frame {
  readonly type: string;
  readonly events?: readonly { readonly seq: number; readonly data: { readonly text?: string } }[];
}

let watchers: Watcher[] = [];
const latencies: number[] = [];

answerQuestions(async (question: WatcherQuestion): Promise<unknown> => {
  switch (question.do) {
    case "watch":
      watchers.forEach(({ socket }) => socket.terminate());
      watchers = [];
      while (watchers.length < question.count) watchers.push(await watch(question.target));
      return watchers.length;
    case "collect":
      return collect(question.events);
  }
});

/** Resolves when the watcher is live. */
async function watch({ url, token, chatId }: Target): Promise<Watcher> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, { perMessageDeflate: false });
  const watcher: Watcher = { socket, seqs: [] };
  const { promise: live, resolve } = Promise.withResolvers<void>();
  socket.on("message", (data) => {
    const arrived = sharedNow();
    const frame = JSON.parse((data as Buffer).toString("utf8")) as Frame;
    if (frame.type === "live") resolve();
    for (const { seq, data: said } of frame.events ?? []) {
      const sent = Number(said.text?.split(" ", 1)[0]);
      if (!Number.isFinite(sent)) continue;
      watcher.seqs.push(seq);
      latencies.push(arrived - sent);
    }
  });
  await once(socket, "open");
  if (token === null) return watcher;
  socket.send(JSON.stringify({ type: "hello", v: 1, token }));
  socket.send(JSON.stringify({ type: "subscribe", sub: "s", chatId, after: 0 }));
  await live;
  return watcher;
}

async function collect(events: number): Promise<Collected> {
  const deadline = performance.now() + PATIENCE_MS;
  while (watchers.some(({ seqs }) => seqs.length < events) && performance.now() < deadline) await pause(20);
  // What comes twice comes late.
  await pause(200);
  const distinct = watchers.map(({ seqs }) => new Set(seqs).size);
  const measured = { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
  const lost = distinct.reduce((sum, count) => sum + Math.max(0, events - count), 0);
  const doubled = watchers.reduce((sum, { seqs }, i) => sum + seqs.length - (distinct[i] ?? 0), 0);
  for (const { seqs } of watchers) seqs.length = 0;
  latencies.length = 0;
  return { ...measured, lost, doubled };
}
