import { once } from "node:events";
import { WebSocket } from "ws";
import { startChild } from "../kit/child.ts";
import { sqliteDatabase } from "../kit/engines.ts";
import type { Collected, Sent, ServerQuestion, ServerStarted, Target, WatcherQuestion } from "../kit/questions.ts";
import type { Seen } from "./seen.ts";

const WATCHERS = 1000;
const DEAF = 10;
const ROUNDS = 3;
const EVENTS = 60;
const EVERY_MS = 100;
/** A log that fills the buffers of who does not read it. */
const LONG_LOG = 30_000;

/** A thousand watchers, and then ten more that ask for a long log and never read. */
export async function slowReaders(): Promise<Seen[]> {
  await using database = await sqliteDatabase();
  await using server = startChild("chat-server.ts");
  const { url, token } = await server.ask<ServerStarted>({
    do: "start",
    file: database.place.file,
  } satisfies ServerQuestion);
  const chat = (events: number): Promise<string> => server.ask({ do: "chat", events } satisfies ServerQuestion);
  const [chatId, long] = [await chat(0), await chat(LONG_LOG)];
  await using watchers = startChild("watchers.ts");
  await watchers.ask({ do: "watch", target: { url, token, chatId }, count: WATCHERS } satisfies WatcherQuestion);
  const round = async (): Promise<Collected & Sent> => {
    const sent = await server.ask<Sent>({
      do: "append",
      chatId,
      count: EVENTS,
      everyMs: EVERY_MS,
    } satisfies ServerQuestion);
    return { ...sent, ...(await watchers.ask<Collected>({ do: "collect", events: EVENTS } satisfies WatcherQuestion)) };
  };
  const best = async (): Promise<Collected & Sent> => {
    const all: (Collected & Sent)[] = [];
    for (let i = 0; i < ROUNDS; i++) all.push(await round());
    const wrong = all.reduce((sum, { lost, doubled }) => sum + lost + doubled, 0);
    if (wrong > 0) throw new Error(`${wrong} events were lost or came twice`);
    return all.toSorted((a, b) => a.p99 - b.p99)[0] as Collected & Sent;
  };
  await round();
  const without = await best();
  const deaf = await Promise.all(Array.from({ length: DEAF }, () => neverRead({ url, token, chatId: long })));
  const withThem = await best();
  for (const socket of deaf) socket.terminate();
  const times = withThem.p99 / without.p99;
  return [
    {
      what: `${WATCHERS} watchers, ${DEAF} more that never read`,
      saw: `p99 ${without.p99.toFixed(1)} ms without them, ${withThem.p99.toFixed(1)} ms with them: ${times.toFixed(2)} times`,
      holds: times <= 1.5,
    },
    {
      what: "event-loop delay under it, p99",
      saw: `${withThem.delayP99.toFixed(1)} ms (promised: 20 ms)`,
      holds: withThem.delayP99 <= 20,
    },
  ];
}

async function neverRead({ url, token, chatId }: Target): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, { perMessageDeflate: false });
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "hello", v: 1, token }));
  socket.send(JSON.stringify({ type: "subscribe", sub: "s", chatId, after: 0 }));
  socket.pause();
  return socket;
}
