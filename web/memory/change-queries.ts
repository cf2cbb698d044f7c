import { infiniteQueryOptions } from "@tanstack/react-query";
import { listSchema } from "../../src/wire/api.ts";
import { graphChangeSchema } from "../../src/wire/graph-changes.ts";
import type { Http } from "../live/http.ts";

const PAGE = 20;

const changeListSchema = listSchema(graphChangeSchema);

/** What became of a node and of what belongs to it, the newest first. */
export const changesQuery = (http: Http, thing: string) =>
  infiniteQueryOptions({
    queryKey: ["graph", "changes", thing],
    queryFn: ({ signal, pageParam }) =>
      http.get(
        `/api/graph/changes?thing=${encodeURIComponent(thing)}&limit=${PAGE}${pageParam}`,
        changeListSchema,
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: ({ next }) => (next === null ? undefined : `&cursor=${encodeURIComponent(next)}`),
  });

export const undoPath = (id: number): string => `/api/graph/changes/${id}/undo`;
