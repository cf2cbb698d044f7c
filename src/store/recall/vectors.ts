import { breathe } from "../database/breathe.ts";

/** Vectors in memory, a byte for each dimension, and how like a query they are. */

export interface Placed {
  readonly id: number;
  /** Where it stands among the items of its chat; null: it has no place among others. */
  readonly chat: string | null;
  readonly place: number | null;
  readonly session: number | null;
}

interface Kept extends Placed {
  readonly slot: number;
  readonly norm: number;
  /** With the query that is just being compared; NaN between. */
  cosine: number;
}

/** Vectors in one piece of memory. */
const BLOCK = 1024;
/** Multiplications between two breaths: a few milliseconds. */
const PORTION = 4_000_000;
/** What stands one and two places beside it counts too. */
const BESIDE: readonly number[] = [0.7, 0.5];

export class Vectors {
  readonly dimensions: number;
  readonly #blocks: Int8Array[] = [];
  readonly #kept = new Map<number, Kept>();
  readonly #free: number[] = [];
  readonly #places = new Map<string, Map<number, Kept>>();

  constructor(dimensions: number) {
    this.dimensions = dimensions;
  }

  get size(): number {
    return this.#kept.size;
  }

  put(item: Placed, vector: Int8Array): void {
    if (vector.length !== this.dimensions) return;
    this.drop(item.id);
    const slot = this.#free.pop() ?? this.#kept.size;
    const block = (this.#blocks[Math.floor(slot / BLOCK)] ??= new Int8Array(BLOCK * this.dimensions));
    block.set(vector, (slot % BLOCK) * this.dimensions);
    const kept = { ...item, slot, norm: Math.sqrt(dot(vector, 0, vector)), cosine: Number.NaN };
    this.#kept.set(item.id, kept);
    if (item.chat === null || item.place === null) return;
    const places = this.#places.get(item.chat) ?? new Map<number, Kept>();
    this.#places.set(item.chat, places.set(item.place, kept));
  }

  /** Overwritten too: what was forgotten is in memory no more. */
  drop(id: number): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    this.#free.push(kept.slot);
    const from = (kept.slot % BLOCK) * this.dimensions;
    this.#blocks[Math.floor(kept.slot / BLOCK)]?.fill(0, from, from + this.dimensions);
    const places = kept.chat === null ? undefined : this.#places.get(kept.chat);
    if (places === undefined || kept.place === null || places.get(kept.place) !== kept) return;
    places.delete(kept.place);
    if (places.size === 0 && kept.chat !== null) this.#places.delete(kept.chat);
  }

  keepOnly(ids: ReadonlySet<number>): void {
    for (const id of this.#kept.keys()) if (!ids.has(id)) this.drop(id);
  }

  /** The standard score of each among these, where it is above 0; and how many of them are here at all. */
  async compare(
    query: Int8Array,
    ids: readonly number[],
  ): Promise<{ readonly scores: ReadonlyMap<number, number>; readonly compared: number }> {
    const norm = Math.sqrt(dot(query, 0, query));
    const cosines = new Float64Array(ids.length).fill(Number.NaN);
    const step = Math.max(1, Math.floor(PORTION / this.dimensions));
    for (let from = 0; from < ids.length; from += step) {
      if (from > 0) await breathe();
      for (let at = from; at < Math.min(from + step, ids.length); at++) {
        const kept = this.#kept.get(ids[at] ?? 0);
        const block = kept === undefined ? undefined : this.#blocks[Math.floor(kept.slot / BLOCK)];
        if (kept === undefined || block === undefined) continue;
        cosines[at] = dot(block, (kept.slot % BLOCK) * this.dimensions, query) / (kept.norm * norm);
      }
    }
    // In one go: others may compare at the same time, and something may be dropped.
    const compared: Kept[] = [];
    for (const [at, cosine] of cosines.entries()) {
      const kept = Number.isNaN(cosine) ? undefined : this.#kept.get(ids[at] ?? 0);
      if (kept === undefined) continue;
      kept.cosine = cosine;
      compared.push(kept);
    }
    const smooth = compared.map((kept) => this.#smoothed(kept));
    for (const kept of compared) kept.cosine = Number.NaN;
    return { scores: standardScores(compared, smooth), compared: compared.length };
  }

  /** The mean over it and what stands within two places of it in its session, of what is compared. */
  #smoothed({ chat, place, session, cosine }: Kept): number {
    const places = chat === null ? undefined : this.#places.get(chat);
    if (places === undefined || place === null) return cosine;
    let [sum, weights] = [cosine, 1];
    const add = (at: number, weight: number): void => {
      const beside = places.get(at);
      if (beside === undefined || beside.session !== session || Number.isNaN(beside.cosine)) return;
      sum += weight * beside.cosine;
      weights += weight;
    };
    for (const [at, weight] of BESIDE.entries()) {
      add(place - at - 1, weight);
      add(place + at + 1, weight);
    }
    return sum / weights;
  }
}

function standardScores(items: readonly Placed[], values: readonly number[]): ReadonlyMap<number, number> {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  const deviation = Math.sqrt(Math.max(squares / values.length - mean * mean, 0));
  const scores = new Map<number, number>();
  // Where all are alike by a hair, none stands out.
  if (!(deviation > 1e-6)) return scores;
  for (const [at, value] of values.entries()) {
    const id = items[at]?.id;
    if (id !== undefined && value > mean) scores.set(id, (value - mean) / deviation);
  }
  return scores;
}

function dot(block: Int8Array, from: number, other: Int8Array): number {
  let sum = 0;
  // Both have so many: this is where the time goes.
  for (let at = 0; at < other.length; at++) sum += block[from + at]! * other[at]!;
  return sum;
}

/** null: it points nowhere. Every number must be one. */
export function quantised(vector: readonly number[]): Int8Array | null {
  const most = vector.reduce((max, each) => Math.max(max, Math.abs(each)), 0);
  if (most === 0) return null;
  return Int8Array.from(vector, (each) => Math.round((each / most) * 127));
}

/** As it stands in the database. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Int8Array =>
  new Int8Array(buffer, byteOffset, byteLength);
