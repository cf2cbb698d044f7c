import { SparkyError } from "../../core/errors.ts";
import type { ChangedBy } from "../graph/changes.ts";
import { inScope } from "../graph/visible.ts";
import { factToBeIndexed } from "../recall/fact-items.ts";
import type { Stemmer } from "../recall/stems.ts";
import { wordsOf } from "../recall/words.ts";
import type { FactKind, FactRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";
import { factFields, noteFact } from "./noted.ts";
import { tellsAnew } from "./order.ts";
import { isSingle } from "./relation.ts";
import { likeness, saysTheSame } from "./telling.ts";

/** What is known becomes more: a new fact, or another source of one that is there. */

export interface NewFact {
  /** null: shared by all members. */
  readonly ownerId: string | null;
  /** The only chat, beside its owner, that is to know of it. */
  readonly within: string | null;
  /** Who said it; null: the agent. */
  readonly authorId: string | null;
  readonly subjectId: string;
  /** As `relationOf` makes it. */
  readonly relation: string;
  readonly objectId: string | null;
  readonly text: string;
  readonly kind: FactKind;
  readonly stated: boolean;
  readonly pinned: boolean;
  readonly validFrom: number | null;
  readonly validTo: number | null;
  /** Waits for a person to confirm it. */
  readonly isProposed: boolean;
  readonly sources: readonly { readonly chatId: string; readonly seq: number }[];
  /** The fact whose place it takes, and when that ceased to be so; null: it never was. */
  readonly replaces?: { readonly row: FactRow; readonly until: number | null };
}

export interface Learned {
  readonly fact: FactRow;
  /** `confirmed`: it was known, or proposed, before. */
  readonly change: "added" | "confirmed" | "proposed";
  /** Those that it has ended: of their kind there is one at a time. */
  readonly ended: readonly FactRow[];
  /** Those that say nearly the same of the same. */
  readonly alike: readonly FactRow[];
}

const ALIKE = 0.8;

export async function learnFact(tx: Tx, stem: Stemmer, by: ChangedBy, input: NewFact): Promise<Learned> {
  const { replaces } = input;
  const known = await lockFactsOf(tx, input.subjectId);
  const own = known.filter(
    (row) => row.owner_id === input.ownerId && row.chat_id === input.within && row.id !== replaces?.row.id,
  );
  const same = own.find(
    (row) =>
      (row.relation === input.relation || row.relation === "" || input.relation === "") &&
      saysTheSame(row.text, input.text, stem),
  );
  if (input.isProposed && same === undefined) await unlessPutAside(tx, stem, input);
  const before = same === undefined ? null : await factFields(tx.db, same);
  const fact = same === undefined ? await added(tx, input) : await confirmed(tx, same, input);
  await addSources(tx, fact.id, input.sources);
  const change = await noteFact(tx.db, by, fact, before);
  if (replaces !== undefined) await supersede(tx, by, replaces.row, { by: fact, until: replaces.until, change });
  const others = own.filter((row) => row.id !== fact.id);
  const rivals = by.run === undefined ? others : await anewOf(tx, stem, fact, others);
  const also = fact.status === "active" && !input.isProposed ? await endOthers(tx, by, fact, rivals, change) : [];
  const ended = [...(replaces === undefined ? [] : [replaces.row]), ...also];
  const left = others.filter((row) => !ended.includes(row));
  return {
    fact,
    change: same !== undefined ? "confirmed" : input.isProposed ? "proposed" : "added",
    ended,
    alike: left.filter((row) => likeness(row.text, fact.text, stem) >= ALIKE || isRival(row, fact, tx.now)),
  };
}

/** So many of what was put aside last are looked at. */
const PUT_ASIDE = 200;

/** Nobody has to say no twice. */
async function unlessPutAside({ db }: Tx, stem: Stemmer, { subjectId, ownerId, within, text }: NewFact): Promise<void> {
  const rows = await db
    .selectFrom("facts")
    .select("text")
    .where("subject_id", "=", subjectId)
    .where("status", "=", "retired")
    .where("superseded_by", "is", null)
    .where(inScope({ ownerId, within }, "facts"))
    .orderBy("retired_at", "desc")
    .limit(PUT_ASIDE)
    .execute();
  if (!rows.some((row) => saysTheSame(row.text, text, stem))) return;
  throw new SparkyError("conflict", "somebody has put that aside: it is not proposed again");
}

/** What is known or proposed of a node. Whoever learns of it at the same time waits: so one of two ends the other's. */
export async function lockFactsOf(tx: Tx, subjectId: string): Promise<readonly FactRow[]> {
  if (tx.kind === "postgres") {
    await tx.db.selectFrom("nodes").select("id").where("id", "=", subjectId).forNoKeyUpdate().execute();
  }
  return tx.db
    .selectFrom("facts")
    .selectAll()
    .where("subject_id", "=", subjectId)
    .where("status", "in", ["active", "proposed"])
    .orderBy("recorded_at", "desc")
    .orderBy("id")
    .execute();
}

async function added(tx: Tx, input: NewFact): Promise<FactRow> {
  const row: FactRow = {
    id: tx.newId(),
    owner_id: input.ownerId,
    chat_id: input.within,
    subject_id: input.subjectId,
    relation: input.relation,
    object_id: input.objectId,
    text: input.text,
    kind: input.kind,
    stated: input.stated ? 1 : 0,
    author_id: input.authorId,
    valid_from: input.validFrom,
    valid_to: input.validTo,
    recorded_at: tx.now,
    retired_at: null,
    superseded_by: null,
    uses: 0,
    last_used_at: null,
    pinned: input.pinned ? 1 : 0,
    status: input.isProposed ? "proposed" : "active",
  };
  await tx.db.insertInto("facts").values(row).execute();
  await factToBeIndexed(tx.db, row.id);
  return row;
}

/** The same thing said again: one more source and use. What was only concluded is stated now; a conclusion changes no more. */
async function confirmed(tx: Tx, row: FactRow, input: NewFact): Promise<FactRow> {
  const again = { uses: row.uses + 1, last_used_at: tx.now };
  const said = {
    status: "active" as const,
    stated: row.stated === 1 || input.stated ? 1 : 0,
    valid_from: input.validFrom ?? row.valid_from,
    valid_to: input.validTo ?? row.valid_to,
  };
  const { status, stated, valid_from, valid_to } = row;
  const change = { ...again, ...(input.isProposed ? { status, stated, valid_from, valid_to } : said) };
  await tx.db.updateTable("facts").set(change).where("id", "=", row.id).execute();
  if (change.status !== row.status) await factToBeIndexed(tx.db, row.id);
  return { ...row, ...change };
}

async function addSources(tx: Tx, factId: string, sources: NewFact["sources"]): Promise<void> {
  if (sources.length === 0) return;
  await tx.db
    .insertInto("fact_sources")
    .values(sources.map(({ chatId, seq }) => ({ fact_id: factId, chat_id: chatId, seq })))
    .onConflict((oc) => oc.columns(["fact_id", "chat_id", "seq"]).doNothing())
    .execute();
}

/** A run says itself how things stand to one another: so it ends only what its sentence tells anew. */
export async function anewOf(
  { db }: Tx,
  stem: Stemmer,
  fact: FactRow,
  others: readonly FactRow[],
): Promise<readonly FactRow[]> {
  if (!isSingle(fact.relation)) return [];
  const { name } = await db
    .selectFrom("nodes")
    .select("name")
    .where("id", "=", fact.subject_id)
    .executeTakeFirstOrThrow();
  const names = new Set(wordsOf(name).map(stem));
  return others.filter(({ text }) => tellsAnew(text, fact.text, names, stem));
}

const isRival = (row: FactRow, fact: FactRow, now: number): boolean =>
  isSingle(fact.relation) && row.relation === fact.relation && row.status === "active" && isStill(row, now);

/** Where there is one at a time, what is so now ends what was so before; what is told of the past ends nothing. */
export async function endOthers(
  tx: Tx,
  by: ChangedBy,
  fact: FactRow,
  others: readonly FactRow[],
  change: number | null,
): Promise<readonly FactRow[]> {
  if (!isSingle(fact.relation) || (fact.valid_to !== null && fact.valid_to <= tx.now)) return [];
  const over = others.filter((row) => isRival(row, fact, tx.now));
  const until = fact.valid_from ?? tx.now;
  for (const row of over) await supersede(tx, by, row, { by: fact, until, change });
  return over;
}

const isStill = ({ valid_to }: FactRow, now: number): boolean => valid_to === null || valid_to > now;

/** Both stay, each with its times. `until`: when it ceased to be so; null: it never was. `change`: the one that this belongs to. */
export async function supersede(
  tx: Tx,
  by: ChangedBy,
  row: FactRow,
  how: { readonly by: FactRow | null; readonly until: number | null; readonly change: number | null },
): Promise<FactRow> {
  const before = await factFields(tx.db, row);
  const set = {
    status: "retired" as const,
    retired_at: tx.now,
    superseded_by: how.by?.id ?? null,
    valid_to: row.valid_to ?? how.until,
  };
  await tx.db.updateTable("facts").set(set).where("id", "=", row.id).execute();
  await factToBeIndexed(tx.db, row.id);
  const next = { ...row, ...set };
  await noteFact(tx.db, by, next, before, how.change);
  return next;
}
