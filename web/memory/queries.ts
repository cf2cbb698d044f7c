import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { listSchema } from "../../src/wire/api.ts";
import { foundNodeSchema, graphCheckSchema, graphStatsSchema, nodeEdgeSchema } from "../../src/wire/graph.ts";
import type { Http } from "../live/http.ts";

/** What is asked of the memory over HTTP: all of it is stale when the graph changes. */

const PAGE = 50;

const foundListSchema = listSchema(foundNodeSchema);
const edgeListSchema = listSchema(nodeEdgeSchema);

const after = (next: string | null): string | undefined =>
  next === null ? undefined : `&cursor=${encodeURIComponent(next)}`;

const nodePath = (id: string): string => `/api/graph/nodes/${encodeURIComponent(id)}`;

export const statsQuery = (http: Http) =>
  queryOptions({
    queryKey: ["graph", "stats"],
    queryFn: ({ signal }) => http.get("/api/graph/stats", graphStatsSchema, signal),
  });

/** All nodes, or those of a type, by name. */
export const nodesQuery = (http: Http, type: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["graph", "nodes", type],
    queryFn: ({ signal, pageParam }) => {
      const only = type === undefined ? "" : `&type=${encodeURIComponent(type)}`;
      return http.get(`/api/graph/search?limit=${PAGE}${only}${pageParam}`, foundListSchema, signal);
    },
    initialPageParam: "",
    getNextPageParam: ({ next }) => after(next),
  });

export const edgesQuery = (http: Http, id: string) =>
  infiniteQueryOptions({
    queryKey: ["graph", "edges", id],
    queryFn: ({ signal, pageParam }) =>
      http.get(`${nodePath(id)}/edges?limit=${PAGE}${pageParam}`, edgeListSchema, signal),
    initialPageParam: "",
    getNextPageParam: ({ next }) => after(next),
  });

export const checkQuery = (http: Http) =>
  queryOptions({
    queryKey: ["graph", "check"],
    queryFn: ({ signal }) => http.get("/api/graph/check", graphCheckSchema, signal),
  });
