import { away, markAwaySeen } from "../../store/overview/away.ts";
import { awayMarkedSchema, awaySchema, awaySeenSchema } from "../../wire/away.ts";
import type { ServerDeps } from "../deps.ts";
import { route, type Route } from "./route.ts";

export function awayRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/away",
      summary:
        "While you were away: what ended, failed, was recovered, asks and was spent in your chats since you saw them.",
      answers: { 200: awaySchema },
      handle: async ({ viewer }) => ({ status: 200, body: await away(store, viewer) }),
    }),
    route({
      method: "POST",
      path: "/api/away/seen",
      summary:
        "Remembers that you have seen chats up to these `seq`s; chats that are not there for you are passed over.",
      body: awaySeenSchema,
      answers: { 200: awayMarkedSchema },
      handle: async ({ viewer, body }) => ({
        status: 200,
        body: { marked: await markAwaySeen(store, viewer, body.chats) },
      }),
    }),
  ];
}
