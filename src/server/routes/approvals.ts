import { getApproval, listApprovals } from "../../store/approvals/approvals.ts";
import { listGrants, revokeGrant } from "../../store/approvals/grants.ts";
import { listSchema } from "../../wire/api.ts";
import { approvalSchema, decisionSchema, grantSchema } from "../../wire/approvals.ts";
import { decide } from "../socket/decide.ts";
import type { ServerDeps } from "../deps.ts";
import { approvalsQuery, grantsQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function approvalRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/approvals",
      right: "chats.see",
      summary:
        "What the agent asks before it acts, in chats that you see and where you answer for others, the newest first: what is open, or with `state=all` the history too.",
      query: approvalsQuery,
      answers: { 200: listSchema(approvalSchema) },
      handle: async ({ viewer, query }) => ({ status: 200, body: await listApprovals(store, viewer, query) }),
    }),
    route({
      method: "GET",
      path: "/api/approvals/:id",
      right: "chats.see",
      summary: "One approval, with the exact arguments of its call.",
      answers: { 200: approvalSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await getApproval(store, viewer, params.id) }),
    }),
    route({
      method: "POST",
      path: "/api/approvals/:id",
      right: "chats.answer",
      scope: "admin",
      lets: true,
      summary:
        "Answers an approval: a yes asks for the right `chats.approve`. The first answer wins: a later one gets 409, which says who answered what.",
      body: decisionSchema,
      answers: { 200: approvalSchema },
      handle: async ({ viewer, params, body }) => ({ status: 200, body: await decide(store, viewer, params.id, body) }),
    }),
    route({
      method: "GET",
      path: "/api/grants",
      right: "grants.see",
      summary: "The standing yeses in force that you may take back.",
      query: grantsQuery,
      answers: { 200: listSchema(grantSchema) },
      async handle({ viewer, query }) {
        const grants = await listGrants(store, viewer);
        const items = grants.filter((grant) => grant.id.startsWith(query.prefix ?? ""));
        return { status: 200, body: { items, next: null, total: items.length } };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/grants/:id",
      right: "grants.revoke",
      scope: "admin",
      summary: "Takes a standing yes back: the next call asks again.",
      answers: { 204: null },
      async handle({ viewer, params }) {
        await revokeGrant(store, viewer, params.id);
        return { status: 204 };
      },
    }),
  ];
}
