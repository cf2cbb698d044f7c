import { queryOptions } from "@tanstack/react-query";
import { listSchema } from "../../src/wire/api.ts";
import { passkeySchema } from "../../src/wire/passkeys.ts";
import type { Http } from "../live/http.ts";

export const PASSKEYS = ["passkeys"];

export const passkeysQuery = (http: Http, user: string | undefined) =>
  queryOptions({
    queryKey: [...PASSKEYS, user],
    queryFn: ({ signal }) => {
      const whose = user === undefined ? "" : `?user=${encodeURIComponent(user)}`;
      return http.get(`/api/passkeys${whose}`, listSchema(passkeySchema), signal);
    },
  });
