import { exportText, graphExport } from "../../memory/export.ts";
import { graphCheck } from "../../store/graph/check.ts";
import { graphNode, graphNodeEdges } from "../../store/graph/node.ts";
import { graphSearch } from "../../store/graph/search.ts";
import { graphStats } from "../../store/graph/stats.ts";
import { listSchema } from "../../wire/api.ts";
import {
  foundNodeSchema,
  graphCheckSchema,
  graphNodeSchema,
  graphStatsSchema,
  nodeEdgeSchema,
  graphExportSchema,
} from "../../wire/graph.ts";
import type { ServerDeps } from "../deps.ts";
import { download } from "./download.ts";
import { parseInput } from "../input.ts";
import { edgesQuery, exportQuery, graphSearchQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function graphRoutes({ store, log }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/graph/stats",
      summary: "How many nodes and edges you may see, by type.",
      answers: { 200: graphStatsSchema },
      handle: async ({ viewer }) => ({ status: 200, body: await graphStats(store.db, viewer.id) }),
    }),
    route({
      method: "GET",
      path: "/api/graph/search",
      summary: "Nodes with any of the words in `q`, the best first; without words all, by name.",
      query: graphSearchQuery,
      answers: { 200: listSchema(foundNodeSchema) },
      async handle({ viewer, query: { q = "", ...search } }) {
        return { status: 200, body: await graphSearch(store.db, viewer.id, { query: q, ...search }) };
      },
    }),
    route({
      method: "GET",
      path: "/api/graph/nodes/:id",
      summary: "A node with its edges, those that leave it first.",
      answers: { 200: graphNodeSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await graphNode(store.db, viewer.id, params.id) }),
    }),
    route({
      method: "GET",
      path: "/api/graph/nodes/:id/edges",
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
      summary: "What in the graph needs care: each kind counted, with at most twenty examples. It changes nothing.",
      answers: { 200: graphCheckSchema },
      handle: async ({ viewer }) => ({ status: 200, body: await graphCheck(store.db, viewer.id) }),
    }),
    {
      doc: {
        method: "GET",
        path: "/api/graph/export",
        summary:
          "All that you may see of the graph, as a file: JSON, or as `format` says; `part` for csv, nodes or edges.",
        query: exportQuery,
        answers: { 200: graphExportSchema },
      },
      run: async ({ viewer, query }) => {
        const { format = "json", part = "nodes" } = parseInput(exportQuery, query);
        const wanted = graphExport(format, part);
        return download(exportText(store.db, viewer.id, wanted), {
          contentType: wanted.format.contentType,
          name: format === "csv" ? `graph-${part}.csv` : `graph.${format}`,
          onError: (error) => log.error({ err: error }, "an export was cut off by a failure"),
        });
      },
    },
  ];
}
