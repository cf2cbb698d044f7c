import { SparkyError } from "../../core/errors.ts";
import type { ChangedBy } from "../graph/changes.ts";
import type { Stemmer } from "../recall/stems.ts";
import type { FactRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";
import { learnFact, lockFactsOf, type Learned, type NewFact } from "./learn.ts";

/**
 * What was known is put right: another sentence takes its place. It was never so, unless the new one says since when it is so:
 * then the old one was so until that moment.
 */
export async function correctFact(
  tx: Tx,
  stem: Stemmer,
  by: ChangedBy,
  known: FactRow,
  right: Pick<NewFact, "text" | "authorId" | "sources"> & Partial<Pick<NewFact, "validFrom" | "validTo" | "pinned">>,
): Promise<Learned> {
  const row = await held(tx, known);
  if (right.text === row.text) {
    throw new SparkyError("invalid_input", "that is what is remembered already, word for word");
  }
  const since = right.validFrom ?? null;
  return learnFact(tx, stem, by, {
    ...{ ownerId: row.owner_id, within: row.chat_id, authorId: right.authorId, sources: right.sources },
    ...{ subjectId: row.subject_id, relation: row.relation, objectId: null, text: right.text, kind: row.kind },
    ...{ stated: true, pinned: right.pinned ?? row.pinned === 1, isProposed: false },
    ...{ validFrom: since, validTo: right.validTo ?? null, replaces: { row, until: since } },
  });
}

/** As it is now, and stays until this is over. */
async function held(tx: Tx, { id, subject_id }: FactRow): Promise<FactRow> {
  const row = (await lockFactsOf(tx, subject_id)).find((each) => each.id === id);
  if (row !== undefined) return row;
  throw new SparkyError("conflict", "it is over, and only what holds can be put right", {
    hint: "correct what took its place, or remember the right one",
  });
}
