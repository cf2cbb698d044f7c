import type { ClientRequest } from "node:http";
import { patienceFor } from "../../wire/patience.ts";
import { pinned } from "./pinned.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Where requests go; with a certificate's SHA-256: to whoever shows that one. */
interface Place {
  readonly url: string;
  readonly certificate?: string | null;
}

export interface Call {
  readonly method: Method;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  /** A file is sent as it is read. */
  readonly body: string | FileBody | null;
}

export interface FileBody {
  /** `application/octet-stream` when left out. */
  readonly contentType?: string;
  readonly bytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What came back, its body as it comes in. */
export interface Incoming {
  readonly status: number;
  readonly parts: AsyncIterable<Uint8Array>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

// Not `import`: that reads every export of the module, and one of them loads all of `fetch` and `WebSocket`.
const { request: httpRequest } = process.getBuiltinModule("node:http");

const ANSWER_MS = 30_000;

/**
 * One request, on a connection of its own, so that nothing is left open behind it. Not `fetch`: that takes twice as long
 * to load, and refuses ports that a server may well use.
 */
export async function exchange(server: Place, call: Call): Promise<Answer> {
  const { status, parts } = await open(server, call);
  let text = "";
  for await (const part of textOf(parts)) text += part;
  return { status, text };
}

export async function* textOf(parts: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const part of parts) yield decoder.decode(part, { stream: true });
  yield decoder.decode();
}

/** The same for an answer that is too long to be held: its body is read part by part. */
export async function open(
  { url: base, certificate }: Place,
  { method, path, headers, body }: Call,
): Promise<Incoming> {
  const url = new URL(base + path);
  const send = url.protocol === "https:" ? process.getBuiltinModule("node:https").request : httpRequest;
  return new Promise((resolve, reject) => {
    const bytes = typeof body === "string" ? Buffer.byteLength(body) : body?.bytes;
    const length = bytes === undefined ? {} : { "content-length": bytes };
    const way = certificate ? { createConnection: pinned(url, certificate) } : { agent: false };
    const outgoing = send(url, { method, ...way, headers: { ...headers, ...length } }, (incoming) => {
      resolve({ status: incoming.statusCode ?? 0, parts: incoming as AsyncIterable<Uint8Array> });
    });
    // Once an answer is there it counts, though not all of the body was wanted.
    outgoing.on("error", reject);
    const ms = patienceFor(url.pathname, ANSWER_MS);
    outgoing.setTimeout(ms, () => outgoing.destroy(new Error(`no answer within ${ms / 1000} s`)));
    if (typeof body === "string" || body === null) outgoing.end(body ?? undefined);
    else void sendFile(body.chunks, outgoing);
  });
}

async function sendFile(chunks: AsyncIterable<Uint8Array>, outgoing: ClientRequest): Promise<void> {
  const { pipeline } = await import("node:stream/promises");
  // What breaks off is told by the request itself.
  await pipeline(chunks, outgoing).catch(() => {});
}
