import { SparkyError } from "../../core/errors.ts";
import { candidatesFor, resolveRef, type NodeRef } from "./refs.ts";
import { countThings } from "./counts.ts";
import {
  edgeOwner,
  isOwn,
  saveEdge,
  saveNode,
  seenBy,
  type Data,
  type GraphWriter,
  type NewNode,
  type OwnedNode,
  type SavedEdge,
  type SavedNode,
} from "./save.ts";
import { scopeOf, type NodeLabel } from "./visible.ts";
import type { Db } from "../database/sql.ts";

export interface NewEdge {
  readonly source: NodeRef;
  readonly target: NodeRef;
  readonly type: string;
  readonly data?: Data | undefined;
}

/** In the order of the call; a node that it names twice is one. */
export interface GraphAdded {
  readonly nodes: readonly SavedNode[];
  readonly edges: readonly SavedEdge[];
}

/** A node of this call, before its row is known. */
interface AddedNode extends NewNode {
  readonly id: null;
}
type End = AddedNode | OwnedNode;

/**
 * Adds nodes and the edges between them. A node that exists (same owner, type and name) keeps what it had: its data is
 * merged key by key, its content replaced only by other content; where a node that all share says it already, nothing is
 * added. Throws `invalid_input` for an edge whose end is missing, may not be seen, is ambiguous, or is its other end.
 */
export async function graphAdd(
  db: Db,
  writer: GraphWriter,
  input: { readonly nodes: readonly NewNode[]; readonly edges: readonly NewEdge[] },
): Promise<GraphAdded> {
  const added = mergeTwins(input.nodes);
  const refs = input.edges.flatMap((edge) => [edge.source, edge.target]);
  const known = await candidatesFor(db, seenBy(writer), refs);
  const tiers = { added, scope: writer };
  const keyOf = (end: End): string => (end.id === null || isOwn(end, writer) ? nodeKey(end) : end.id);
  const edges = input.edges.map((edge) => {
    const [source, target] = [resolveRef(edge.source, known, tiers), resolveRef(edge.target, known, tiers)];
    if (keyOf(source) !== keyOf(target)) return { ...edge, source, target };
    throw withItself(edge.type, source.name);
  });

  const nodes = await inOrder(added, nodeKey, (node) => saveNode(db, writer, node));
  const rows = new Map(
    added.map((node, at) => [nodeKey(node), { ...labelOf(nodes[at] ?? never(node)), ...scopeOf(writer) }]),
  );
  const rowOf = (end: End): OwnedNode => (end.id === null ? (rows.get(nodeKey(end)) ?? never(end)) : end);
  const ready = edges.map((edge) => ({ ...edge, source: rowOf(edge.source), target: rowOf(edge.target) }));
  for (const edge of ready) if (edge.source.id === edge.target.id) throw withItself(edge.type, edge.source.name);
  const joined = await inOrder(ready, edgeKey, (edge) => saveEdge(db, writer, edge));
  const { ownerId, within } = writer;
  await countThings(
    db,
    [
      ...nodes.flatMap(({ change, type }) =>
        change === "created" ? [{ part: "node", ownerId, within, type } as const] : [],
      ),
      ...ready.flatMap((edge, at) =>
        joined[at]?.change === "created"
          ? [{ part: "edge", ownerId: edgeOwner(writer, edge), within, type: edge.type } as const]
          : [],
      ),
    ],
    1,
  );
  return { nodes, edges: joined };
}

const labelOf = ({ id, type, name }: NodeLabel): NodeLabel => ({ id, type, name });

function never({ name }: { readonly name: string }): never {
  throw new Error(`the node "${name}" was not saved`);
}

const withItself = (type: string, name: string): SparkyError =>
  new SparkyError("invalid_input", `the edge "${type}" would join "${name}" with itself`, {
    hint: "leave it out, or write it into the node's content",
  });

/**
 * Saves one after another in the order of their keys, so that two transactions never wait for one another's rows; gives
 * the results in the order of the items.
 */
async function inOrder<T, R>(items: readonly T[], keyOf: (item: T) => string, save: (item: T) => Promise<R>) {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  const saved = new Map<T, R>();
  for (const { item } of keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1))) saved.set(item, await save(item));
  return items.map((item) => saved.get(item)).filter((result) => result !== undefined);
}

const nodeKey = (node: Pick<NewNode, "type" | "name">): string => JSON.stringify([node.type, node.name]);
const edgeKey = (edge: { readonly source: NodeLabel; readonly target: NodeLabel; readonly type: string }): string =>
  JSON.stringify([edge.source.id, edge.target.id, edge.type]);

/** A node that a call names twice is one node. */
function mergeTwins(nodes: readonly NewNode[]): readonly AddedNode[] {
  const merged = new Map<string, AddedNode>();
  for (const node of nodes) {
    const before = merged.get(nodeKey(node));
    const data = { ...before?.data, ...node.data };
    merged.set(nodeKey(node), { ...node, id: null, content: node.content || before?.content, data });
  }
  return [...merged.values()];
}
