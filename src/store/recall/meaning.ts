import { sql } from "kysely";
import type { Embedder, NotEmbedded } from "../../core/embedder.ts";
import { piece } from "../../core/text.ts";
import { breathe } from "../database/breathe.ts";
import type { Store } from "../database/store.ts";
import { joined, numbersIn } from "./candidates.ts";
import { giveMeaning, type Likeness } from "./likeness.ts";
import { bytesOf, quantised, Vectors } from "./vectors.ts";

/**
 * How like a query items are in meaning, by an embedding model: beside the words, and never instead of them. What its provider
 * does costs a note at most.
 */

/** Somebody waits for an answer: a model that has to be loaded first is not waited for. */
const QUERY_MS = 5000;
/** After a failure words alone are asked for so long. */
const REST_MS = 30_000;
export const MOST_TEXT = 2000;
const MOST_DIMENSIONS = 8192;
/** After so many answers of another length, with none of the right one between, that is the right one. */
const TIMES_OTHER = 3;
const MOST_QUERIES = 32;
const LOADED = 1000;
/** So many that were just said are of no account. */
const FEW = 64;

/** What a model's vectors are kept in, from when it is known how long they are. */
interface Space {
  readonly model: string;
  readonly vectors: Vectors;
  /** The last that was read. */
  seen: number;
}

export interface MeaningOptions {
  /** Called before a text is masked: other nodes may have been told more. */
  readonly learnSecrets?: () => Promise<void>;
  readonly queryMs?: number;
}

export class Meaning implements Disposable {
  readonly #store: Store;
  readonly #embedder: Embedder;
  readonly #learnSecrets: () => Promise<void>;
  readonly #queryMs: number;
  readonly #closing = new AbortController();
  #space: Space | null = null;
  readonly #queries = new Map<string, Int8Array>();
  #restUntil = -Infinity;
  #otherLength = { length: 0, times: 0 };
  #why = "";
  #reading: Promise<unknown> = Promise.resolve();

  constructor(store: Store, embedder: Embedder, { learnSecrets, queryMs }: MeaningOptions = {}) {
    this.#store = store;
    this.#embedder = embedder;
    this.#learnSecrets = learnSecrets ?? (async () => {});
    this.#queryMs = queryMs ?? QUERY_MS;
    giveMeaning(store, this);
  }

  get model(): string {
    return this.#embedder.model;
  }

  /** null: not known before its first answer since the start. */
  get dimensions(): number | null {
    return this.#current()?.vectors.dimensions ?? null;
  }

  /** How many vectors are in memory. */
  get held(): number {
    return this.#current()?.vectors.size ?? 0;
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
  }

  async likeness(query: string, among: () => Promise<readonly number[]>, signal?: AbortSignal): Promise<Likeness> {
    const vector = await this.#queryVector(query, signal);
    const space = this.#current();
    if ("why" in vector || space === null) {
      const why = "why" in vector ? vector.why : "the model was changed just now";
      return { scores: new Map(), chance: Infinity, note: `found by words alone: ${why}` };
    }
    await this.#read(space);
    const ids = await among();
    const { scores, compared } = await space.vectors.compare(vector, ids);
    const few = ids.length - compared <= FEW;
    const note = `${compared} of the last ${ids.length} items were compared by meaning, the others by their words alone`;
    return { scores, chance: bestByChance(compared), ...(!few && { note }) };
  }

  async #queryVector(query: string, signal?: AbortSignal): Promise<Int8Array | { readonly why: string }> {
    const text = piece((await this.secrets()).text(query), 0, MOST_TEXT);
    const known = this.#current() === null ? undefined : this.#queries.get(text);
    if (known !== undefined) return known;
    if (performance.now() < this.#restUntil) return { why: this.#why };
    const made = await this.embed([text], "query", this.#queryMs, signal);
    if ("why" in made) {
      // Neither one that was stopped nor one that is refused by itself says anything of the next.
      if (signal?.aborted !== true && !made.refused) this.#rest(made.why);
      return made;
    }
    const [vector] = made;
    if (vector === undefined || vector === null) return { why: `${this.model} finds no meaning in the query` };
    if (this.#queries.size >= MOST_QUERIES) this.#queries.clear();
    this.#queries.set(text, vector);
    return vector;
  }

  /** What masks a text before it leaves. */
  async secrets(): Promise<Store["secrets"]> {
    await this.#learnSecrets();
    return this.#store.secrets;
  }

  #rest(why: string): void {
    this.#why = why;
    this.#restUntil = performance.now() + REST_MS;
  }

  /** A vector for each text; null: it has none. Texts are masked and cut already. */
  async embed(
    texts: readonly string[],
    what: "query" | "text",
    ms: number,
    signal?: AbortSignal,
  ): Promise<readonly (Int8Array | null)[] | NotEmbedded> {
    const { model } = this;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), ms);
    timer.unref();
    try {
      const signals = [late.signal, this.#closing.signal, ...(signal === undefined ? [] : [signal])];
      const made = await this.#embedder.embed(texts, what, AbortSignal.any(signals));
      if (late.signal.aborted) return bad(`${model} did not answer within ${ms / 1000} s`);
      if ("why" in made) return made;
      return this.#checked(model, texts.length, made.vectors);
    } finally {
      clearTimeout(timer);
    }
  }

  #checked(
    model: string,
    wanted: number,
    vectors: readonly (readonly number[])[],
  ): readonly (Int8Array | null)[] | NotEmbedded {
    const length = vectors[0]?.length ?? 0;
    if (vectors.length !== wanted) return bad(`${model} gave ${vectors.length} vectors for ${wanted} texts`);
    if (vectors.some((vector) => vector.length !== length)) return bad(`${model} gave vectors of different lengths`);
    if (length < 1 || length > MOST_DIMENSIONS) return bad(`${model} gave vectors of ${length} numbers`);
    if (!vectors.every((vector) => vector.every(Number.isFinite))) return bad(`${model} gave what is no number`);
    if (model !== this.model) return bad("the model was changed meanwhile");
    const before = this.#current()?.vectors.dimensions;
    if (before !== undefined && before !== length && !this.#isOther(length)) {
      return bad(`${model} gave vectors of ${length} numbers, and of ${before} before`);
    }
    this.#otherLength = { length: 0, times: 0 };
    if (before !== length) {
      this.#space = { model, vectors: new Vectors(length), seen: 0 };
      this.#queries.clear();
    }
    this.#restUntil = -Infinity;
    return vectors.map(quantised);
  }

  /** Whether it is another model by now, under the same name: once is a mistake. */
  #isOther(length: number): boolean {
    const { length: before, times } = this.#otherLength;
    this.#otherLength = { length, times: before === length ? times + 1 : 1 };
    return this.#otherLength.times >= TIMES_OTHER;
  }

  /** Another model's vectors are of no use. */
  #current(): Space | null {
    return this.#space?.model === this.model ? this.#space : null;
  }

  /** What was written since; the first time everything. */
  async #read(space: Space): Promise<void> {
    const mine = this.#reading.then(() => this.#readOn(space));
    this.#reading = mine.catch(() => {});
    return mine;
  }

  async #readOn(space: Space): Promise<void> {
    const { model, vectors } = space;
    for (let more = true; more;) {
      const rows = await this.#store.db
        .selectFrom("recall_vectors as v")
        .innerJoin("recall_items as i", "i.id", "v.item_id")
        .select(["v.item_id", "v.vector", "v.written", "i.chat_id", "i.place", "i.session"])
        .where("v.model", "=", model)
        .where("v.dimensions", "=", vectors.dimensions)
        .where("v.written", ">", space.seen)
        .orderBy("v.written")
        .limit(LOADED)
        .execute();
      for (const { item_id: id, vector, chat_id: chat, place, session } of rows) {
        vectors.put({ id, chat, place, session }, bytesOf(vector));
      }
      space.seen = rows.at(-1)?.written ?? space.seen;
      more = rows.length === LOADED;
      if (more) await breathe();
    }
  }

  /** Takes out of memory what is there no more; another model's vectors too. */
  async tidy(): Promise<void> {
    const space = this.#current();
    if (space === null) this.#space = null;
    if (space === null || this.held === 0) return;
    await this.#read(space);
    const { db, kind } = this.#store;
    const those = sql`FROM recall_vectors WHERE model = ${space.model} AND dimensions = ${space.vectors.dimensions}
      AND written <= ${space.seen}`;
    const counted = await sql<{ count: number }>`SELECT count(*) AS count ${those}`.execute(db);
    if (Number(counted.rows[0]?.count) >= space.vectors.size) return;
    const { rows } = await sql<{ ids: string | null }>`SELECT ${joined(kind, "item_id")} AS ids ${those}`.execute(db);
    space.vectors.keepOnly(new Set(numbersIn(rows[0]?.ids ?? null)));
  }
}

/** About the highest standard score among so many of which none is like the query. */
const bestByChance = (compared: number): number => Math.sqrt(2 * Math.log(Math.max(compared, 1)));

const bad = (why: string): NotEmbedded => ({ why, refused: false });
