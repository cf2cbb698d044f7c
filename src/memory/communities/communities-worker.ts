import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { UndirectedGraph } from "graphology";
import type louvainModule from "graphology-communities-louvain";
import type pagerankModule from "graphology-metrics/centrality/pagerank.js";
import type { Communities, Joined } from "./found.ts";

/** The thread that groups a graph: it holds all of it, and ends with its answer. */

// They are CommonJS, and their types say that they were not.
const load = createRequire(import.meta.url);
const louvain = load("graphology-communities-louvain") as (typeof louvainModule)["default"];
const pagerank = load("graphology-metrics/centrality/pagerank") as (typeof pagerankModule)["default"];

/** Not in an order that is drawn anew each time: the same graph has the same groups. */
const STEADY = { randomWalk: false };

function communitiesOf({ ends, shown }: Joined): Communities {
  const graph = new UndirectedGraph();
  for (let at = 0; at < ends.length; at += 2) {
    // Several edges between two nodes are one that weighs more.
    graph.updateEdge(ends[at], ends[at + 1], (edge) => ({ weight: ((edge["weight"] as number | undefined) ?? 0) + 1 }));
  }
  if (graph.order === 0) return { count: 0, modularity: 0, largest: [], central: [] };
  const { communities, count, modularity } = louvain.detailed(graph, STEADY);
  const ranks = pagerank(graph, { getEdgeWeight: "weight" });
  const byRank = graph.nodes().toSorted((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || Number(a) - Number(b));
  const groups = [...Map.groupBy(byRank, (node) => communities[node]).values()];
  return {
    count,
    modularity,
    largest: groups
      .toSorted((a, b) => b.length - a.length || Number(a[0]) - Number(b[0]))
      .slice(0, shown.communities)
      .map((nodes) => ({ size: nodes.length, nodes: nodes.slice(0, shown.nodes).map(Number) })),
    central: byRank
      .slice(0, shown.central)
      .map((node) => ({ node: Number(node), rank: ranks[node] ?? 0, neighbours: graph.degree(node) })),
  };
}

parentPort?.postMessage(communitiesOf(workerData as Joined));
