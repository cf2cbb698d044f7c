import type { Asked } from "./asked.ts";
import { dateFit } from "./dates.ts";

/**
 * The order of what is recalled: pure, so that it is the same whatever engine has given the candidates. The sums are BM25 with
 * other measures, over the item alone, over it with what stands around it, and over its session; see docs/design/memory.md.
 */

/** Some words: how often each stem that is looked for stands there, and how many words there are. */
export interface Words {
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

export interface Candidate extends Words {
  readonly id: number;
  /** Items of one session belong together; an item that has no session is one by itself. */
  readonly session: string;
  /** Where it stands among the items of its chat; null: it has no place among others. */
  readonly place: number | null;
  readonly author: string;
  readonly at: number;
  readonly tellsTime: boolean;
  readonly onlyAsks: boolean;
  /** What it is joined to, and not by a place. */
  readonly linked: readonly Words[];
}

/** What is known of all items together. */
export interface Extent {
  readonly items: number;
  readonly words: number;
  /** How many items hold each stem. */
  readonly holding: ReadonlyMap<string, number>;
}

/** The parts of a score: their sum, and why an item was found. */
export interface Parts {
  readonly own: number;
  readonly window: number;
  readonly session: number;
  readonly author: number;
  readonly date: number;
  readonly time: number;
  readonly question: number;
  readonly similar: number;
}

export interface Ranked {
  readonly id: number;
  readonly score: number;
  readonly parts: Parts;
  /** Stems that the item holds, and those that only stand around it. */
  readonly own: readonly string[];
  readonly around: readonly string[];
}

const WEIGHTS: Parts = { own: 0.5, window: 1, session: 1, author: 7, date: 10, time: 7, question: -2.5, similar: 2 };
/** From this standard score on an item is found by its meaning alone. */
export const MEANT = 1.5;
const BY_DISTANCE: readonly number[] = [1, 0.7, 0.5];
const LINKED = 0.5;

/**
 * What holds a word of the query, stands right beside one that does, or means the like; the best first, ties by id. `similar`:
 * standard scores above 0, by id.
 */
export function rank(
  asked: Asked,
  extent: Extent,
  candidates: readonly Candidate[],
  similar: ReadonlyMap<number, number> = new Map(),
): readonly Ranked[] {
  const average = extent.words / Math.max(extent.items, 1) || 1;
  const rarity = new Map(
    [...asked.stems].map(([stem, count]) => [stem, count * rarityOf(extent.items, extent.holding.get(stem) ?? 0)]),
  );
  const sessions = sessionScores(asked, candidates);
  const byPlace = new Map(candidates.map((each) => [placeKey(each.session, each.place), each]));
  const ranked = candidates.map((item): Ranked => {
    const window = windowOf(item, (place) => byPlace.get(placeKey(item.session, place)));
    const parts: Parts = {
      own: sumOf(rarity, item.counts, (tf) => (tf * 1.9) / (tf + 0.9 * (0.6 + (0.4 * item.length) / average))),
      window: sumOf(
        rarity,
        window.counts,
        (tf) => (tf * 2.2) / (tf + 1.2 * (0.5 + (0.5 * window.length) / (3.2 * average))),
      ),
      session: sessions.get(item.session) ?? 0,
      author: asked.author?.id === item.author ? 1 : 0,
      date: asked.date === null ? 0 : dateFit(asked.date, item.at),
      time: asked.asksTime && item.tellsTime ? 1 : 0,
      question: item.onlyAsks ? 1 : 0,
      similar: similar.get(item.id) ?? 0,
    };
    const own = [...asked.stems.keys()].filter((stem) => item.counts.has(stem));
    const around = [...asked.stems.keys()].filter((stem) => window.counts.has(stem) && !item.counts.has(stem));
    return { id: item.id, score: scoreOf(parts), parts, own, around };
  });
  const found = ranked.filter(({ parts }) => parts.window > 0 || parts.similar >= MEANT);
  return found.toSorted((a, b) => b.score - a.score || a.id - b.id);
}

export function scoreOf(parts: Parts): number {
  return (Object.keys(WEIGHTS) as (keyof Parts)[]).reduce((sum, part) => sum + WEIGHTS[part] * parts[part], 0);
}

/** Of `all`, so many hold it. */
export function rarityOf(all: number, holding: number): number {
  return Math.log(1 + (Math.max(all - holding, 0) + 0.5) / (holding + 0.5));
}

const placeKey = (session: string, place: number | null): string => `${session} ${place}`;

function sumOf(
  weights: ReadonlyMap<string, number>,
  counts: ReadonlyMap<string, number>,
  saturated: (count: number) => number,
): number {
  let sum = 0;
  for (const [stem, weight] of weights) {
    const count = counts.get(stem);
    if (count !== undefined) sum += weight * saturated(count);
  }
  return sum;
}

/** An item and what stands around it in its session, or is joined to it, as one text. */
function windowOf(item: Candidate, at: (place: number) => Words | undefined): Words {
  const counts = new Map<string, number>();
  let length = 0;
  const add = (words: Words | undefined, weight: number): void => {
    if (words === undefined) return;
    length += weight * words.length;
    for (const [stem, count] of words.counts) counts.set(stem, (counts.get(stem) ?? 0) + weight * count);
  };
  add(item, 1);
  for (const words of item.linked) add(words, LINKED);
  if (item.place !== null) {
    for (const [distance, weight] of BY_DISTANCE.entries()) {
      if (distance === 0) continue;
      add(at(item.place - distance), weight);
      add(at(item.place + distance), weight);
    }
  }
  return { counts, length };
}

/** From the loaded items alone. */
function sessionScores(asked: Asked, candidates: readonly Candidate[]): ReadonlyMap<string, number> {
  const totals = new Map<string, Map<string, number>>();
  for (const { session, counts } of candidates) {
    const total = totals.get(session) ?? new Map<string, number>();
    totals.set(session, total);
    for (const [stem, count] of counts) total.set(stem, (total.get(stem) ?? 0) + count);
  }
  const rarity = new Map(
    [...asked.stems].map(([stem, count]) => {
      const holding = [...totals.values()].filter((total) => total.has(stem)).length;
      return [stem, count * rarityOf(totals.size, holding)];
    }),
  );
  return new Map(
    [...totals].map(([session, total]) => [session, sumOf(rarity, total, (tf) => (tf * 2.2) / (tf + 1.2))]),
  );
}
