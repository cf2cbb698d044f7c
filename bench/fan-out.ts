import { startChild } from "./kit/child.ts";
import { sqliteDatabase } from "./kit/engines.ts";
import type { Figure } from "./kit/figure.ts";
import type { BareQuestion, Collected, Sent, ServerQuestion, ServerStarted, WatcherQuestion } from "./kit/questions.ts";

const ROUNDS = [
  { watchers: 100, events: 150, everyMs: 20, reach: 15 },
  { watchers: 1000, events: 60, everyMs: 100, reach: 60 },
] as const;
const WARM_UP = 20;

interface Measured extends Collected, Sent {}
type Round = (typeof ROUNDS)[number];

/** From an append to each of its watchers, over real sockets, with server and watchers in processes of their own. */
export async function fanOut(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const round of ROUNDS) {
    const raw = await bareRound(round);
    const ours = await sparkyRound(round);
    if (ours.lost + ours.doubled > 0) throw new Error(`${ours.lost} events were lost, ${ours.doubled} came twice`);
    const what = `append → ${round.watchers.toLocaleString("en")} watchers`;
    const limit = "`ws` sending the same, nothing stored";
    figures.push(
      { what: `${what}, median`, value: ours.p50, unit: "ms", reach: null, raw: { what: limit, value: raw.p50 } },
      {
        what: `${what}, p99`,
        value: ours.p99,
        unit: "ms",
        reach: round.reach,
        raw: { what: limit, value: raw.p99 },
        note: "none lost, none doubled",
      },
      {
        what: `event-loop delay under it, p99`,
        value: ours.delayP99,
        unit: "ms",
        reach: 20,
        raw: { what: limit, value: raw.delayP99 },
      },
    );
  }
  return figures;
}

async function sparkyRound(round: Round): Promise<Measured> {
  await using database = await sqliteDatabase();
  await using server = startChild("chat-server.ts");
  const { file } = database.place;
  const { url, token } = await server.ask<ServerStarted>({ do: "start", file } satisfies ServerQuestion);
  const chatId = await server.ask<string>({ do: "chat", events: 0 } satisfies ServerQuestion);
  return await watched({ url, token, chatId }, round, (count) =>
    server.ask<Sent>({ do: "append", chatId, count, everyMs: round.everyMs } satisfies ServerQuestion),
  );
}

async function bareRound(round: Round): Promise<Measured> {
  await using server = startChild("bare-sockets.ts");
  const url = await server.ask<string>({ do: "start" } satisfies BareQuestion);
  const chatId = "chat";
  return await watched({ url, token: null, chatId }, round, (count) =>
    server.ask<Sent>({ do: "send", chatId, count, everyMs: round.everyMs } satisfies BareQuestion),
  );
}

async function watched(
  target: Extract<WatcherQuestion, { do: "watch" }>["target"],
  { watchers: count, events }: Round,
  send: (count: number) => Promise<Sent>,
): Promise<Measured> {
  await using watchers = startChild("watchers.ts");
  await watchers.ask({ do: "watch", target, count } satisfies WatcherQuestion);
  await send(WARM_UP);
  await watchers.ask<Collected>({ do: "collect", events: WARM_UP } satisfies WatcherQuestion);
  const sent = await send(events);
  const collected = await watchers.ask<Collected>({ do: "collect", events } satisfies WatcherQuestion);
  return { ...collected, ...sent };
}
