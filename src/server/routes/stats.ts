import { stats } from "../../store/overview/stats.ts";
import { statsSchema } from "../../wire/stats.ts";
import type { ServerDeps } from "../deps.ts";
import { statsQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function statsRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/stats",
      right: "chats.see",
      summary:
        "What the runs of a span came to: how many ended how, waits, durations, tokens, cost, by day and by schedule.",
      query: statsQuery,
      answers: { 200: statsSchema },
      handle: async ({ viewer, query }) => ({ status: 200, body: await stats(store, viewer, query) }),
    }),
  ];
}
