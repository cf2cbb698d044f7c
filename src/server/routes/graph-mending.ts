import { MOST_NEIGHBOURS, neighbourhood } from "../../store/graph/neighbours.ts";
import {
  apartSchema,
  duplicatesSchema,
  fixedSchema,
  graphPathSchema,
  mergedSchema,
  neighbourhoodSchema,
  newFixSchema,
  newMergeSchema,
} from "../../wire/graph-mending.ts";
import type { ServerDeps } from "../deps.ts";
import { duplicatesQuery, neighboursQuery, pathQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

/** What is seldom done is loaded when it is. */
export function graphMendingRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/graph/neighbors/:id",
      right: "memory.see",
      summary:
        "What a node is joined to, by up to `depth` edges (1 to 3), at most `limit` nodes (300), the nearest first.",
      query: neighboursQuery,
      answers: { 200: neighbourhoodSchema },
      async handle({ viewer, params, query: { depth = 1, limit = MOST_NEIGHBOURS } }) {
        return { status: 200, body: await neighbourhood(store, viewer.id, params.id, { depth, limit }) };
      },
    }),
    route({
      method: "GET",
      path: "/api/graph/path",
      right: "memory.see",
      summary: "The shortest way between the nodes `from` and `to`, by up to six edges, whichever way they lead.",
      query: pathQuery,
      answers: { 200: graphPathSchema },
      async handle({ viewer, query: { from, to } }) {
        const { graphPath } = await import("../../store/graph/path.ts");
        return { status: 200, body: await graphPath(store, viewer.id, from, to) };
      },
    }),
    route({
      method: "GET",
      path: "/api/graph/duplicates",
      right: "memory.see",
      summary: "Pairs of nodes that may be one and that you may merge, side by side, each with why.",
      query: duplicatesQuery,
      answers: { 200: duplicatesSchema },
      async handle({ viewer, query }) {
        const { duplicates } = await import("../../store/mending/duplicates.ts");
        return { status: 200, body: await duplicates(store.db, viewer, query) };
      },
    }),
    route({
      method: "POST",
      path: "/api/graph/apart",
      right: "memory.change",
      summary:
        "Says that the nodes `left` and `right` are not the same: the pair is not proposed any more, and `fix` does not merge it. " +
        "`apart: false` takes that back.",
      body: apartSchema,
      answers: { 200: apartSchema },
      async handle({ viewer, body }) {
        const { keepApart } = await import("../../store/mending/apart.ts");
        return { status: 200, body: await keepApart(store, viewer, body) };
      },
    }),
    route({
      method: "POST",
      path: "/api/graph/merge",
      right: "memory.change",
      summary:
        "Makes one node of two: contents, data and edges of both are kept, and the other's name finds it. `dryRun`: only says " +
        "what would be. It is undone by its change.",
      body: newMergeSchema,
      answers: { 200: mergedSchema },
      async handle({ viewer, body: { dryRun = false, ...merge } }) {
        const { mergeNodes } = await import("../../store/mending/merge.ts");
        return { status: 200, body: await mergeNodes(store, viewer, merge, dryRun) };
      },
    }),
    route({
      method: "POST",
      path: "/api/graph/fix",
      right: "memory.change",
      summary:
        "Puts right what a check finds of these kinds, some two hundred at a time, each undone by its change: broken edges, " +
        "edges and nodes of one type that are there twice but for how they are written, and nodes that nothing is known of. " +
        "`dryRun`: only says what would be done.",
      body: newFixSchema,
      answers: { 200: fixedSchema },
      async handle({ viewer, body: { kinds, dryRun = false } }) {
        const { fixGraph } = await import("../../store/mending/fix.ts");
        return { status: 200, body: await fixGraph(store, viewer, kinds, dryRun) };
      },
    }),
  ];
}
