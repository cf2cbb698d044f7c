import { sql } from "kysely";
import { notFound } from "../../core/errors.ts";
import { linksOf, otherEnd, type Link } from "./links.ts";
import { visible, type NodeLabel } from "./visible.ts";
import { isOneOf } from "../database/many.ts";
import type { Store } from "../database/store.ts";

/** A node among others: how far from the first, and how many edges it has in all, counted up to a thousand each way. */
export interface Neighbour extends NodeLabel {
  readonly depth: number;
  readonly edges: number;
}

export interface GraphEdge {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly target: string;
}

export interface Neighbourhood {
  /** The nearest first, the node itself before all. */
  readonly nodes: readonly Neighbour[];
  /** All between those. */
  readonly edges: readonly GraphEdge[];
  /** So many others are as near; not counted beyond some ten thousand. */
  readonly more: number;
}

export const MOST_NEIGHBOURS = 300;
export const DEEPEST = 3;
/** Of each node at least so many edges are followed, where there is room. */
const FEWEST_LINKS = 8;
const COUNTED_EDGES = 1000;
const COUNTED_MORE = 10_000;
const MOST_EDGES = 5000;

type Looked = Pick<Store, "db" | "kind">;

/** Breadth first, and fairly: no node's neighbours take the room of another's. */
export async function neighbourhood(
  store: Looked,
  userId: string,
  nodeId: string,
  { depth: deepest, limit }: { readonly depth: number; readonly limit: number },
): Promise<Neighbourhood> {
  const nodes = new Map((await labelled(store, userId, [nodeId], 0)).map((node) => [node.id, node]));
  if (nodes.size === 0) throw notFound(`node ${JSON.stringify(nodeId)}`);
  let frontier: readonly string[] = [nodeId];
  const followed: string[] = [];
  let isCut = false;
  for (let depth = 1; depth <= deepest && frontier.length > 0; depth++) {
    const room = limit - nodes.size;
    const each = Math.max(FEWEST_LINKS, Math.ceil((2 * room) / frontier.length));
    const links = await linksOf(store, userId, frontier, each);
    followed.push(...frontier);
    const fresh = [...new Set(inTurns(frontier, links).map(otherEnd))].filter((id) => !nodes.has(id));
    isCut ||= fresh.length > room || reached(links, each);
    const found = await labelled(store, userId, fresh.slice(0, room), depth);
    for (const node of found) nodes.set(node.id, node);
    frontier = found.map(({ id }) => id);
  }
  const ids = [...nodes.keys()];
  const [edges, more] = await Promise.all([
    edgesAmong(store, userId, ids),
    isCut ? countOthers(store, userId, followed, ids) : 0,
  ]);
  return { nodes: [...nodes.values()], edges, more };
}

/** The first link of each node, then the second of each, and so on. */
function inTurns(frontier: readonly string[], links: readonly Link[]): readonly Link[] {
  const turns = Map.groupBy(links, ({ at }) => at);
  const most = Math.max(0, ...[...turns.values()].map((of) => of.length));
  return Array.from({ length: most }, (_, turn) => frontier.flatMap((at) => turns.get(at)?.[turn] ?? [])).flat();
}

/** A node may have more edges than were read. */
function reached(links: readonly Link[], each: number): boolean {
  const counts = new Map<string, number>();
  for (const { at, source } of links) {
    const key = `${at} ${source === at}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts.values()].some((count) => count >= each);
}

/** In the order of the ids, without those that may not be seen. */
async function labelled(
  { db, kind }: Looked,
  userId: string,
  ids: readonly string[],
  depth: number,
): Promise<readonly Neighbour[]> {
  if (ids.length === 0) return [];
  const seen = visible(userId, "edges");
  const { rows } = await sql<NodeLabel & { edges: number }>`
    SELECT n.id, n.type, n.name,
      (SELECT count(*) FROM (SELECT 1 FROM edges WHERE source = n.id AND ${seen} LIMIT ${COUNTED_EDGES}) AS outgoing) +
      (SELECT count(*) FROM (SELECT 1 FROM edges WHERE target = n.id AND ${seen} LIMIT ${COUNTED_EDGES}) AS incoming) AS edges
    FROM nodes n WHERE ${isOneOf(kind, "n.id", ids)} AND ${visible(userId, "n")}`.execute(db);
  const found = new Map(rows.map(({ id, type, name, edges }) => [id, { id, type, name, depth, edges }]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** By the edges that leave each: to look for each pair takes longer. */
async function edgesAmong({ db, kind }: Looked, userId: string, ids: readonly string[]): Promise<readonly GraphEdge[]> {
  const { rows } = await sql<GraphEdge>`
    SELECT id, type, source, target FROM edges
    WHERE ${isOneOf(kind, "source", ids)} AND ${isOneOf(kind, sql`(target || '')`, ids)} AND source <> target
      AND ${visible(userId, "edges")}
    ORDER BY id LIMIT ${MOST_EDGES}`.execute(db);
  return rows;
}

async function countOthers(
  { db, kind }: Looked,
  userId: string,
  from: readonly string[],
  known: readonly string[],
): Promise<number> {
  const seen = visible(userId, "edges");
  const { rows } = await sql<{ n: number }>`
    SELECT count(DISTINCT other) AS n FROM (
      SELECT other FROM (SELECT target AS other FROM edges
        WHERE ${isOneOf(kind, "source", from)} AND ${seen} LIMIT ${COUNTED_MORE}) AS outgoing
      UNION ALL
      SELECT other FROM (SELECT source AS other FROM edges
        WHERE ${isOneOf(kind, "target", from)} AND ${seen} LIMIT ${COUNTED_MORE}) AS incoming) AS others
    WHERE NOT ${isOneOf(kind, "other", known)}`.execute(db);
  return rows[0]?.n ?? 0;
}
