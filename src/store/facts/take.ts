import type { Taker } from "../graph/take.ts";
import type { OwnedNode } from "../graph/save.ts";
import { factToBeIndexed } from "../recall/fact-items.ts";
import type { Stemmer } from "../recall/stems.ts";
import type { FactKind, FactRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";
import { isOurs } from "../graph/held.ts";
import { lockFactsOf } from "./learn.ts";
import { noteFact } from "./noted.ts";
import { relationOf } from "./relation.ts";
import { saysTheSame } from "./telling.ts";
import type { ExportedFact } from "./export.ts";

/** Facts of a file on their way in, a portion in a transaction, behind the nodes that they are about. */

export interface FileFact {
  readonly id: string;
  readonly subject: OwnedNode;
  readonly object: OwnedNode | null;
  readonly relation: string;
  readonly text: string;
  readonly kind: FactKind;
  readonly stated: boolean;
  readonly validFrom?: number | undefined;
  readonly validTo?: number | undefined;
  readonly recordedAt?: number | undefined;
  readonly retiredAt?: number | undefined;
  readonly uses: number;
  readonly lastUsedAt?: number | undefined;
  readonly pinned: boolean;
  readonly status: ExportedFact["status"];
  readonly shared: boolean;
}

/** `kept`: it says something else here, or was forgotten. */
export type FactTook = "created" | "unchanged" | "kept";

export interface TakenFact {
  readonly fileId: string;
  readonly took: FactTook;
  readonly id: string;
}

/**
 * A fact of the file is the one that has its id, else one that says the same of the same. What is here stays as it is, and what was
 * forgotten is not brought back. Whoever imports it says it.
 */
export async function takeFacts(
  tx: Tx,
  stem: Stemmer,
  taker: Taker,
  facts: readonly FileFact[],
  planned: Set<string>,
): Promise<readonly TakenFact[]> {
  const taken = new Map<FileFact, TakenFact>();
  const bySubject = Map.groupBy(facts, ({ subject }) => subject.id);
  // In one order, so that two who write never wait for one another.
  for (const [subject, those] of [...bySubject].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!taker.dryRun) await lockFactsOf(tx, subject);
    const known = await tx.db.selectFrom("facts").selectAll().where("subject_id", "=", subject).execute();
    const byId = await rowsById(tx, those);
    for (const fact of those) {
      const one = await takeFact(tx, stem, taker, fact, { known, byId, planned });
      taken.set(fact, one);
    }
  }
  return facts.flatMap((fact) => taken.get(fact) ?? []);
}

async function rowsById({ db }: Tx, facts: readonly FileFact[]): Promise<ReadonlyMap<string, FactRow>> {
  const ids = facts.map(({ id }) => id).filter(isOurs);
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom("facts").selectAll().where("id", "in", ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

interface Here {
  /** Of its subject; what is made is added. */
  readonly known: FactRow[];
  readonly byId: ReadonlyMap<string, FactRow>;
  /** What a dry run would have made, of subjects that are not there yet either. */
  readonly planned: Set<string>;
}

async function takeFact(tx: Tx, stem: Stemmer, taker: Taker, fact: FileFact, here: Here): Promise<TakenFact> {
  const { id: fileId, subject, object, text } = fact;
  const isShared = taker.shared && fact.shared && subject.owner_id === null && (object?.owner_id ?? null) === null;
  const ownerId = isShared ? null : taker.userId;
  const relation = relationOf(fact.relation);
  const isSeen = (row: FactRow): boolean => row.owner_id === null || row.owner_id === taker.userId;
  const holder = here.byId.get(fileId);
  const held = holder !== undefined && isSeen(holder) ? holder : undefined;
  const same =
    held ??
    here.known.find(
      (row) =>
        isSeen(row) &&
        row.status !== "forgotten" &&
        row.relation === relation &&
        row.valid_from === (fact.validFrom ?? null) &&
        saysTheSame(row.text, text, stem),
    );
  if (same !== undefined) {
    return { fileId, took: held !== undefined && held.text !== text ? "kept" : "unchanged", id: same.id };
  }
  const key = JSON.stringify([subject.id, relation, text, fact.validFrom ?? null]);
  if (taker.dryRun) {
    const took = here.planned.has(key) ? "unchanged" : "created";
    here.planned.add(key);
    return { fileId, took, id: fileId };
  }
  const past = (ms: number | undefined): number | null => (ms === undefined ? null : Math.min(ms, tx.now));
  const row: FactRow = {
    id: isOurs(fileId) && holder === undefined ? fileId : tx.newId(),
    ...{ owner_id: ownerId, chat_id: null, subject_id: subject.id, relation, object_id: object?.id ?? null, text },
    ...{ kind: fact.kind, stated: fact.stated ? 1 : 0, author_id: taker.userId },
    ...{ valid_from: fact.validFrom ?? null, valid_to: fact.validTo ?? null },
    recorded_at: past(fact.recordedAt) ?? tx.now,
    retired_at: fact.status === "retired" ? (past(fact.retiredAt) ?? tx.now) : null,
    superseded_by: null,
    ...{ uses: fact.uses, last_used_at: past(fact.lastUsedAt) },
    pinned: fact.pinned && fact.status === "active" ? 1 : 0,
    status: fact.status,
  };
  await tx.db.insertInto("facts").values(row).execute();
  await factToBeIndexed(tx.db, row.id);
  await noteFact(tx.db, { userId: taker.userId, now: tx.now }, row, null);
  here.known.push(row);
  return { fileId, took: "created", id: row.id };
}

/** What took whose place, of what a file has brought: both are there by now. */
export async function takeSupersessions(tx: Tx, pairs: readonly (readonly [id: string, by: string])[]): Promise<void> {
  for (const [id, by] of pairs) {
    await tx.db
      .updateTable("facts")
      .set({ superseded_by: by })
      .where("id", "=", id)
      .where("status", "=", "retired")
      .where("superseded_by", "is", null)
      .execute();
  }
}
