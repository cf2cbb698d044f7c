import { z } from "zod";
import { eventsPageSchema } from "../../wire/api.ts";
import type { ServerDeps } from "../deps.ts";
import type { Route } from "./route.ts";
import { EVENTS_MS, LONG_POLL_MS, serveStream } from "../stream/stream.ts";
import { chatStream } from "../stream/source.ts";

/** For the documentation: what it takes is read by the protocol's own rules. */
const query = z.object({ offset: z.string(), live: z.enum(["long-poll", "sse"]), cursor: z.string() }).exactPartial();

export function streamRoutes({ store, log }: ServerDeps, closing: AbortSignal): readonly Route[] {
  return [
    {
      doc: {
        method: "GET",
        path: "/api/chats/:id/stream",
        right: "chats.see",
        summary: "The chat's log as a Durable Stream: `offset`, `live=long-poll` or `live=sse`; HEAD tells its end.",
        query,
        answers: { 200: eventsPageSchema.shape.events, 204: null, 304: null },
      },
      run: ({ viewer, params, request, cut, hold }) =>
        serveStream(
          chatStream(store, viewer, params["id"] ?? ""),
          { request, cut, hold },
          {
            clock: store.clock,
            longPollMs: LONG_POLL_MS,
            eventsMs: EVENTS_MS,
            closing,
            onError: (error) => log.error({ err: error }, "a stream ended by a failure"),
          },
        ),
    },
  ];
}
