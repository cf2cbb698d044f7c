import { systemClock } from "../../src/core/clock.ts";
import { notFound, SparkyError } from "../../src/core/errors.ts";
import { secureHeaders } from "../../src/server/http-headers.ts";
import { serveStream, type StreamParts } from "../../src/server/stream/stream.ts";
import { formatOffset } from "../../src/server/stream/offset.ts";
import type { StreamSource, StreamWatcher } from "../../src/server/stream/source.ts";
import { errorBody } from "../../src/wire/errors.ts";

interface Item {
  readonly seq: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

interface RawStream {
  readonly contentType: string;
  readonly items: Item[];
  readonly watchers: Set<StreamWatcher<Item>>;
  lastWriterSeq: string;
}

const EPOCH = "raw";
const MAX_BYTES = 12 * 1024 * 1024;
const PAGE_BYTES = 65_536;

export interface RawStreams {
  answer(request: Request): Promise<Response>;
  /** Ends what still waits, as a closing server does; throws what went wrong in it. */
  endAnswers(): void;
}

/**
 * Streams of bytes in memory, one for each path: read through the product's handler, written through as much of the
 * protocol's write path as its test suite needs.
 */
export function rawStreams(options: { readonly longPollMs: number }): RawStreams {
  const streams = new Map<string, RawStream>();
  let closing = new AbortController();
  const errors: unknown[] = [];
  const parts: StreamParts = {
    clock: systemClock,
    longPollMs: options.longPollMs,
    eventsMs: 60_000,
    get closing() {
      return closing.signal;
    },
    onError: (error) => errors.push(error),
  };

  async function route(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    switch (request.method) {
      case "GET":
      case "HEAD":
        return serveStream(rawSource(streams, pathname), { request }, parts);
      case "PUT":
        return create(streams, pathname, request);
      case "POST":
        return append(existing(streams, pathname), request);
      case "DELETE":
        for (const watcher of existing(streams, pathname).watchers) watcher.recheck();
        streams.delete(pathname);
        return new Response(null, { status: 204 });
      default:
        return new Response(null, { status: 405 });
    }
  }

  return {
    async answer(request) {
      const response = await route(request).catch((error: unknown) => {
        const { status, body } = errorBody(error);
        return Response.json(body, { status });
      });
      secureHeaders(response.headers);
      return response;
    },
    endAnswers() {
      closing.abort();
      closing = new AbortController();
      if (errors.length > 0) throw new AggregateError(errors.splice(0), "streams ended by failures");
    },
  };
}

function existing(streams: ReadonlyMap<string, RawStream>, path: string): RawStream {
  const stream = streams.get(path);
  if (stream === undefined) throw notFound(`stream ${path}`);
  return stream;
}

function rawSource(streams: ReadonlyMap<string, RawStream>, path: string): StreamSource<Item> {
  const { contentType } = existing(streams, path);
  const json = isJson(contentType);
  const text = json || contentType.toLowerCase().startsWith("text/");
  const joined = (items: readonly Item[]): Buffer<ArrayBuffer> => {
    const bytes = items.flatMap(({ data }, index) => (json && index > 0 ? [Buffer.from(","), data] : [data]));
    return Buffer.concat(json ? [Buffer.from("["), ...bytes, Buffer.from("]")] : bytes);
  };
  return {
    epoch: EPOCH,
    contentType,
    head: async () => existing(streams, path).items.length,
    async read(after) {
      const page: Item[] = [];
      let bytes = 0;
      for (const item of existing(streams, path).items.slice(after)) {
        bytes += item.data.length;
        if (page.length > 0 && bytes > PAGE_BYTES) break;
        page.push(item);
      }
      return page;
    },
    watch(watcher) {
      const { watchers } = existing(streams, path);
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    body: joined,
    event: (items) => joined(items).toString(text ? "utf8" : "base64"),
    eventHeaders: text ? {} : { "stream-sse-data-encoding": "base64" },
  };
}

async function create(streams: Map<string, RawStream>, path: string, request: Request): Promise<Response> {
  const contentType = request.headers.get("content-type") ?? "application/octet-stream";
  const before = streams.get(path);
  const same = before?.contentType.toLowerCase() === contentType.toLowerCase();
  if (before !== undefined && !same) throw new SparkyError("conflict", "the stream has another content type");
  const stream = before ?? { contentType, items: [], watchers: new Set(), lastWriterSeq: "" };
  const body = await bytesOf(request);
  if (before === undefined && body.length > 0) push(stream, messages(contentType, body));
  streams.set(path, stream);
  const headers = { "content-type": stream.contentType, location: request.url, ...tail(stream) };
  return new Response(null, { status: before === undefined ? 201 : 200, headers });
}

async function append(stream: RawStream, request: Request): Promise<Response> {
  const contentType = request.headers.get("content-type");
  const body = await bytesOf(request);
  if (contentType === null || contentType === "") throw new SparkyError("invalid_input", "no content type");
  if (contentType.toLowerCase() !== stream.contentType.toLowerCase()) {
    throw new SparkyError("conflict", "the stream has another content type");
  }
  const added = body.length === 0 ? [] : messages(contentType, body);
  if (added.length === 0) throw new SparkyError("invalid_input", "nothing to append");
  const writerSeq = request.headers.get("stream-seq");
  if (writerSeq !== null && writerSeq <= stream.lastWriterSeq) throw new SparkyError("conflict", "an old stream-seq");
  stream.lastWriterSeq = writerSeq ?? stream.lastWriterSeq;
  push(stream, added);
  return new Response(null, { status: 204, headers: tail(stream) });
}

function push(stream: RawStream, added: readonly Uint8Array<ArrayBuffer>[]): void {
  const items = added.map((data, index) => ({ seq: stream.items.length + 1 + index, data }));
  stream.items.push(...items);
  for (const watcher of stream.watchers) watcher.grown(stream.items.length, items);
}

/** A JSON array is as many messages as it has elements; anything else is one. */
function messages(contentType: string, body: Buffer<ArrayBuffer>): readonly Uint8Array<ArrayBuffer>[] {
  if (!isJson(contentType)) return [body];
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch (cause) {
    throw new SparkyError("invalid_input", "not JSON", { cause });
  }
  return Array.isArray(value) ? value.map((each) => Buffer.from(JSON.stringify(each))) : [body];
}

function isJson(contentType: string): boolean {
  return contentType.toLowerCase().startsWith("application/json");
}

function tail(stream: RawStream): { [name: string]: string } {
  return { "stream-next-offset": formatOffset(EPOCH, stream.items.length) };
}

async function bytesOf(request: Request): Promise<Buffer<ArrayBuffer>> {
  const body = Buffer.from(await request.arrayBuffer());
  if (body.length > MAX_BYTES) throw new SparkyError("too_large", "too much");
  return body;
}
