import { infiniteQueryOptions } from "@tanstack/react-query";
import { listSchema } from "../../src/wire/api.ts";
import { auditEntrySchema } from "../../src/wire/audit.ts";
import type { AuditKind } from "../../src/core/audit-kinds.ts";
import type { Http } from "../live/http.ts";

const PAGE = 50;

const auditListSchema = listSchema(auditEntrySchema);

/** The newest first; of one kind, or of all. */
export const auditQuery = (http: Http, kind: AuditKind | null) =>
  infiniteQueryOptions({
    queryKey: ["audit", kind],
    queryFn: ({ signal, pageParam }) =>
      http.get(`/api/audit?limit=${PAGE}${kind === null ? "" : `&kind=${kind}`}${pageParam}`, auditListSchema, signal),
    initialPageParam: "",
    getNextPageParam: ({ next }) => (next === null ? undefined : `&cursor=${encodeURIComponent(next)}`),
  });
