import { sql } from "kysely";
import { agentDeps } from "../test/kit/worker.ts";
import { ageHome } from "../test/kit/aged-home.ts";
import { call, say, scriptedModel } from "../test/kit/scripted-model.ts";
import { workRun } from "../src/agent/run.ts";
import { postMessage } from "../src/store/chats/messages.ts";
import { createChat } from "../src/store/chats/chats.ts";
import type { Store } from "../src/store/database/store.ts";
import type { User } from "../src/store/people/user.ts";
import { Loop } from "../src/worker/loop.ts";
import { eachDatabase, type BenchDatabase } from "./kit/engines.ts";
import type { Figure, Setting } from "./kit/figure.ts";
import { median } from "./kit/measure.ts";

const HOME = { chats: 1000, events: 50_000, runs: 500, rows: 10 };
const WARM_UP = 10;
const TURNS = 40;
const REACH_MS = 15;

/** What the processor does for a turn of three steps, two of which call a tool, with a model that answers at once. */
export async function turns(setting: Setting): Promise<Figure[]> {
  const figures: Figure[] = [];
  for await (const database of eachDatabase(setting)) {
    await using opened = database;
    figures.push(...(await turnsIn(opened)));
  }
  return figures;
}

async function turnsIn(database: BenchDatabase): Promise<Figure[]> {
  await using store = await database.open();
  const { owner, longChat } = await ageHome(store, HOME);
  // The index of what was said has all of it, as it has in a home that was at work all the time.
  await sql`INSERT INTO recall_chats (chat_id, seq) SELECT id, head FROM chats`.execute(store.db);
  const { chat } = await createChat(store, owner, { title: "short" });
  await using agent = await quickAgent(store);
  const young = await processorTimes(store, owner, agent, chat.id);
  const old = await processorTimes(store, owner, agent, longChat);
  const figure = (where: string, value: number, raw: Figure["raw"]): Figure => ({
    what: `processor time of a turn of three steps, ${where}, ${database.name}`,
    ...{ value, unit: "ms", reach: REACH_MS, raw },
  });
  return [
    figure("in a chat of a few events", median(young), null),
    figure("in a chat of 50,000", median(old), { what: "in a chat of a few events", value: median(young) }),
  ];
}

interface QuickAgent extends AsyncDisposable {
  /** Resolves when the next run has ended. */
  ended(): Promise<void>;
}

async function quickAgent(store: Store): Promise<QuickAgent> {
  const model = scriptedModel(({ messages, tools }) => {
    if (tools.length === 0) return [say("The record: all is well.")];
    const last = messages.at(-1);
    const called = last?.role === "tool" ? messages.slice(-4).filter(({ role }) => role === "tool").length : 0;
    return called === 2 ? [say("Done.")] : [call("current_time")];
  });
  const deps = agentDeps(store, { model, recall: true });
  let next: (() => void) | undefined;
  const loop = new Loop({
    store,
    async work(claimed, signal) {
      await workRun(deps, claimed, signal);
      next?.();
    },
    ...{ tasks: true, concurrency: 1, pollMs: 60_000, log: deps.log },
  });
  await loop.start();
  return {
    ended: () => new Promise((resolve) => (next = resolve)),
    [Symbol.asyncDispose]: () => loop[Symbol.asyncDispose](),
  };
}

async function processorTimes(store: Store, owner: User, agent: QuickAgent, chatId: string): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + TURNS; n++) {
    const before = process.cpuUsage();
    const ended = agent.ended();
    await postMessage(store, owner, chatId, { text: `Look at it once more, for the ${n}th time` });
    await ended;
    const { user, system } = process.cpuUsage(before);
    if (n >= WARM_UP) times.push((user + system) / 1000);
  }
  return times;
}
