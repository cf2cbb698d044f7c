import { createHash } from "node:crypto";
import type { NotEmbedded } from "../../core/embedder.ts";
import { piece } from "../../core/text.ts";
import type { Store, Tx } from "../database/store.ts";
import { lockIndex } from "./indexing.ts";
import { MOST_TEXT, type Meaning } from "./meaning.ts";
import { wholeTexts, type TextItem } from "./texts.ts";
import { bytesOf } from "./vectors.ts";

/** Makes the vectors of what can be recalled, behind its index: a batch at a time, of several nodes one. */

/** Texts in one call, at most. */
const BATCH = 64;
/** Numbers of items that are looked through at once for those without a vector. */
const LOOK = 5000;
/** So many items have vectors, those that were indexed last. */
const MOST_ITEMS = 50_000;
/** How many are new before it is asked again which those are. */
const NEW_ITEMS = 500;
const TEXTS_MS = 60_000;
/** Longer than a batch takes: a node that vanished keeps the others from it for so long. */
const HELD_MS = 120_000;
/** A look at everything finds what was passed over, such as a chat whose deletion was taken back. */
const WHOLE_MS = 3_600_000;

const IDLE_MS = 2000;
const BUSY_MS = 50;
const FAILED_MS = { first: 5000, last: 300_000, asked: 3_600_000 };

export class Embedding {
  readonly #store: Store;
  readonly #meaning: Meaning;
  readonly #mostItems: number;
  /** All items up to this number are done, since `whole`, for this model and these dimensions. */
  #done = 0;
  #whole = -Infinity;
  #of = "";
  #floor = { id: 0, last: -Infinity };
  #failures = 0;
  /** Fewer after a failure: a small machine may not get through so many in time. */
  #batchSize = BATCH;

  constructor(store: Store, meaning: Meaning, mostItems = MOST_ITEMS) {
    this.#store = store;
    this.#meaning = meaning;
    this.#mostItems = mostItems;
  }

  /** Does the next portion; `onFailure` is told what a provider did. Gives how long to wait before the next, in milliseconds. */
  async portion(signal: AbortSignal, onFailure: (why: string) => void = () => {}): Promise<number> {
    await this.#meaning.tidy();
    const { last_id: last, items } = await this.#store.db
      .selectFrom("recall_extent")
      .select(["last_id", "items"])
      .executeTakeFirstOrThrow();
    this.#beginAnew();
    if (this.#done >= last) return IDLE_MS;
    await this.#findFloor(last, items);
    const from = Math.max(this.#done, this.#floor.id);
    const size = this.#batchSize;
    const pending = await this.#pending(from, size);
    const isEmpty = pending.length === 0;
    const to = pending.length < size ? Math.min(from + LOOK, last) : (pending.at(-1)?.id ?? last);
    if (!isEmpty && !(await this.#hold())) return IDLE_MS;
    const failed = isEmpty ? null : await this.#batch(pending, signal);
    if (failed !== null) {
      if (signal.aborted) return IDLE_MS;
      onFailure(failed.why);
      this.#batchSize = Math.max(1, Math.floor(this.#batchSize / 2));
      const wait = Math.min(FAILED_MS.first * 2 ** this.#failures++, FAILED_MS.last);
      return Math.max(wait, Math.min(failed.retryAfterMs ?? 0, FAILED_MS.asked));
    }
    if (!isEmpty) {
      this.#failures = 0;
      this.#batchSize = Math.min(BATCH, this.#batchSize * 2);
    }
    // What was learned of its dimensions may make of all that there is the vectors of another model.
    if (this.#beginAnew()) return BUSY_MS;
    this.#done = to;
    return to < last ? BUSY_MS : IDLE_MS;
  }

  /** From the first item on again: for another model, and now and then. True: so it is. */
  #beginAnew(): boolean {
    const now = this.#store.clock.now();
    const of = `${this.#meaning.model} ${this.#meaning.dimensions}`;
    if (of === this.#of && now >= this.#whole && now - this.#whole <= WHOLE_MS) return false;
    this.#of = of;
    this.#whole = now;
    this.#done = 0;
    return true;
  }

  async #findFloor(last: number, items: number): Promise<void> {
    if (items <= this.#mostItems) {
      this.#floor = { id: 0, last: -Infinity };
      return;
    }
    if (last - this.#floor.last < NEW_ITEMS) return;
    const row = await this.#store.db
      .selectFrom("recall_items")
      .select("id")
      .orderBy("id", "desc")
      .offset(this.#mostItems)
      .limit(1)
      .executeTakeFirst();
    this.#floor = { id: row?.id ?? 0, last };
    await this.#store.transact((tx) =>
      tx.db.deleteFrom("recall_vectors").where("item_id", "<=", this.#floor.id).execute(),
    );
  }

  async #pending(from: number, most: number): Promise<readonly TextItem[]> {
    const { model, dimensions } = this.#meaning;
    return this.#store.db
      .selectFrom("recall_items as i")
      .leftJoin("chats as c", "c.id", "i.chat_id")
      .select(["i.id", "i.kind", "i.chat_id", "i.seq", "i.node_id", "i.fact_id"])
      .where("i.id", ">", from)
      .where("i.id", "<=", from + LOOK)
      .where("c.deleted_at", "is", null)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom("recall_vectors as v")
              .select("v.item_id")
              .whereRef("v.item_id", "=", "i.id")
              .where("v.model", "=", model)
              .$if(dimensions !== null, (query) => query.where("v.dimensions", "in", [0, dimensions ?? 0])),
          ),
        ),
      )
      .orderBy("i.id")
      .limit(most)
      .execute();
  }

  /** On SQLite there is one process. */
  async #hold(): Promise<boolean> {
    const { kind, bootId } = this.#store;
    if (kind === "sqlite") return true;
    return this.#store.transact(async ({ db, now }) => {
      const { numUpdatedRows } = await db
        .updateTable("recall_embedding")
        .set({ holder: bootId, held_until: now + HELD_MS })
        // One of the far future was written by a clock that was wrong.
        .where((eb) =>
          eb.or([eb("holder", "=", bootId), eb("held_until", "<", now), eb("held_until", ">", now + HELD_MS)]),
        )
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  /** null: all of them have what they get. */
  async #batch(items: readonly TextItem[], signal: AbortSignal): Promise<NotEmbedded | null> {
    const { model } = this.#meaning;
    const secrets = await this.#meaning.secrets();
    const texts = new Map(
      [...(await wholeTexts(this.#store.db, items))].map(([id, text]) => [id, piece(secrets.text(text), 0, MOST_TEXT)]),
    );
    const hashes = new Map([...texts].map(([id, text]) => [id, hashOf(text)]));
    const known = await this.#known(model, [...new Set(hashes.values())]);
    const asked = new Map<string, string>();
    for (const [id, hash] of hashes) if (!known.has(hash)) asked.set(hash, texts.get(id) ?? "");
    const failed = await this.#embed([...asked], known, signal);
    // The model's own answer tells how long its vectors are: what was known before may be of another length.
    const { dimensions } = this.#meaning;
    const isKnown = ({ length }: Int8Array): boolean => length === 0 || dimensions === null || length === dimensions;
    const rows = items.flatMap(({ id }) => {
      const hash = hashes.get(id) ?? "";
      // An item whose text is gone has nothing to say.
      const vector = texts.get(id)?.trim() ? known.get(hash) : new Int8Array(0);
      return vector === undefined || !isKnown(vector) ? [] : [{ id, hash, vector }];
    });
    if (model === this.#meaning.model) await this.#store.transact((tx) => write(tx, model, rows));
    return failed;
  }

  /** The same text has the same vector: of a chat that was made from another, of a node that was saved again. */
  async #known(model: string, hashes: readonly string[]): Promise<Map<string, Int8Array>> {
    if (hashes.length === 0) return new Map();
    const { dimensions } = this.#meaning;
    const rows = await this.#store.db
      .selectFrom("recall_vectors")
      .select(["hash", "vector"])
      .where("model", "=", model)
      .where("hash", "in", [...hashes])
      .$if(dimensions !== null, (query) => query.where("dimensions", "in", [0, dimensions ?? 0]))
      .execute();
    return new Map(rows.map(({ hash, vector }) => [hash, bytesOf(vector)]));
  }

  /** Adds to `known`. Of texts that are refused together each half is tried; one that is refused alone gets no vector. */
  async #embed(
    asked: readonly (readonly [hash: string, text: string])[],
    known: Map<string, Int8Array>,
    signal: AbortSignal,
  ): Promise<NotEmbedded | null> {
    if (asked.length === 0) return null;
    const texts = asked.map(([, text]) => text);
    const made = await this.#meaning.embed(texts, "text", TEXTS_MS, signal);
    if (!("why" in made)) {
      for (const [at, [hash]] of asked.entries()) known.set(hash, made[at] ?? new Int8Array(0));
      return null;
    }
    if (!made.refused) return made;
    if (asked.length > 1) {
      const half = Math.ceil(asked.length / 2);
      const first = await this.#embed(asked.slice(0, half), known, signal);
      return first ?? this.#embed(asked.slice(half), known, signal);
    }
    // Is it the text, or does the model take none at all?
    const harmless = await this.#meaning.embed(["word"], "text", TEXTS_MS, signal);
    if ("why" in harmless) return harmless;
    known.set(asked[0]?.[0] ?? "", new Int8Array(0));
    return null;
  }
}

interface NewVector {
  readonly id: number;
  readonly hash: string;
  /** Empty: there is none. */
  readonly vector: Int8Array;
}

/** Of items that are still there. */
async function write(tx: Tx, model: string, made: readonly NewVector[]): Promise<void> {
  if (made.length === 0) return;
  await lockIndex(tx);
  const there = await tx.db
    .selectFrom("recall_items")
    .select("id")
    .where(
      "id",
      "in",
      made.map(({ id }) => id),
    )
    .$if(tx.kind === "postgres", (query) => query.forKeyShare())
    .execute();
  const ids = new Set(there.map(({ id }) => id));
  const rows = made.filter(({ id }) => ids.has(id));
  if (rows.length === 0) return;
  const { written } = await tx.db
    .updateTable("recall_embedding")
    .set((eb) => ({ written: eb("written", "+", rows.length) }))
    .returning("written")
    .executeTakeFirstOrThrow();
  await tx.db
    .insertInto("recall_vectors")
    .values(
      rows.map(({ id, hash, vector }, at) => ({
        ...{ item_id: id, model, dimensions: vector.length, hash, written: written - rows.length + 1 + at },
        vector: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength),
      })),
    )
    .onConflict((conflict) =>
      conflict.column("item_id").doUpdateSet((eb) => ({
        model: eb.ref("excluded.model"),
        dimensions: eb.ref("excluded.dimensions"),
        hash: eb.ref("excluded.hash"),
        vector: eb.ref("excluded.vector"),
        written: eb.ref("excluded.written"),
      })),
    )
    .execute();
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 22);
