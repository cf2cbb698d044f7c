import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { answerQuestions } from "./kit/child.ts";
import { deltaFrame, event, frameOf, workingEvent } from "./kit/event.ts";
import { sharedNow } from "./kit/measure.ts";
import { spentOn } from "./kit/paced.ts";
import type { BareQuestion, Sent } from "./kit/questions.ts";

/** `ws` and nothing else, sending the bytes that the product sends: what a machine can do at most. */

const PAGE = 200;
const HIGH_WATER_BYTES = 1_048_576;

const http = createServer((request, response) => {
  response.end("x".repeat(Number(new URL(request.url ?? "/", "http://x").searchParams.get("bytes"))));
});
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

answerQuestions(async (question: BareQuestion): Promise<unknown> => {
  switch (question.do) {
    case "start":
      http.listen(0, "127.0.0.1");
      await once(http, "listening");
      return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    case "send":
      return sendTimed(question.chatId, question.count, question.everyMs);
    case "deltas":
      return spentOn(question.count, (n) => {
        const frame = deltaFrame(question.chatId, n);
        for (const client of server.clients) client.send(frame);
      });
  }
});

/** `/replay?events=N` is sent N events at once; any other client waits for what `send` sends. */
server.on("connection", (socket, request) => {
  const events = Number(new URL(request.url ?? "/", "http://x").searchParams.get("events") ?? 0);
  if (events === 0) return;
  const frames: string[] = [];
  for (let n = 0; n < events; n += PAGE) {
    frames.push(
      frameOf(
        "chat",
        n + 1,
        Array.from({ length: Math.min(PAGE, events - n) }, (_, i) => workingEvent(n + i)),
      ),
    );
  }
  frames.push('{"type":"live"}');
  const next = (): void => {
    while (socket.bufferedAmount < HIGH_WATER_BYTES) {
      const frame = frames.shift();
      if (frame === undefined) return;
      socket.send(frame, next);
    }
  };
  socket.send('{"type":"ready"}', () => socket.once("message", next));
});

async function sendTimed(chatId: string, count: number, everyMs: number): Promise<Sent> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let seq = 1; seq <= count; seq++) {
    const frame = frameOf(chatId, seq, [event(sharedNow())]);
    for (const client of server.clients) client.send(frame);
    await pause(everyMs);
  }
  delay.disable();
  return { delayP99: Math.max(0, delay.percentile(99) / 1e6 - 1) };
}
