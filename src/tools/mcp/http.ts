import { MAX_MESSAGE_BYTES } from "./bounds.ts";
import { askedAgain } from "./kept-connection.ts";

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** The library's HTTP, with what it takes from a server bounded, and with the reason of a failure kept. */
export interface BoundedFetch {
  readonly fetch: Fetch;
  /** What the last request that failed said: the library hides it behind words of its own. */
  failure(): string | null;
}

export function boundedFetch(): BoundedFetch {
  let failure: string | null = null;
  return {
    failure: () => failure,
    async fetch(url, init) {
      let response: Response;
      try {
        response = await withinOrigin(url, init);
      } catch (error) {
        failure = reasonOf(error);
        throw error;
      }
      failure = response.ok ? null : `it answered ${response.status} ${response.statusText}`.trim();
      if (response.body === null) return response;
      const isStream = response.headers.get("content-type")?.includes("text/event-stream") === true;
      const { status, statusText, headers } = response;
      const body = response.body.pipeThrough(new TransformStream(isStream ? eachEvent() : whole()));
      const bounded = new Response(body, { status, statusText, headers });
      // A response that is made has no address, and the library compares it.
      Object.defineProperty(bounded, "url", { value: response.url });
      return bounded;
    },
  };
}

const REDIRECTS = 5;

/** What is sent to a server, with the keys that it is known by, is sent on within its own origin at most. */
async function withinOrigin(address: string | URL, init: RequestInit = {}): Promise<Response> {
  let url = new URL(address);
  for (let hops = 0; ; hops++) {
    const at = url;
    const response = await askedAgain(init, () => fetch(at, { ...init, redirect: "manual" }));
    const location = response.headers.get("location");
    const leads = /^(GET|HEAD)$/.test(init.method ?? "GET") ? [301, 302, 303, 307, 308] : [307, 308];
    if (!leads.includes(response.status) || location === null || hops === REDIRECTS) return response;
    await response.body?.cancel();
    const next = new URL(location, url);
    if (next.origin !== url.origin) throw new Error(`it sends on to ${next.origin}, where nothing is sent`);
    url = next;
  }
}

const tooBig = (): Error => new Error("the server sent a message of more than 2 MB, and was cut off");

function whole(): Transformer<Uint8Array, Uint8Array> {
  let bytes = 0;
  return {
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes > MAX_MESSAGE_BYTES) controller.error(tooBig());
      else controller.enqueue(chunk);
    },
  };
}

/** Events end with an empty line; what lies between two is one message. */
function eachEvent(): Transformer<Uint8Array, Uint8Array> {
  let bytes = 0;
  let last = 0;
  return {
    transform(chunk, controller) {
      for (const byte of chunk) {
        if (byte === 0x0d) continue;
        bytes = byte === 0x0a && last === 0x0a ? 0 : bytes + 1;
        last = byte;
      }
      if (bytes > MAX_MESSAGE_BYTES) controller.error(tooBig());
      else controller.enqueue(chunk);
    },
  };
}

/** `fetch failed` says nothing; its cause does. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
