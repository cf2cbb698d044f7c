import { notFound, SparkyError } from "../../core/errors.ts";
import { noteChange, type ChangedBy, type Fields } from "../graph/changes.ts";
import type { Data } from "../graph/save.ts";
import { parseData, visible } from "../graph/visible.ts";
import type { EdgeRow } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";
import type { User } from "../people/user.ts";
import { lockIndex } from "../recall/indexing.ts";
import { moveEdges, removeEdge } from "./edges.ts";
import { moveFacts } from "./facts.ts";
import { mergedNode, mergedValues, type NodeParts } from "./merged.ts";
import { perform } from "./rehearse.ts";
import { mayMend, told } from "./rights.ts";
import type { Found } from "./thing.ts";
import { node, partsOf } from "./things.ts";

export interface Merge {
  /** The node that stays, and the one that becomes a part of it. */
  readonly keep: string;
  readonly drop: string;
}

export interface Merged {
  /** The one that stays, as it is then. */
  readonly node: NodeParts & { readonly id: string };
  /** Edges of the other that lead to it or from it now; that were two, and are one; that joined the two. */
  readonly edges: { readonly moved: number; readonly joined: number; readonly dropped: number };
  /** What was known of the other, and is known of this one now. */
  readonly facts: number;
  /** By which it is undone; absent: nothing was done yet. */
  readonly change?: number;
}

/**
 * Makes one node of two. Nothing of either is lost: contents, values, edges with theirs; the other's name stays one of this one's.
 * It is one change, and undone as one. Throws `not_found`, `forbidden`, and `invalid_input` for two that cannot be one.
 */
export async function mergeNodes(store: Store, viewer: User, merge: Merge, dryRun: boolean): Promise<Merged> {
  const merged = await perform(store, dryRun, (tx) => mergeIn(tx, viewer, merge));
  const { change: _, ...would } = merged;
  return dryRun ? would : merged;
}

export async function mergeIn(tx: Tx, viewer: User, { keep, drop }: Merge): Promise<Merged> {
  if (keep === drop) throw new SparkyError("invalid_input", "a node cannot be merged with itself");
  await lockIndex(tx);
  // In one order, so that two merges never wait for one another's.
  for (const id of [keep, drop].toSorted()) await nodeOf(tx, viewer, id);
  const [stays, goes] = [await nodeOf(tx, viewer, keep), await nodeOf(tx, viewer, drop)];
  const { ownerId } = stays;
  mayMend(viewer, ownerId);
  const within = withinOf(stays);
  if (ownerId !== goes.ownerId || within !== withinOf(goes)) {
    const why = `not the same people see "${stays.name}" and "${goes.name}": as one, more would be told than is now`;
    throw new SparkyError("invalid_input", why, { hint: "merge nodes that the same people see" });
  }
  const between = await edgesBetween(tx, keep, drop);
  const both = mergedNode(partsOf(stays.fields), partsOf(goes.fields));
  const alike = between.filter((edge) => edge.owner_id === ownerId && edge.chat_id === within);
  const merged = { ...both, data: alike.reduce((all, edge) => mergedValues(all, asValue(edge)), both.data) };

  const by: ChangedBy = { userId: viewer.id, now: tx.now };
  const after = fieldsOf(merged, stays.fields);
  const about = { thing: "node", nodeId: keep, ownerId } as const;
  const lead = await noteChange(tx.db, by, {
    ...{ ...about, id: keep, otherId: drop, name: stays.name, op: "merged" },
    ...{ before: stays.fields, after },
  });
  if (lead === null) throw new Error("a merge was not noted");
  for (const edge of between) await removeEdge(tx, by, edge.id, lead);
  const moving = { keep: { id: keep, name: stays.name }, drop, lead };
  const moved = await moveEdges(tx, viewer, by, moving);
  const facts = await moveFacts(tx, by, moving);
  await node.change(tx, keep, after);
  const gone = { ...about, id: drop, name: goes.name, before: goes.fields, after: null, partOf: lead };
  await noteChange(tx.db, by, gone);
  await node.remove(tx, drop, goes);
  told(tx, [ownerId, ...moved.owners, ...[...between, ...facts].map((row) => row.owner_id)]);
  return {
    node: { id: keep, ...merged },
    edges: { moved: moved.moved, joined: moved.joined, dropped: between.filter(seenBy(viewer)).length },
    facts: facts.filter(seenBy(viewer)).length,
    change: lead,
  };
}

/** Throws `not_found` for what the viewer may not see. */
export async function nodeOf(tx: Tx, viewer: User, id: string): Promise<Found> {
  const seen = tx.db.selectFrom("nodes").select("id").where("id", "=", id).where(visible(viewer.id, "nodes"));
  const found = (await seen.executeTakeFirst()) && (await node.read(tx, id));
  if (found === undefined || found === null) throw notFound(`node ${JSON.stringify(id)}`);
  return found;
}

const edgesBetween = (tx: Tx, keep: string, drop: string): Promise<readonly EdgeRow[]> =>
  tx.db
    .selectFrom("edges")
    .selectAll()
    .where("source", "in", [keep, drop])
    .where("target", "in", [keep, drop])
    .orderBy("id")
    .execute();

const withinOf = ({ fields: { within } }: Found): string | null => (typeof within === "string" ? within : null);

/** What an edge between the two holds goes into the node: an edge from a node to itself would say nothing. */
const asValue = ({ type, data }: EdgeRow): Data => (data === "{}" ? {} : { [type]: parseData(data) });

const seenBy =
  (viewer: User) =>
  ({ owner_id }: Pick<EdgeRow, "owner_id">): boolean =>
    owner_id === null || owner_id === viewer.id;

/** As the history has them: other names only where there are some. */
function fieldsOf({ type, name, content, data, aliases }: NodeParts, before: Fields): Fields {
  const also = aliases.map((alias) => ({ type: alias.type, name: alias.name }));
  return { ...before, type, name, content, data, ...(also.length > 0 && { aliases: also }) };
}
