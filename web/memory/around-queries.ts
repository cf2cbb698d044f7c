import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { duplicatesSchema, neighbourhoodSchema } from "../../src/wire/graph-mending.ts";
import type { Http } from "../live/http.ts";
import { MOST_NODES } from "./neighbourhood.ts";

/** What is asked of a node's surroundings, and of what may be put right. */

const PAIRS = 20;

export const neighboursQuery = (http: Http, id: string, depth: number) =>
  queryOptions({
    queryKey: ["graph", "neighbours", id, depth],
    queryFn: ({ signal }) =>
      http.get(
        `/api/graph/neighbors/${encodeURIComponent(id)}?depth=${depth}&limit=${MOST_NODES}`,
        neighbourhoodSchema,
        signal,
      ),
  });

/** Pairs of nodes that may be one. */
export const duplicatesQuery = (http: Http) =>
  infiniteQueryOptions({
    queryKey: ["graph", "duplicates"],
    queryFn: ({ signal, pageParam }) =>
      http.get(`/api/graph/duplicates?limit=${PAIRS}${pageParam}`, duplicatesSchema, signal),
    initialPageParam: "",
    getNextPageParam: ({ next }) => (next === null ? undefined : `&cursor=${encodeURIComponent(next)}`),
  });
