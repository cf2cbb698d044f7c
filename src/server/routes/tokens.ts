import { listTokens, makeToken, revokeToken } from "../../store/tokens/tokens.ts";
import { listSchema } from "../../wire/api.ts";
import { madeTokenSchema, newTokenSchema, tokenSchema } from "../../wire/tokens.ts";
import type { ServerDeps } from "../deps.ts";
import type { Identities } from "../sign-in/identities.ts";
import { route, type Route } from "./route.ts";

export const TOKENS_PATH = "/api/tokens";

export function tokenRoutes({ store }: ServerDeps, identities: Identities): readonly Route[] {
  return [
    route({
      method: "GET",
      path: TOKENS_PATH,
      right: "self.see",
      summary:
        "Your API tokens, the newest first: what each may be used for, and when it was. None is ever told again.",
      answers: { 200: listSchema(tokenSchema) },
      async handle({ viewer }) {
        const items = [...(await listTokens(store, viewer))];
        return { status: 200, body: { items, next: null, total: items.length } };
      },
    }),
    route({
      method: "POST",
      path: TOKENS_PATH,
      right: "self.change",
      summary: "Makes an API token of yours, and tells it this once.",
      scope: "admin",
      body: newTokenSchema,
      answers: { 201: madeTokenSchema },
      handle: async ({ viewer, body }) => ({ status: 201, body: await makeToken(store, viewer, body) }),
    }),
    route({
      method: "DELETE",
      path: `${TOKENS_PATH}/:id`,
      right: "self.sign-ins",
      summary: "Revokes a token of yours, by its id or name: what is open by it ends at once.",
      scope: "admin",
      answers: { 204: null },
      async handle({ viewer, params }) {
        identities.ended({ kind: "token", id: await revokeToken(store, viewer, params.id) });
        return { status: 204 };
      },
    }),
  ];
}
