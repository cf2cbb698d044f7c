import { listAudit } from "../../store/overview/audit.ts";
import { auditEntrySchema } from "../../wire/audit.ts";
import { listSchema } from "../../wire/api.ts";
import type { ServerDeps } from "../deps.ts";
import { auditQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function auditRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/audit",
      right: "audit.see",
      summary:
        "Who, or which run, did what that counts, the newest first, numbered without gaps; of others for owners, and for admins what concerns the accounts of members and viewers.",
      query: auditQuery,
      answers: { 200: listSchema(auditEntrySchema) },
      async handle({ viewer, query: { since, ...query } }) {
        const from = since === undefined ? {} : { since: Date.parse(since) };
        return { status: 200, body: await listAudit(store.db, viewer, { ...query, ...from }) };
      },
    }),
  ];
}
