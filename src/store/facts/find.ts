import { SparkyError } from "../../core/errors.ts";
import { shorten } from "../../core/text.ts";
import { visible, type Reader } from "../graph/visible.ts";
import { indexFacts } from "../recall/indexing.ts";
import { recall } from "../recall/recall.ts";
import { stemmerOf } from "../recall/stems.ts";
import { STOP_WORDS, wordsOf } from "../recall/words.ts";
import type { FactRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";

const SHOWN = 5;
/** So much of what is asked for must stand in a fact. */
const ENOUGH = 0.5;

/** The fact that is meant: by its id, also as it is cited, or by words. Throws `not_found`, or `invalid_input` for several. */
export async function findFact(store: Store, tx: Tx, reader: Reader, ref: string): Promise<FactRow> {
  const id = /^(?:\[?m:)?([0-9a-z]{8,40})\]?$/.exec(ref.trim())?.[1];
  const known = id === undefined ? undefined : await factRow(tx.db, reader, id);
  if (known !== undefined) return known;
  const stem = await stemmerOf(store);
  await indexFacts(tx, stem);
  const { items } = await recall(store, reader, { query: ref, kinds: ["fact"], limit: SHOWN }, tx.db);
  const asked = new Set(
    wordsOf(ref)
      .filter((word) => !STOP_WORDS.has(word))
      .map(stem),
  ).size;
  const fits = items.filter(({ matched }) => matched / Math.max(asked, 1) >= ENOUGH);
  const most = Math.max(0, ...fits.map(({ matched }) => matched));
  const best = fits.filter(({ matched }) => matched === most);
  const [only] = best;
  if (only === undefined) throw notKnown(ref);
  if (best.length > 1) {
    const list = best.map(({ id, text }) => `${JSON.stringify(shorten(text, 120))} (id ${id})`).join(", ");
    throw new SparkyError("invalid_input", `it may be: ${list}`, { hint: "name it by its id" });
  }
  const row = await factRow(tx.db, reader, only.id);
  if (row === undefined) throw notKnown(ref);
  return row;
}

function notKnown(ref: string): SparkyError {
  return new SparkyError("not_found", `nothing is remembered that fits ${JSON.stringify(shorten(ref, 120))}`, {
    hint: "look for it with recall, kinds: fact",
  });
}

export async function factRow(db: Db, whose: Parameters<typeof visible>[0], id: string): Promise<FactRow | undefined> {
  return db
    .selectFrom("facts")
    .selectAll()
    .where("id", "=", id)
    .where("status", "!=", "forgotten")
    .where(visible(whose, "facts"))
    .executeTakeFirst();
}

/** What was learned last in a chat, and holds: what "that" means. */
export async function lastLearned(
  db: Db,
  whose: Parameters<typeof visible>[0],
  chatId: string,
): Promise<FactRow | undefined> {
  return db
    .selectFrom("facts")
    .innerJoin("fact_sources", "fact_sources.fact_id", "facts.id")
    .selectAll("facts")
    .where("fact_sources.chat_id", "=", chatId)
    .where("facts.status", "in", ["active", "proposed"])
    .where(visible(whose, "facts"))
    .orderBy("facts.recorded_at", "desc")
    .orderBy("fact_sources.seq", "desc")
    .orderBy("facts.id")
    .limit(1)
    .executeTakeFirst();
}
