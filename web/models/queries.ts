import { queryOptions } from "@tanstack/react-query";
import {
  modelChoicesSchema,
  modelsSchema,
  modelsSetSchema,
  modelTestSchema,
  type ModelsSet,
} from "../../src/wire/models.ts";
import { useServices } from "../app/services.tsx";
import type { Http } from "../live/http.ts";

/** What is set of models, for the owner. A key goes out and never comes back. */

export const modelsQuery = (http: Http) =>
  queryOptions({ queryKey: ["models"], queryFn: ({ signal }) => http.get("/api/models", modelsSchema, signal) });

/** What a chat, a task or a schedule may have, for everybody. */
export const modelChoicesQuery = (http: Http) =>
  queryOptions({
    queryKey: ["models", "choices"],
    queryFn: ({ signal }) => http.get("/api/models/choices", modelChoicesSchema, signal),
    // Keys are set elsewhere.
    staleTime: 0,
  });

/** Without a model: the one in use. */
export const testModel = (http: Http) => http.send("POST", "/api/models/test", {}, modelTestSchema);

/** One change of what is set; what is shown of it is fresh afterwards. */
export function useSetModels(): (
  method: "POST" | "PATCH" | "DELETE",
  path: string,
  body: unknown,
) => Promise<ModelsSet> {
  const { http, queries } = useServices();
  return async (method, path, body) => {
    const answer = await http.send(method, path, body, modelsSetSchema);
    queries.setQueryData(["models"], answer.models);
    // Each says by which model it answers.
    void queries.invalidateQueries({ queryKey: ["status"] });
    return answer;
  };
}

export const providerPath = (name: string): string => `/api/models/providers/${encodeURIComponent(name)}`;
