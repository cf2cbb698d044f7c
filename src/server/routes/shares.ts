import { mentionable } from "../../store/chats/mentions.ts";
import { peopleToShareWith, shareChat, sharesOf, unshareChat } from "../../store/chats/shares.ts";
import { listSchema } from "../../wire/api.ts";
import { newShareSchema, personSchema, shareSchema, sharesSchema } from "../../wire/shares.ts";
import type { ServerDeps } from "../deps.ts";
import { route, type Route } from "./route.ts";

export function shareRoutes({ store, log }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/people",
      right: "people.names",
      summary: "The names of everybody with whom you can share a chat; none for who may only look.",
      answers: { 200: listSchema(personSchema) },
      async handle({ viewer }) {
        const items = (await peopleToShareWith(store, viewer)).map((name) => ({ name }));
        return { status: 200, body: { items, next: null, total: items.length } };
      },
    }),
    route({
      method: "GET",
      path: "/api/chats/:id/people",
      right: "chats.see",
      summary: "The names of everybody else who can see a chat: a message there mentions them by `@` and their name.",
      answers: { 200: listSchema(personSchema) },
      async handle({ viewer, params }) {
        const items = (await mentionable(store, viewer, params.id)).map((name) => ({ name }));
        return { status: 200, body: { items, next: null, total: items.length } };
      },
    }),
    route({
      method: "GET",
      path: "/api/chats/:id/shares",
      right: "chats.see",
      summary: "With whom a chat is shared, to watch or to write, for whoever sees it.",
      answers: { 200: sharesSchema },
      async handle({ viewer, params }) {
        const shares = await sharesOf(store, viewer, params.id);
        return { status: 200, body: { ...shares, next: null, total: shares.items.length } };
      },
    }),
    route({
      method: "POST",
      path: "/api/chats/:id/shares",
      right: "chats.share",
      scope: "admin",
      summary:
        "Shares a chat with somebody, by name: all that was said there and will be. 200 where they had a share, which is as you say now. For its owner; the agent’s chats for owners.",
      body: newShareSchema,
      answers: { 201: shareSchema, 200: shareSchema },
      async handle({ viewer, params, body }) {
        const wanted = { user: body.user, write: body.write ?? false };
        const { created, ...share } = await shareChat(store, viewer, params.id, wanted);
        log.info({ by: viewer.name, chat: params.id, ...share }, "a chat was shared");
        return { status: created ? 201 : 200, body: share };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/chats/:id/shares/:user",
      right: "chats.share",
      scope: "admin",
      summary: "Shares a chat with somebody no longer: what they have open of it ends at once.",
      answers: { 204: null },
      async handle({ viewer, params }) {
        await unshareChat(store, viewer, params.id, params.user);
        log.info({ by: viewer.name, chat: params.id, user: params.user }, "a chat is not shared any more");
        return { status: 204 };
      },
    }),
  ];
}
