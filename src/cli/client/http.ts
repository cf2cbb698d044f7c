import { patienceFor } from "../../wire/patience.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

export interface Call {
  readonly method: Method;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | null;
}

/** What came back, its body as it comes in. */
export interface Incoming {
  readonly status: number;
  readonly parts: AsyncIterable<string>;
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
export async function exchange(base: string, call: Call): Promise<Answer> {
  const { status, parts } = await open(base, call);
  let text = "";
  for await (const part of parts) text += part;
  return { status, text };
}

/** The same for an answer that is too long to be held: its body is read part by part. */
export async function open(base: string, { method, path, headers, body }: Call): Promise<Incoming> {
  const url = new URL(base + path);
  const send = url.protocol === "https:" ? process.getBuiltinModule("node:https").request : httpRequest;
  return new Promise((resolve, reject) => {
    const length = body === null ? {} : { "content-length": Buffer.byteLength(body) };
    const outgoing = send(url, { method, agent: false, headers: { ...headers, ...length } }, (incoming) => {
      incoming.setEncoding("utf8");
      resolve({ status: incoming.statusCode ?? 0, parts: incoming as AsyncIterable<string> });
    });
    outgoing.on("error", reject);
    const ms = patienceFor(url.pathname, ANSWER_MS);
    outgoing.setTimeout(ms, () => outgoing.destroy(new Error(`no answer within ${ms / 1000} s`)));
    outgoing.end(body ?? undefined);
  });
}
