import { notFound, SparkyError } from "../../core/errors.ts";
import type { ChangedBy } from "../graph/changes.ts";
import type { GraphWriter } from "../graph/save.ts";
import { mayAs } from "../people/access.ts";
import type { User } from "../people/user.ts";
import { factToBeIndexed } from "../recall/fact-items.ts";
import { stemmerOf, type Stemmer } from "../recall/stems.ts";
import type { FactKind, FactRow } from "../database/schema.ts";
import { PROMPTLY, type Store, type Tx } from "../database/store.ts";
import { correctFact } from "./correct.ts";
import { factRow } from "./find.ts";
import { factsOf, type Fact } from "./fact.ts";
import { forgetFact } from "./forget.ts";
import { anewOf, endOthers, learnFact, lockFactsOf, supersede } from "./learn.ts";
import { relationOf } from "./relation.ts";
import { factFields, noteFact } from "./noted.ts";
import { addNode, nodeOfPerson, nodeOrNew } from "./subject.ts";

/** What a person does with facts by themself: it counts as what they say. */

export interface FactInput {
  /** A node's id or name; `me`: the person themself. */
  readonly subject: string;
  readonly subjectType?: string | undefined;
  readonly relation?: string | undefined;
  readonly text: string;
  readonly kind?: FactKind | undefined;
  readonly pinned?: boolean | undefined;
  readonly validFrom?: number | undefined;
  readonly validTo?: number | undefined;
}

export interface FactPatch {
  readonly text?: string | undefined;
  readonly pinned?: boolean | undefined;
  readonly status?: "active" | "retired" | undefined;
  readonly validFrom?: number | null | undefined;
  readonly validTo?: number | null | undefined;
  readonly shared?: boolean | undefined;
}

const writerFor = (viewer: User, tx: Tx, ownerId: string | null = viewer.id): GraphWriter => ({
  ...{ userId: viewer.id, ownerId, within: null, now: tx.now },
  newId: () => tx.newId(),
});

/** `known`: it was remembered before, in other words or the same. */
export async function addFact(
  store: Store,
  viewer: User,
  input: FactInput,
): Promise<{ readonly fact: Fact; readonly known: boolean }> {
  const stem = await stemmerOf(store);
  const { row, known } = await store.transact(async (tx) => {
    const writer = writerFor(viewer, tx);
    const isMe = input.subject === "me";
    const subject = isMe
      ? await nodeOfPerson(tx.db, writer, viewer.name)
      : await nodeOrNew(tx.db, writer, { ref: input.subject, type: input.subjectType });
    const kind = input.kind ?? "profile";
    const learned = await learnFact(tx, stem, writer, {
      ...{ ownerId: viewer.id, within: null, authorId: viewer.id, subjectId: subject, objectId: null, kind },
      ...{ relation: relationOf(input.relation ?? ""), text: store.secrets.text(input.text), stated: true },
      ...{ pinned: input.pinned ?? false, isProposed: false, sources: [] },
      ...{ validFrom: input.validFrom ?? null, validTo: input.validTo ?? null },
    });
    tx.changed("graph", [viewer.id]);
    return { row: learned.fact, known: learned.change === "confirmed" };
  }, PROMPTLY);
  return { fact: await shown(store, viewer, row), known };
}

/** The fact as it is then; with a new text the one that takes its place. */
export async function changeFact(store: Store, viewer: User, id: string, patch: FactPatch): Promise<Fact> {
  const stem = await stemmerOf(store);
  const changed = await store.transact(async (tx) => {
    const by = { userId: viewer.id, now: tx.now };
    let row = await ownRow(tx, viewer, id);
    // Under the lock of what it is about, and read again: others may have changed it meanwhile.
    await lockFactsOf(tx, row.subject_id);
    row = await ownRow(tx, viewer, id);
    const before = row;
    if (patch.shared !== undefined && patch.shared !== (row.owner_id === null)) row = await shared(tx, viewer, row);
    if (patch.text !== undefined && patch.text !== row.text) {
      const { pinned, validFrom, validTo } = patch;
      const text = store.secrets.text(patch.text);
      const span = { ...(validFrom != null && { validFrom }), ...(validTo != null && { validTo }) };
      const put = { text, authorId: viewer.id, sources: [], ...span, ...(pinned !== undefined && { pinned }) };
      row = (await correctFact(tx, stem, by, row, put)).fact;
    } else row = await patched(tx, stem, by, row, patch);
    announce(tx, viewer, before, row);
    return row;
  }, PROMPTLY);
  return shown(store, viewer, changed);
}

async function patched(tx: Tx, stem: Stemmer, by: ChangedBy, row: FactRow, patch: FactPatch): Promise<FactRow> {
  const { pinned, validFrom, validTo, status } = patch;
  const change = {
    ...(pinned !== undefined && { pinned: pinned ? 1 : 0 }),
    ...(validFrom !== undefined && { valid_from: validFrom }),
    ...(validTo !== undefined && { valid_to: validTo }),
    ...(status === "active" && {
      ...{ status, retired_at: null, superseded_by: null, stated: 1 },
      ...(row.status === "retired" && validTo === undefined && { valid_to: null }),
    }),
  };
  const next = { ...row, ...change };
  if (next.valid_from !== null && next.valid_to !== null && next.valid_to < next.valid_from) {
    throw new SparkyError("invalid_input", "it would end before it begins");
  }
  const before = await factFields(tx.db, row);
  if (Object.keys(change).length > 0) {
    await tx.db.updateTable("facts").set(change).where("id", "=", row.id).where("status", "!=", "forgotten").execute();
    await factToBeIndexed(tx.db, row.id);
  }
  const noted = await noteFact(tx.db, by, next, before);
  if (status === "active" && row.status !== "active") {
    const others = (await lockFactsOf(tx, row.subject_id)).filter(
      (other) => other.id !== row.id && other.owner_id === row.owner_id && other.chat_id === row.chat_id,
    );
    // Its relation is what the agent has made of it: who confirms it reads the sentence.
    const rivals = row.status === "proposed" ? await anewOf(tx, stem, next, others) : others;
    await endOthers(tx, by, next, rivals, noted);
  }
  if (status !== "retired" || row.status === "retired") return next;
  return supersede(tx, by, next, { by: null, until: null, change: noted });
}

export async function removeFact(store: Store, viewer: User, id: string): Promise<void> {
  const stem = await stemmerOf(store);
  await store.transact(async (tx) => {
    const row = await ownRow(tx, viewer, id);
    await forgetFact(tx, stem, viewer, row);
    announce(tx, viewer, row, row);
  }, PROMPTLY);
}

/** What all share is changed by who has said it, and by who administers the home; what is one person's, by them alone. */
export function mayChangeFact(viewer: User, row: FactRow): boolean {
  if (row.owner_id !== null) return row.owner_id === viewer.id;
  return row.author_id === viewer.id || mayAs(viewer, "everybodys", "memory.change");
}

async function ownRow(tx: Tx, viewer: User, id: string): Promise<FactRow> {
  const row = await factRow(tx.db, viewer.id, id);
  if (row === undefined) throw notFound(`fact ${JSON.stringify(id)}`);
  if (mayChangeFact(viewer, row)) return row;
  throw new SparkyError("forbidden", "what all share is changed by who has said it, or by the home's owner");
}

/** Shared by all, or its author's alone; what all know must be about a node that all know, so that is made if need be. */
async function shared(tx: Tx, viewer: User, row: FactRow): Promise<FactRow> {
  const ownerId = row.owner_id === null ? (row.author_id ?? viewer.id) : null;
  const change = {
    owner_id: ownerId,
    chat_id: null,
    ...(ownerId === null && {
      subject_id: await sharedNode(tx, viewer, row.subject_id),
      object_id: row.object_id === null ? null : await sharedNode(tx, viewer, row.object_id),
    }),
  };
  const before = await factFields(tx.db, row);
  await tx.db.updateTable("facts").set(change).where("id", "=", row.id).where("status", "!=", "forgotten").execute();
  await factToBeIndexed(tx.db, row.id);
  const next = { ...row, ...change };
  await noteFact(tx.db, { userId: viewer.id, now: tx.now }, next, before);
  return next;
}

async function sharedNode(tx: Tx, viewer: User, id: string): Promise<string> {
  const node = await tx.db.selectFrom("nodes").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  if (node.owner_id === null) return id;
  return addNode(tx.db, writerFor(viewer, tx, null), { type: node.type, name: node.name });
}

function announce(tx: Tx, viewer: User, before: FactRow, after: FactRow): void {
  const isShared = before.owner_id === null || after.owner_id === null;
  tx.changed("graph", isShared ? "all" : [...new Set([viewer.id, before.owner_id ?? viewer.id])]);
}

/** What is shared no more may be another's now: who has changed it is still told what became of it. */
async function shown(store: Store, viewer: User, row: FactRow): Promise<Fact> {
  const [fact] = await factsOf(store, viewer, [(await factRow(store.db, viewer.id, row.id)) ?? row]);
  if (fact === undefined) throw notFound(`fact ${JSON.stringify(row.id)}`);
  return fact;
}
