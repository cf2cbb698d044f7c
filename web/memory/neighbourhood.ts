import type { Neighbourhood } from "../../src/wire/graph-mending.ts";

/** What stands around a node, as it is drawn and told. Pure: the same neighbourhood looks the same each time. */

export type Neighbour = Neighbourhood["nodes"][number];
export type Joint = Neighbourhood["edges"][number];

/** No more are drawn or listed, however far one goes on. */
export const MOST_NODES = 300;

/** Both as one, as far as there is room; an edge is in it only with both its ends. */
export function joined(known: Neighbourhood, found: Neighbourhood): Neighbourhood {
  const nodes = new Map(known.nodes.map((node) => [node.id, node]));
  let left = 0;
  for (const node of found.nodes) {
    if (nodes.has(node.id)) continue;
    if (nodes.size < MOST_NODES) nodes.set(node.id, node);
    else left += 1;
  }
  const edges = new Map([...known.edges, ...found.edges].map((edge) => [edge.id, edge]));
  const whole = [...edges.values()].filter(({ source, target }) => nodes.has(source) && nodes.has(target));
  return { nodes: [...nodes.values()], edges: whole, more: known.more + found.more + left };
}

/** How many steps each node is from the one in the middle, in the order in which they are reached. */
export function stepsFrom(centre: string, { nodes, edges }: Neighbourhood): ReadonlyMap<string, number> {
  const steps = new Map<string, number>();
  for (const branch of branchesFrom(centre, { nodes, edges })) steps.set(branch.id, branch.depth);
  return steps;
}

/** How many links each node has here, of which it may have more. */
export function linksOf({ edges }: Pick<Neighbourhood, "edges">): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { source, target } of edges) {
    for (const id of source === target ? [source] : [source, target]) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * A node stands on a ring around the middle as many steps away as it is, in the part of the circle of the node that it was reached
 * from; the more leads on from it, the more room it has.
 */
export function placesOf(centre: string, neighbourhood: Neighbourhood): ReadonlyMap<string, Place> {
  const branches = branchesFrom(centre, neighbourhood);
  for (const { parent, leaves } of branches.toReversed()) if (parent !== null) parent.leaves += Math.max(1, leaves);
  const places = new Map<string, Place>();
  for (const branch of branches) {
    const { parent, depth } = branch;
    if (parent !== null) {
      branch.from = parent.next;
      branch.width = (parent.width * Math.max(1, branch.leaves)) / Math.max(1, parent.leaves);
      parent.next += branch.width;
      branch.next = branch.from;
    }
    const angle = branch.from + branch.width / 2;
    places.set(branch.id, { x: depth * Math.cos(angle), y: depth * Math.sin(angle) });
  }
  return places;
}

interface Branch {
  readonly id: string;
  readonly parent: Branch | null;
  readonly depth: number;
  /** Of all that leads on from it. */
  leaves: number;
  /** Its part of the circle, and where in it the next one begins that was reached from it. */
  from: number;
  width: number;
  next: number;
}

/** The nodes as they are reached from the middle, the nearest first; those that nothing leads to stand outside. */
function branchesFrom(centre: string, { nodes, edges }: Pick<Neighbourhood, "nodes" | "edges">): readonly Branch[] {
  const others = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { source, target } of edges) {
    others.get(source)?.push(target);
    others.get(target)?.push(source);
  }
  const whole = { leaves: 0, from: 0, width: 2 * Math.PI, next: 0 };
  const root: Branch = { id: centre, parent: null, depth: 0, ...whole };
  const reached = new Map([[centre, root]]);
  const reach = (id: string, parent: Branch, depth: number): void => {
    if (!reached.has(id)) reached.set(id, { id, parent, depth, leaves: 0, from: 0, width: 0, next: 0 });
  };
  // What is added while one goes through it is gone through too.
  for (const branch of reached.values())
    for (const id of others.get(branch.id) ?? []) reach(id, branch, branch.depth + 1);
  const outside = Math.max(...[...reached.values()].map(({ depth }) => depth)) + 1;
  for (const { id } of nodes) reach(id, root, outside);
  return [...reached.values()];
}
