import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { listSchema } from "../../src/wire/api.ts";
import { entitySchema, factSchema, type Fact } from "../../src/wire/facts.ts";
import type { Http } from "../live/http.ts";

/** What is asked of facts. They are stale when the graph changes. */

const PAGE = 50;

const factListSchema = listSchema(factSchema);

export interface FactFilter {
  readonly status?: Fact["status"];
  /** A node, or `me`. */
  readonly about?: string;
}

export const factsQuery = (http: Http, { status, about }: FactFilter) =>
  infiniteQueryOptions({
    queryKey: ["graph", "facts", status, about],
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams({ limit: String(PAGE) });
      if (status !== undefined) query.set("status", status);
      if (about !== undefined) query.set("about", about);
      return http.get(`/api/facts?${query}${pageParam}`, factListSchema, signal);
    },
    initialPageParam: "",
    getNextPageParam: ({ next }) => (next === null ? undefined : `&cursor=${encodeURIComponent(next)}`),
  });

/** How many wait for a yes. */
export const toReviewQuery = (http: Http) =>
  queryOptions({
    queryKey: ["graph", "facts", "to review"],
    queryFn: ({ signal }) => http.get("/api/facts?status=proposed&limit=1", factListSchema, signal),
  });

/** A node with what is known of it, what it was of use for, and what became of it. */
export const entityQuery = (http: Http, id: string) =>
  queryOptions({
    queryKey: ["graph", "entity", id],
    queryFn: ({ signal }) => http.get(`/api/entities/${encodeURIComponent(id)}`, entitySchema, signal),
  });
