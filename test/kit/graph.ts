import { graphAdd, type GraphAdded, type NewEdge } from "../../src/store/graph/add.ts";
import type { NewNode } from "../../src/store/graph/save.ts";
import type { Store } from "../../src/store/database/store.ts";
import { AGENT_ID } from "../../src/store/people/user.ts";

/** Adds to the graph as `userId`; what `agent` adds is shared. Edges in short: `Ann knows Bob`. */
export async function addGraph(
  store: Store,
  userId: string,
  nodes: readonly NewNode[],
  edges: readonly (string | NewEdge)[] = [],
): Promise<GraphAdded> {
  const ownerId = userId === AGENT_ID ? null : userId;
  const newEdges = edges.map((edge) => (typeof edge === "string" ? edgeOf(edge) : edge));
  return store.transact((tx) =>
    graphAdd(tx.db, { userId, ownerId, now: tx.now, newId: () => tx.newId() }, { nodes, edges: newEdges }),
  );
}

function edgeOf(words: string): NewEdge {
  const [source = "", type = "", target = ""] = words.split(" ");
  return { source: { ref: source }, type, target: { ref: target } };
}

export const person = (name: string, content = `About ${name}`): NewNode => ({ type: "person", name, content });
