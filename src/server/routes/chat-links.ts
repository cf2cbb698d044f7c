import { linksOf, makeLink, revokeLink, takeLink } from "../../store/chats/links.ts";
import { listSchema } from "../../wire/api.ts";
import {
  chatLinkSchema,
  madeChatLinkSchema,
  newChatLinkSchema,
  takeLinkSchema,
  takenLinkSchema,
} from "../../wire/shares.ts";
import type { ServerDeps } from "../deps.ts";
import { BackOff } from "../sign-in/rate-limit.ts";
import { chatLinksQuery, revokedLinkQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function chatLinkRoutes({ store, log }: ServerDeps): readonly Route[] {
  // What succeeds counts too: who has one good link, as one of their own, would begin to guess anew by it.
  const tries = new BackOff(store.clock, { what: "links that were tried", free: 20, mostMs: 60_000 });
  return [
    route({
      method: "GET",
      path: "/api/chats/:id/links",
      right: "chats.share",
      summary:
        "The links by which a chat is shared and that hold still, the newest first, and who came by each. None is ever told again.",
      query: chatLinksQuery,
      answers: { 200: listSchema(chatLinkSchema) },
      async handle({ viewer, params, query }) {
        const links = await linksOf(store, viewer, params.id, query.prefix ?? "");
        const items = links.slice(0, query.limit).map((link) => ({ ...link, people: [...link.people] }));
        return { status: 200, body: { items, next: null, total: links.length } };
      },
    }),
    route({
      method: "POST",
      path: "/api/chats/:id/links",
      right: "chats.share",
      scope: "admin",
      summary:
        "Makes a link by which whoever is signed in here and has it comes to a chat, to watch or to write, until it ends: in seven days, if " +
        "you do not say when. Its address is told this once. 409 where there are 20 already.",
      body: newChatLinkSchema,
      answers: { 201: madeChatLinkSchema },
      async handle({ viewer, params, body, base }) {
        const wanted = { write: body.write ?? false, expiresAt: body.expiresAt };
        const { token, ...link } = await makeLink(store, viewer, params.id, wanted);
        const { id, write, expiresAt } = link;
        log.info({ by: viewer.name, chat: params.id, link: id, write, expiresAt }, "a link to a chat was made");
        // Behind the `#`: browsers send that to nobody, so that no log, proxy or other page is told it.
        return { status: 201, body: { ...link, url: `${base}/shared#${token}` } };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/chats/:id/links/:link",
      right: "chats.share",
      scope: "admin",
      summary:
        "Revokes a link to a chat: nobody comes by it any more. Who has come keeps the chat; with `unshare` they lose it at once.",
      query: revokedLinkQuery,
      answers: { 204: null },
      async handle({ viewer, params, query }) {
        const unshare = query.unshare ?? false;
        await revokeLink(store, viewer, params.id, params.link, { unshare });
        log.info({ by: viewer.name, chat: params.id, link: params.link, unshare }, "a link to a chat was revoked");
        return { status: 204 };
      },
    }),
    route({
      method: "POST",
      path: "/api/shared",
      right: "links.take",
      scope: "admin",
      keepsSecrets: true,
      summary:
        "Takes up a link by which a chat is shared: from then on you have the chat as if it had been shared with you by hand, a viewer to watch. " +
        "Never less than you have. 201 where you had no share. 404 for what is no link, 409 for one that has ended; many tries are slowed down.",
      body: takeLinkSchema,
      answers: { 201: takenLinkSchema, 200: takenLinkSchema },
      async handle({ viewer, body }) {
        tries.attempt(viewer.id);
        const { created, ...taken } = await takeLink(store, viewer, body.token);
        log.info({ by: viewer.name, chat: taken.chatId, write: taken.write, created }, "a link to a chat was taken up");
        return { status: created ? 201 : 200, body: taken };
      },
    }),
  ];
}
