import { queryOptions, useMutation } from "@tanstack/react-query";
import type { z } from "zod";
import { listSchema } from "../../src/wire/api.ts";
import { changeSchema, toolChangeShownSchema, type ChangedTool } from "../../src/wire/changes.ts";
import { useServices } from "../app/services.tsx";
import type { Http } from "../live/http.ts";

/** What is asked of tools and skills that are new or changed. It goes stale with the approvals. */

const changeListSchema = listSchema(changeSchema);
const shownListSchema = listSchema(toolChangeShownSchema);

/** A skill may be put into its place by hand: nobody tells of that. */
const LOOK_MS = 15_000;

export const changesQuery = (http: Http) =>
  queryOptions({
    queryKey: ["approvals", "changes"],
    queryFn: ({ signal }) => http.get("/api/changes", changeListSchema, signal),
    refetchInterval: LOOK_MS,
  });

export const toolChangesPath = (server: string): string => `/api/changes/tools/${encodeURIComponent(server)}`;

export const toolChangesQuery = (http: Http, server: string, tools: readonly ChangedTool[]) =>
  queryOptions({
    queryKey: ["approvals", "tool changes", server, tools.map(({ digest }) => digest)],
    queryFn: ({ signal }) => http.get(toolChangesPath(server), shownListSchema, signal),
    placeholderData: (before, query) => (query?.queryKey[2] === server ? before : undefined),
  });

interface Answer {
  readonly path: string;
  readonly body: unknown;
  readonly schema: z.ZodType;
  /** What is told when it is done. */
  readonly words: string;
}

/** One answer; whatever came of it, what waits is asked for anew. */
export function useAnswer(onTold: (words: string) => void) {
  const { http, queries } = useServices();
  return useMutation({
    mutationFn: ({ path, body, schema }: Answer) => http.send("POST", path, body, schema),
    onSuccess: (_, { words }) => onTold(words),
    onSettled: () => {
      for (const key of ["approvals", "tools", "status", "away"]) void queries.invalidateQueries({ queryKey: [key] });
    },
  });
}
