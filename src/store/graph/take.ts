import { isDeepStrictEqual } from "node:util";
import { SparkyError } from "../../core/errors.ts";
import { aliasesOf, setAliases, type Alias } from "./aliases.ts";
import { noteChange } from "./changes.ts";
import { countThings, type Counted } from "./counts.ts";
import { edgesLike, freeIds, nodesById, nodesByName, type HeldEdge, type HeldNode, type NodeName } from "./held.ts";
import {
  addEdges,
  addNodes,
  changeNode,
  edgeOwner,
  saveEdge,
  saveNode,
  toBeIndexed,
  type Data,
  type GraphWriter,
  type Origin,
  type OwnedNode,
} from "./save.ts";
import { parseData } from "./visible.ts";
import type { Tx } from "../database/store.ts";

/** Nodes and edges of a file on their way into the graph, a portion in a transaction. */

export interface FileNode extends NodeName {
  /** What the file calls it. */
  readonly id: string;
  readonly content: string;
  readonly data: Data;
  readonly aliases: readonly Alias[];
  readonly shared: boolean;
  readonly createdAt?: number | undefined;
  readonly updatedAt?: number | undefined;
}

export interface FileEdge {
  readonly id?: string | undefined;
  readonly source: OwnedNode;
  readonly target: OwnedNode;
  readonly type: string;
  readonly data: Data;
  readonly shared: boolean;
  readonly createdAt?: number | undefined;
}

export interface Taker {
  readonly userId: string;
  /** What the file says is shared is written for everybody; else nothing that is shared is changed. */
  readonly shared: boolean;
  /** Nothing is written. */
  readonly dryRun: boolean;
}

export type NodeTook = "created" | "updated" | "unchanged" | "kept";
export type EdgeTook = "created" | "updated" | "unchanged" | "skipped";

export interface TakenNode {
  readonly fileId: string;
  readonly took: NodeTook;
  /** As it is now. */
  readonly node: HeldNode;
}

/**
 * A node of the file is the one that has its id, else one of that type and name: of those that it would be written to, else a shared
 * one, if it is shared in the file or says nothing else. It gets what it does not have; what is newer here stays. `planned`: what a
 * dry run would have made before.
 */
export async function takeNodes(
  tx: Tx,
  taker: Taker,
  nodes: readonly FileNode[],
  planned: ReadonlyMap<string, HeldNode>,
): Promise<readonly TakenNode[]> {
  const ids = nodes.map(({ id }) => id);
  const byId = new Map((await nodesById(tx, taker.userId, ids)).map((node) => [node.id, node]));
  const others = nodes.filter(({ id }) => !byId.has(id));
  const free = await freeIds(
    tx,
    "nodes",
    others.map(({ id }) => id),
  );
  const byName = new Map(planned);
  for (const ownerId of [null, taker.userId]) {
    for (const { called, node } of await nodesByName(tx, ownerId, others)) byName.set(nameKey(ownerId, called), node);
  }
  const taken = new Map<FileNode, TakenNode>();
  const made: Counted[] = [];
  /** Written together, as soon as one of them is looked at again. */
  const fresh = new Map<FileNode, Fresh>();
  const know = (node: FileNode, one: TakenNode): void => {
    byName.set(nameKey(one.node.owner_id, node), one.node);
    taken.set(node, one);
  };
  const count = (node: FileNode, one: TakenNode): void => {
    know(node, one);
    if (one.took === "created") made.push({ part: "node", ownerId: one.node.owner_id, type: node.type });
  };
  const write = async (): Promise<void> => {
    const those = [...fresh];
    fresh.clear();
    for (const [node, one] of await makeNodes(tx, taker, those)) {
      count(node, one);
    }
  };
  const heldOf = (node: FileNode): HeldNode | undefined => {
    const own = byId.get(node.id) ?? byName.get(nameKey(ownerFor(taker, node), node));
    const shared = byName.get(nameKey(null, node));
    return own ?? (shared !== undefined && (node.shared || says(shared, node)) ? shared : undefined);
  };
  // In one order, so that two who write never wait for one another.
  for (const node of nodes.toSorted((a, b) => order(nameKey(null, a), nameKey(null, b)))) {
    const seen = heldOf(node);
    if (seen === undefined) {
      const one = freshNode(tx, taker, node, free);
      know(node, { fileId: node.id, took: "created", node: one.held });
      if (!taker.dryRun) fresh.set(node, one);
    } else {
      if ([...fresh.values()].some(({ held }) => held.id === seen.id)) await write();
      count(node, await fillNode(tx, taker, node, heldOf(node) ?? seen, { before: write, free }));
    }
    if (node.aliases.length === 0) continue;
    await write();
    const found = taken.get(node);
    if (found === undefined) continue;
    const one = await alsoCall(tx, taker, node, found, free);
    if (found.took === "created") know(node, one);
    else count(node, one);
    for (const alias of node.aliases) {
      const key = nameKey(one.node.owner_id, alias);
      if (!byName.has(key)) byName.set(key, one.node);
    }
  }
  await write();
  await countThings(tx.db, made, 1);
  return nodes.map((node) => taken.get(node)).filter((one) => one !== undefined);
}

interface Fresh {
  readonly held: HeldNode;
  readonly from: Origin;
}

function freshNode(tx: Tx, taker: Taker, node: FileNode, free: Set<string>): Fresh {
  const { type, name, content, data } = node;
  const from = originOf(tx, node, free);
  const place = { id: from.id, owner_id: ownerFor(taker, node), chat_id: null };
  return { held: { ...place, type, name, content, data: JSON.stringify(data), updated_at: from.updatedAt }, from };
}

/** What another has added since is taken as it is, one by one. */
async function makeNodes(
  tx: Tx,
  taker: Taker,
  fresh: readonly (readonly [FileNode, Fresh])[],
): Promise<readonly (readonly [FileNode, TakenNode])[]> {
  const made = new Map<FileNode, TakenNode>();
  for (const ownerId of [null, taker.userId]) {
    const those = fresh.filter(([, { held }]) => held.owner_id === ownerId);
    if (those.length === 0) continue;
    const writer = writerOf(tx, taker, { shared: ownerId === null });
    const rows = those.map(([, { held, from }]) => {
      const { id, type, name, content, data } = held;
      return { id, type, name, content, data, created_at: from.createdAt, updated_at: from.updatedAt };
    });
    const added = await addNodes(tx.db, writer, rows);
    for (const [node, { held, from }] of those) {
      const { type, name, content, data, id: fileId } = node;
      if (added.has(held.id)) made.set(node, { fileId, took: "created", node: held });
      else {
        const { id, change } = await saveNode(tx.db, writer, { type, name, content, data, from });
        made.set(node, { fileId, took: change, node: { ...held, id } });
      }
    }
  }
  return [...made];
}

/** `before`: what comes before it in the order of all who write. */
async function fillNode(
  tx: Tx,
  taker: Taker,
  node: FileNode,
  seen: HeldNode,
  { before, free }: { readonly before: () => Promise<void>; readonly free: Set<string> },
): Promise<TakenNode> {
  const planned = filled(tx, taker, node, seen);
  if (planned.took !== "updated" || taker.dryRun) return planned;
  await before();
  const held = await asItIs(tx, seen.id);
  if (held === undefined) return makeAgain(tx, taker, node, seen, free);
  const sure = filled(tx, taker, node, held);
  if (sure.took === "updated") await changeNode(tx.db, writerOf(tx, taker, node), held, sure.node);
  return sure;
}

/** As it is now, and stays until this is over: what others have added since is kept. */
async function asItIs(tx: Tx, id: string): Promise<HeldNode | undefined> {
  return tx.db
    .selectFrom("nodes")
    .selectAll()
    .where("id", "=", id)
    .$if(tx.kind === "postgres", (q) => q.forNoKeyUpdate())
    .executeTakeFirst();
}

/** It was there a moment ago: what the file says is written down as of a node that is new, by its own id where it had that. */
async function makeAgain(tx: Tx, taker: Taker, node: FileNode, seen: HeldNode, free: Set<string>): Promise<TakenNode> {
  if (seen.id === node.id) free.add(node.id);
  const [made] = await makeNodes(tx, taker, [[node, freshNode(tx, taker, node, free)]]);
  if (made === undefined) throw new Error(`the node "${node.name}" was not made`);
  return made[1];
}

function filled(tx: Tx, taker: Taker, node: FileNode, held: HeldNode): TakenNode {
  const { id: fileId, content } = node;
  const old = parseData(held.data);
  if (says(held, node)) return { fileId, took: "unchanged", node: held };
  const asFile = { content: content || held.content, data: { ...old, ...node.data } };
  const asHere = { content: held.content || content, data: { ...node.data, ...old } };
  const asIs = { content: held.content, data: old };
  const at = node.updatedAt ?? tx.now;
  // The very same, as a format has it that cannot hold every character, is no news.
  const to = at === held.updated_at && held.id === fileId ? asIs : at >= held.updated_at ? asFile : asHere;
  const isSame = to.content === held.content && isDeepStrictEqual(to.data, old);
  if (isSame || !mayWrite(taker, node, held)) return { fileId, took: "kept", node: held };
  const now = { ...held, content: to.content, data: JSON.stringify(to.data), updated_at: tx.now };
  return { fileId, took: "updated", node: now };
}

const mayWrite = (taker: Taker, node: FileNode, held: HeldNode): boolean =>
  held.owner_id === taker.userId || ownerFor(taker, node) === null;

/** It is found by what it was called before others were merged into it. */
async function alsoCall(tx: Tx, taker: Taker, node: FileNode, one: TakenNode, free: Set<string>): Promise<TakenNode> {
  if (node.aliases.length === 0) return one;
  // Of two who add names at once the other waits, and sees them.
  if (!taker.dryRun && (await asItIs(tx, one.node.id)) === undefined) {
    return alsoCall(tx, taker, node, await makeAgain(tx, taker, node, one.node, free), free);
  }
  const { id, name, owner_id: ownerId } = one.node;
  const there = (await aliasesOf(tx.db, id)).map((alias) => ({ type: alias.type, name: alias.name }));
  const known = new Set([one.node, ...there].map((each) => nameKey(null, each)));
  const missing = new Map(
    node.aliases.map(({ type, name: other }) => [nameKey(null, { type, name: other }), { type, name: other }] as const),
  );
  for (const key of known) missing.delete(key);
  if (missing.size === 0) return one;
  if (!mayWrite(taker, node, one.node)) return { ...one, took: "kept" };
  if (!taker.dryRun) {
    const aliases = [...there, ...missing.values()];
    await setAliases(tx.db, id, aliases);
    await toBeIndexed(tx.db, id);
    const noted = { thing: "node", id, nodeId: id, name, ownerId } as const;
    await noteChange(tx.db, writerOf(tx, taker, node), { ...noted, before: { aliases: there }, after: { aliases } });
  }
  return { ...one, took: one.took === "created" ? "created" : "updated" };
}

/** What is here says all that the file does. */
function says(held: HeldNode, { content, data }: FileNode): boolean {
  const old = parseData(held.data);
  return (content === "" || content === held.content) && isDeepStrictEqual({ ...old, ...data }, old);
}

export interface TakenEdge {
  readonly took: EdgeTook;
  readonly edge: HeldEdge;
}

/** An edge is the one of that type between its ends; it gets what it does not have. */
export async function takeEdges(
  tx: Tx,
  taker: Taker,
  edges: readonly FileEdge[],
  planned: ReadonlyMap<string, HeldEdge>,
): Promise<readonly TakenEdge[]> {
  const like = edges.map(({ source, target, type }) => ({ source: source.id, target: target.id, type }));
  const held = Map.groupBy(await edgesLike(tx, taker.userId, like), linkKey);
  const free = await freeIds(
    tx,
    "edges",
    edges.flatMap(({ id }) => id ?? []),
  );
  if (!taker.dryRun) await checkEnds(tx, edges);
  const taken: TakenEdge[] = [];
  const fresh: Fresher[] = [];
  const write = async (): Promise<void> => void taken.push(...(await makeEdges(tx, taker, fresh.splice(0))));
  const keyed = edges.map((edge, at) => ({ edge, key: linkKey(like[at] ?? never()) }));
  for (const { edge, key } of keyed.toSorted((a, b) => order(a.key, b.key))) {
    const there = [planned.get(key) ?? [], ...(held.get(key) ?? [])].flat();
    const one = freshEdge(tx, taker, edge, free);
    const same = there.find((row) => isDeepStrictEqual({ ...parseData(row.data), ...edge.data }, parseData(row.data)));
    if (edge.source.id === edge.target.id) taken.push({ took: "skipped", edge: one.held });
    else if (same !== undefined) taken.push({ took: "unchanged", edge: same });
    else if (taker.dryRun) {
      const isThere = there.some((row) => row.owner_id === one.held.owner_id);
      taken.push({ took: isThere ? "updated" : "created", edge: one.held });
    } else if (there.length > 0) {
      await write();
      taken.push(await changeEdge(tx, taker, one));
    } else fresh.push(one);
    held.set(key, [...(held.get(key) ?? []), one.held]);
  }
  await write();
  if (taker.dryRun) return taken;
  const made = taken.filter(({ took }) => took === "created");
  await countThings(
    tx.db,
    made.map(({ edge }) => ({ part: "edge", ownerId: edge.owner_id, type: edge.type })),
    1,
  );
  return taken;
}

/** Throws where a node has gone since it was taken. They are not locked: whoever writes nodes takes them in another order. */
async function checkEnds(tx: Tx, edges: readonly FileEdge[]): Promise<void> {
  const ids = [...new Set(edges.flatMap(({ source, target }) => [source.id, target.id]))];
  if (ids.length === 0) return;
  const rows = await tx.db.selectFrom("nodes").select("id").where("id", "in", ids).execute();
  if (rows.length === ids.length) return;
  throw new SparkyError("conflict", "somebody took away a node of the file while it was imported");
}

interface Fresher {
  readonly edge: FileEdge;
  readonly held: HeldEdge;
  readonly from: Origin;
}

function freshEdge(tx: Tx, taker: Taker, edge: FileEdge, free: Set<string>): Fresher {
  const { source, target, type, data } = edge;
  const ownerId = edgeOwner({ ownerId: ownerFor(taker, edge) }, edge);
  const from = originOf(tx, { ...edge, id: edge.id ?? "", updatedAt: undefined }, free);
  const ends = { source: source.id, target: target.id, type };
  const held = { id: from.id, owner_id: ownerId, chat_id: null, ...ends, data: JSON.stringify(data) };
  return { edge, held, from };
}

async function makeEdges(tx: Tx, taker: Taker, fresh: readonly Fresher[]): Promise<readonly TakenEdge[]> {
  if (fresh.length === 0) return [];
  const rows = fresh.map(({ edge: { source, target, type }, held: { id, owner_id: ownerId, data }, from }) => {
    return { id, ownerId, source, target, type, data, createdAt: from.createdAt };
  });
  const added = await addEdges(tx.db, writerOf(tx, taker, { shared: false }), rows);
  const taken: TakenEdge[] = [];
  for (const one of fresh) {
    taken.push(added.has(one.held.id) ? { took: "created", edge: one.held } : await changeEdge(tx, taker, one));
  }
  return taken;
}

async function changeEdge(tx: Tx, taker: Taker, { edge, held, from }: Fresher): Promise<TakenEdge> {
  const { source, target, type, data } = edge;
  const { id, change } = await saveEdge(tx.db, writerOf(tx, taker, edge), { source, target, type, data, from });
  return { took: change, edge: { ...held, id } };
}

type Shared = Pick<FileNode, "shared">;

/** Whose what is new becomes. */
const ownerFor = (taker: Taker, thing: Shared): string | null => (taker.shared && thing.shared ? null : taker.userId);

const writerOf = (tx: Tx, taker: Taker, thing: Shared): GraphWriter => ({
  userId: taker.userId,
  ownerId: ownerFor(taker, thing),
  now: tx.now,
  newId: () => tx.newId(),
});

/** Its own id and times where they can be; nothing comes out of the future. */
function originOf(tx: Tx, thing: Pick<FileNode, "id" | "createdAt" | "updatedAt">, free: Set<string>): Origin {
  const createdAt = Math.min(thing.createdAt ?? tx.now, tx.now);
  const updatedAt = Math.min(thing.updatedAt ?? tx.now, tx.now);
  return { id: free.delete(thing.id) ? thing.id : tx.newId(), createdAt, updatedAt };
}

export const nameKey = (ownerId: string | null, { type, name }: NodeName): string =>
  JSON.stringify([type, name, ownerId ?? ""]);

export const linkKey = ({ source, target, type }: Pick<HeldEdge, "source" | "target" | "type">): string =>
  JSON.stringify([source, target, type]);

const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

function never(): never {
  throw new Error("an edge has no ends");
}
