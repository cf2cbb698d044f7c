import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
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
const SETTLE_MS = 2000;
/** A log that fills the buffers of who does not read it. */
const LONG_LOG = 30_000;

type Round = Collected & Sent;

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
  const round = async (): Promise<Round> => {
    const sent = await server.ask<Sent>({
      do: "append",
      chatId,
      count: EVENTS,
      everyMs: EVERY_MS,
    } satisfies ServerQuestion);
    return { ...sent, ...(await watchers.ask<Collected>({ do: "collect", events: EVENTS } satisfies WatcherQuestion)) };
  };
  await round();
  const rounds = { without: [] as Round[], with: [] as Round[] };
  // In turns, so that what else the machine does falls on both.
  for (let i = 0; i < ROUNDS; i++) {
    rounds.without.push(await round());
    const deaf = await Promise.all(Array.from({ length: DEAF }, () => neverRead({ url, token, chatId: long })));
    // What they are sent until their buffers are full is like any other reader's catch-up, and not what is measured.
    await pause(SETTLE_MS);
    rounds.with.push(await round());
    for (const socket of deaf) socket.terminate();
  }
  const wrong = [...rounds.without, ...rounds.with].reduce((sum, { lost, doubled }) => sum + lost + doubled, 0);
  if (wrong > 0) throw new Error(`${wrong} events were lost or came twice`);
  const best = (some: readonly Round[], of: "p99" | "delayP99"): number => Math.min(...some.map((each) => each[of]));
  const [without, withThem] = [best(rounds.without, "p99"), best(rounds.with, "p99")];
  const delay = best(rounds.with, "delayP99");
  const times = withThem / without;
  return [
    {
      what: `${WATCHERS} watchers, ${DEAF} more that never read`,
      saw: `p99 ${without.toFixed(1)} ms without them, ${withThem.toFixed(1)} ms with them: ${times.toFixed(2)} times`,
      holds: times <= 1.5,
    },
    {
      what: "event-loop delay under it, p99",
      saw: `${delay.toFixed(1)} ms (promised: 20 ms)`,
      holds: delay <= 20,
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
