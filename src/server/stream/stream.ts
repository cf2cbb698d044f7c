import type { Clock } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";
import { errorBody } from "../../wire/errors.ts";
import { formatOffset, nextCursor, parseStreamQuery } from "./offset.ts";
import { liveEvents, liveTime } from "./live.ts";
import { StreamReader } from "./reader.ts";
import type { StreamSource } from "./source.ts";

/** How long a long poll waits, and after how long an answer of server-sent events ends and is asked for again. */
export const LONG_POLL_MS = 25_000;
export const EVENTS_MS = 60_000;

export interface StreamParts {
  readonly clock: Clock;
  readonly longPollMs: number;
  readonly eventsMs: number;
  /** Aborts when the server closes: live answers end, and their readers ask again. */
  readonly closing: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** How the request came in. */
export interface StreamCall {
  readonly request: Request;
  /** Destroys the connection; undefined: there is none. */
  readonly cut?: (() => void) | undefined;
  /** Aborts when its sign-in has ended; held while the answer is open. */
  readonly hold?: (() => Held | null) | undefined;
}

interface Held extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * The read path of the Durable Streams protocol over a source: catch-up, long-poll, server-sent events, HEAD. Rejects with
 * `invalid_input` and `not_found`; an offset of another history gets 410.
 * https://github.com/durable-streams/durable-streams, PROTOCOL.md
 */
export async function serveStream<Item extends { readonly seq: number }>(
  source: StreamSource<Item>,
  { request, cut, hold }: StreamCall,
  parts: StreamParts,
): Promise<Response> {
  const { epoch, contentType } = source;
  const head = await source.head();
  if (request.method === "HEAD") {
    const headers = { "content-type": contentType, "stream-next-offset": formatOffset(epoch, head) };
    return new Response(null, { headers });
  }
  const { after, live, cursor } = parseStreamQuery(new URL(request.url).searchParams, epoch);
  if (after === "foreign" || (after !== "now" && after > head)) return goneElsewhere();
  const start = after === "now" ? head : after;
  const reader = new StreamReader(source, start, head);
  const position = (): { [name: string]: string } => ({
    "stream-next-offset": formatOffset(epoch, reader.position),
    ...(reader.upToDate ? { "stream-up-to-date": "true" } : {}),
    ...(live === null ? {} : { "stream-cursor": nextCursor(parts.clock.now(), cursor) }),
  });

  if (live === "sse") {
    const held = hold?.() ?? null;
    const time = liveTime(parts.clock, parts.eventsMs, [request.signal, parts.closing], held);
    const control = (): object => ({
      streamNextOffset: formatOffset(epoch, reader.position),
      streamCursor: nextCursor(parts.clock.now(), cursor),
      ...(reader.upToDate ? { upToDate: true } : {}),
    });
    const { clock, onError } = parts;
    return new Response(liveEvents(source, reader, { clock, time, control, cut, onError }), {
      headers: {
        ...source.eventHeaders,
        "content-type": "text/event-stream",
        "cache-control": "no-cache, no-store",
        // Some proxies would hold events back.
        "x-accel-buffering": "no",
      },
    });
  }

  if (after === "now" && live === null) {
    const headers = { ...position(), "content-type": contentType };
    return new Response(source.body([]), { headers });
  }
  let items = await reader.take();
  if (live === "long-poll" && items.length === 0) {
    const held = hold?.() ?? null;
    using time = liveTime(parts.clock, parts.longPollMs, [request.signal, parts.closing], held);
    using _watched = reader;
    while (items.length === 0 && !time.signal.aborted) {
      await reader.wait(time.signal);
      if (held?.signal.aborted) throw new SparkyError("unauthenticated", "your sign-in has ended");
      items = await reader.take();
    }
    if (items.length === 0) {
      return new Response(null, { status: 204, headers: { ...position() } });
    }
  }
  // Whether this was the end is part of what the answer says, so a page that was the last has another tag than later.
  const etag = `"${epoch}:${start}:${reader.position}${reader.upToDate ? ":end" : ""}"`;
  const headers = { ...position(), "content-type": contentType, etag };
  return isKnown(request.headers.get("if-none-match"), etag)
    ? new Response(null, { status: 304, headers })
    : new Response(source.body(items), { headers });
}

function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  return ifNoneMatch !== null && ifNoneMatch.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

function goneElsewhere(): Response {
  const error = new SparkyError("conflict", "this offset is of another history: the log was cut since", {
    hint: "drop what you have and read again from offset=-1",
  });
  return Response.json(errorBody(error).body, { status: 410 });
}
