import { search } from "../../store/search/search.ts";
import { searchPageSchema } from "../../wire/search.ts";
import type { ServerDeps } from "../deps.ts";
import { searchQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function searchRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/search",
      right: "chats.see",
      summary:
        "What you may see that has all words of `q`: chats, tasks, nodes, then events, each the newest first. With `runId`: events of that run alone.",
      query: searchQuery,
      answers: { 200: searchPageSchema },
      async handle({ viewer, query: { q, ...rest } }) {
        return { status: 200, body: await search(store, viewer, { query: q, ...rest }) };
      },
    }),
  ];
}
