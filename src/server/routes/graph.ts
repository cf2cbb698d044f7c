import { z } from "zod";
import { knownOf } from "../../store/facts/list.ts";
import { graphNode, graphNodeEdges } from "../../store/graph/node.ts";
import { graphStats } from "../../store/graph/stats.ts";
import { checkMemory } from "../../store/mending/check.ts";
import { searchNodes } from "../../store/recall/graph.ts";
import { leftOut } from "../../store/recall/left-out.ts";
import { listSchema } from "../../wire/api.ts";
import {
  deepStatsSchema,
  foundNodesSchema,
  graphCheckSchema,
  graphNodeSchema,
  graphStatsSchema,
  nodeEdgeSchema,
  type DeepStats,
} from "../../wire/graph.ts";
import type { ServerDeps } from "../deps.ts";
import { edgesQuery, graphSearchQuery, statsOfGraphQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function graphRoutes({ store }: ServerDeps, closing: AbortSignal): readonly Route[] {
  /** One at a time: each holds the whole graph. */
  let last: Promise<unknown> = Promise.resolve();
  const deep = async (userId: string, signal: AbortSignal): Promise<DeepStats> => {
    const before = last;
    const mine = (async () => {
      await before.catch(() => {});
      const { deepStats } = await import("../../memory/communities/communities.ts");
      return deepStats(store, userId, AbortSignal.any([closing, signal]));
    })();
    last = mine;
    return mine;
  };
  return [
    route({
      method: "GET",
      path: "/api/graph/stats",
      right: "memory.see",
      summary: "How many nodes and edges you may see, by type; `deep`: what of them belongs together, and its middle.",
      query: statsOfGraphQuery,
      answers: { 200: z.union([graphStatsSchema, deepStatsSchema]) },
      handle: async ({ viewer: { id }, query, signal }) => {
        const stats = query.deep ? await deep(id, signal) : await graphStats(store.db, id);
        return { status: 200, body: { ...stats, ...(await leftOut(store.db, id)) } };
      },
    }),
    route({
      method: "GET",
      path: "/api/graph/search",
      right: "memory.see",
      summary: "Nodes with any of the words in `q`, the best first; without words all, by name.",
      query: graphSearchQuery,
      answers: { 200: foundNodesSchema },
      async handle({ viewer, query: { q = "", ...search } }) {
        const found = await searchNodes(store, { viewer, within: null }, { query: q, ...search });
        const ids = found.items.map(({ id }) => id);
        const known = await knownOf(store, viewer, ids);
        const items = found.items.map((item) => {
          const facts = known.get(item.id);
          return facts === undefined ? item : { ...item, facts };
        });
        return { status: 200, body: { ...found, items, ...(await leftOut(store.db, viewer.id)) } };
      },
    }),
    route({
      method: "GET",
      path: "/api/graph/nodes/:id",
      right: "memory.see",
      summary: "A node with its edges, those that leave it first.",
      answers: { 200: graphNodeSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await graphNode(store.db, viewer.id, params.id) }),
    }),
    route({
      method: "GET",
      path: "/api/graph/nodes/:id/edges",
      right: "memory.see",
      summary: "A node's edges, page by page.",
      query: edgesQuery,
      answers: { 200: listSchema(nodeEdgeSchema) },
      handle: async ({ viewer, params, query }) => ({
        status: 200,
        body: await graphNodeEdges(store.db, viewer.id, params.id, query),
      }),
    }),
    route({
      method: "GET",
      path: "/api/graph/check",
      right: "memory.see",
      summary: "What in the graph needs care: each kind counted, with at most twenty examples. It changes nothing.",
      answers: { 200: graphCheckSchema },
      handle: async ({ viewer: { id } }) => ({
        status: 200,
        body: { ...(await checkMemory(store.db, id, store.clock.now())), ...(await leftOut(store.db, id)) },
      }),
    }),
  ];
}
