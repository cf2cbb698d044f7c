import { bareClient, bareSqlite, eachDatabase, type BenchDatabase } from "./kit/engines.ts";
import type { Figure, Setting } from "./kit/figure.ts";
import { BODY, event } from "./kit/event.ts";
import { rateInFlight, rateOf } from "./kit/measure.ts";
import { createChat } from "../src/store/chats/chats.ts";
import { ensureUsers } from "../src/store/people/users.ts";

const MS = 1500;
const IN_FLIGHT = 500;
const BATCHED = 40_000;
/** Events come from many chats at the same time, not from one. */
const CHATS = 50;

interface Rates {
  readonly oneByOne: number;
  readonly batched: number;
}

const REACH = {
  SQLite: { oneByOne: 3000, batched: { times: 1.6 } },
  PostgreSQL: { oneByOne: 2000, batched: { times: 2 } },
};

/** Events a second that are on the disk when the append resolves. */
export async function append(setting: Setting): Promise<Figure[]> {
  const figures: Figure[] = [];
  for await (const database of eachDatabase(setting)) {
    await using opened = database;
    const raw = await bareRates(opened);
    const ours = await storeRates(opened);
    const { name } = opened;
    figures.push(
      {
        what: `durable append, one by one, ${name}`,
        value: ours.oneByOne,
        unit: "/s",
        reach: REACH[name].oneByOne,
        raw: { what: "one insert a commit", value: raw.oneByOne },
      },
      {
        what: `durable append, ${IN_FLIGHT} in flight, ${name}`,
        value: ours.batched,
        unit: "/s",
        reach: REACH[name].batched,
        raw: { what: `${IN_FLIGHT} inserts a commit`, value: raw.batched },
      },
    );
  }
  return figures;
}

async function storeRates(database: BenchDatabase): Promise<Rates> {
  await using store = await database.open();
  const { owner } = await ensureUsers(store);
  const chats: string[] = [];
  while (chats.length < CHATS) chats.push((await createChat(store, owner, {})).chat.id);
  let turn = 0;
  const one = (): Promise<unknown> => {
    const chatId = chats[turn++ % CHATS] ?? "";
    return store.append({ chatId, events: [event(turn)] });
  };
  const oneByOne = await rateOf(MS, one);
  await rateInFlight(BATCHED / 4, IN_FLIGHT, one);
  return { oneByOne, batched: await rateInFlight(BATCHED, IN_FLIGHT, one) };
}

function bareRates({ place }: BenchDatabase): Promise<Rates> {
  return place.kind === "sqlite" ? bareSqliteRates(`${place.file}-bare`) : barePostgresRates(place.url);
}

async function bareSqliteRates(file: string): Promise<Rates> {
  const db = bareSqlite(file);
  db.exec("create table bare (chat text, seq integer, body text, primary key (chat, seq)) strict, without rowid");
  const insert = db.prepare("insert into bare values (?, ?, ?)");
  let seq = 0;
  const one = (): void => void insert.run(`chat${seq % CHATS}`, seq++, BODY);
  const many = db.transaction(() => {
    for (let i = 0; i < IN_FLIGHT; i++) one();
  });
  const oneByOne = await rateOf(MS, one);
  const batched = (await rateOf(MS, many)) * IN_FLIGHT;
  db.close();
  return { oneByOne, batched };
}

async function barePostgresRates(url: string): Promise<Rates> {
  await using connection = await bareClient(url);
  const { client } = connection;
  await client.query("create table bare (chat text, seq bigint, body text, primary key (chat, seq))");
  let seq = 0;
  const rows = (count: number) => ({
    name: "insert",
    text: "insert into bare select * from unnest($1::text[], $2::bigint[], $3::text[])",
    values: [
      Array.from({ length: count }, (_, i) => `chat${(seq + i) % CHATS}`),
      Array.from({ length: count }, () => seq++),
      Array.from({ length: count }, () => BODY),
    ],
  });
  const oneByOne = await rateOf(MS, () => client.query(rows(1)));
  const batched = (await rateOf(MS, () => client.query(rows(IN_FLIGHT)))) * IN_FLIGHT;
  return { oneByOne, batched };
}
