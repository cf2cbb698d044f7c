import { notFound } from "../../core/errors.ts";
import { graphChanges } from "../../store/graph/history.ts";
import { listSchema } from "../../wire/api.ts";
import { graphChangeSchema } from "../../wire/graph-changes.ts";
import type { ServerDeps } from "../deps.ts";
import { graphChangesQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function graphChangeRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/graph/changes",
      right: "memory.see",
      summary:
        "What became of the graph, the newest first; `thing` of one node with its edges, or of one edge; `run` by one run, with `seq` by one of its calls. " +
        "What belongs to another change is told by `partOf`.",
      query: graphChangesQuery,
      answers: { 200: listSchema(graphChangeSchema) },
      handle: async ({ viewer, query }) => ({ status: 200, body: await graphChanges(store.db, viewer, query) }),
    }),
    route({
      method: "POST",
      path: "/api/graph/changes/:id/undo",
      right: "memory.change",
      summary:
        "Puts back what a change has changed, and answers with the change that this is. 409 where something newer stands on it.",
      answers: { 200: graphChangeSchema },
      async handle({ viewer, params: { id } }) {
        if (!/^\d{1,15}$/.test(id)) throw notFound(`change ${JSON.stringify(id)}`);
        const { undoChange } = await import("../../store/mending/undo.ts");
        return { status: 200, body: await undoChange(store, viewer, Number(id)) };
      },
    }),
  ];
}
