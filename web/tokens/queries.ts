import { queryOptions } from "@tanstack/react-query";
import { listSchema } from "../../src/wire/api.ts";
import { tokenSchema } from "../../src/wire/tokens.ts";
import type { Http } from "../live/http.ts";

const tokenListSchema = listSchema(tokenSchema);

export const tokensQuery = (http: Http) =>
  queryOptions({ queryKey: ["tokens"], queryFn: ({ signal }) => http.get("/api/tokens", tokenListSchema, signal) });
