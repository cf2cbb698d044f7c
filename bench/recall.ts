import { createChat } from "../src/store/chats/chats.ts";
import type { Store } from "../src/store/database/store.ts";
import { userActor } from "../src/store/people/actors.ts";
import { ensureUsers } from "../src/store/people/users.ts";
import type { User } from "../src/store/people/user.ts";
import { indexRecall } from "../src/store/recall/indexing.ts";
import { recall } from "../src/store/recall/recall.ts";
import { Vectors } from "../src/store/recall/vectors.ts";
import { bareSqlite, eachDatabase } from "./kit/engines.ts";
import type { Figure, Setting } from "./kit/figure.ts";
import { quantile } from "./kit/measure.ts";

const ITEMS = 100_000;
const CHATS = 200;
const WORDS = 20_000;
const WORDS_IN_ITEM = 20;
const QUERIES = 200;
const REACH = { recallMs: 40, indexMs: 0.06 };
const VECTORS = 50_000;
const DIMENSIONS = 512;
const COMPARISONS = 20;

/** Recall over a long talk: what a question takes, and what it takes to have it indexed. */
export async function recallFigures(setting: Setting): Promise<Figure[]> {
  const figures: Figure[] = [];
  for await (const database of eachDatabase(setting)) {
    await using opened = database;
    await using store = await opened.open();
    const { owner } = await ensureUsers(store);
    const texts = await sayMuch(store, owner);
    const indexed = process.cpuUsage();
    while (!(await indexRecall(store, 5000))) continue;
    const perItem = cpuMs(indexed) / ITEMS;
    const queries = Array.from({ length: QUERIES }, (_, at) => questionOf(texts[(at * 487) % ITEMS] ?? ""));
    const [bareIndex, bareMs] = bare(texts, queries);
    const times: number[] = [];
    for (const query of queries) {
      // What the database's own process takes counts too: there is nothing else to wait for.
      const started = store.kind === "sqlite" ? process.cpuUsage() : performance.now();
      await recall(store, { viewer: owner, within: null }, { query });
      times.push(typeof started === "number" ? performance.now() - started : cpuMs(started));
    }
    const raw = { what: "FTS5's bm25, SQLite", value: bareMs };
    figures.push(
      {
        what: `recall over 100,000 items, p95, ${opened.name}`,
        value: quantile(times, 0.95),
        unit: "ms",
        reach: REACH.recallMs,
        raw,
      },
      {
        what: `an item into the index of recall, ${opened.name}`,
        value: perItem,
        unit: "ms",
        reach: REACH.indexMs,
        raw: { what: "an insert into FTS5", value: bareIndex },
      },
    );
  }
  return [...figures, await byMeaning()];
}

/** What a query by meaning takes beside the provider's own time, where there is as much as is ever compared. */
async function byMeaning(): Promise<Figure> {
  let seed = 11;
  const chance = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const made = (): Int8Array => Int8Array.from({ length: DIMENSIONS }, () => Math.round((chance() - 0.5) * 254));
  const vectors = new Vectors(DIMENSIONS);
  const ids = Array.from({ length: VECTORS }, (_, at) => at + 1);
  for (const id of ids) vectors.put({ id, chat: `${id % CHATS}`, place: Math.ceil(id / CHATS), session: 1 }, made());
  const plain = new Float32Array(VECTORS * DIMENSIONS).fill(0.5);
  const [times, bareTimes]: [number[], number[]] = [[], []];
  for (let n = 0; n < COMPARISONS; n++) {
    const query = made();
    const started = process.cpuUsage();
    await vectors.compare(query, ids);
    times.push(cpuMs(started));
    const bareStarted = process.cpuUsage();
    sums(plain, Float32Array.from(query));
    bareTimes.push(cpuMs(bareStarted));
  }
  return {
    what: "a query against 50,000 vectors of 512 numbers, p95",
    value: quantile(times, 0.95),
    unit: "ms",
    reach: null,
    raw: { what: "the multiplications alone", value: quantile(bareTimes, 0.95) },
  };
}

function sums(all: Float32Array, query: Float32Array): Float32Array {
  const found = new Float32Array(all.length / query.length);
  for (let from = 0, at = 0; from < all.length; from += query.length, at++) {
    let sum = 0;
    for (let i = 0; i < query.length; i++) sum += all[from + i]! * query[i]!;
    found[at] = sum;
  }
  return found;
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** Words as a language has them: a few stand everywhere, most nearly nowhere. */
function* texts(): Generator<string> {
  let seed = 7;
  const chance = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  for (let n = 0; n < ITEMS; n++) {
    const words = Array.from({ length: WORDS_IN_ITEM }, () => inLetters(Math.floor(WORDS ** chance())));
    yield words.join(" ");
  }
}

/** So that each has a stem to be found. */
const inLetters = (n: number): string =>
  `${String(n).replace(/\d/g, (digit) => "bcdfglmnrs".charAt(Number(digit)))}oning`;

async function sayMuch(store: Store, owner: User): Promise<readonly string[]> {
  const said = [...texts()];
  const actor = userActor(owner);
  const perChat = ITEMS / CHATS;
  for (let from = 0; from < said.length; from += perChat) {
    const { chat } = await createChat(store, owner, {});
    const events = said.slice(from, from + perChat).map((text) => ({
      ...({ type: "message", data: { role: "user", text }, runId: null, taskId: null, step: null } as const),
      actor,
    }));
    await store.append({ chatId: chat.id, events });
  }
  return said;
}

/** Four of its words, rare and frequent ones. */
const questionOf = (text: string): string => text.split(" ").slice(0, 4).join(" ");

function bare(said: readonly string[], queries: readonly string[]): readonly [perItem: number, p95: number] {
  const db = bareSqlite(":memory:");
  db.exec("create virtual table bare using fts5(words, content='', tokenize='ascii')");
  const insert = db.prepare("insert into bare (rowid, words) values (?, ?)");
  const started = process.cpuUsage();
  db.transaction(() => said.forEach((text, at) => insert.run(at + 1, text)))();
  const perItem = cpuMs(started) / said.length;
  const find = db.prepare("select rowid from bare where bare match ? order by bm25(bare) limit 100");
  const times = queries.map((query) => {
    const asked = process.cpuUsage();
    find.all(
      query
        .split(" ")
        .map((word) => `"${word}"`)
        .join(" OR "),
    );
    return cpuMs(asked);
  });
  db.close();
  return [perItem, quantile(times, 0.95)];
}
