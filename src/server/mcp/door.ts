import { createMcpHandler, type McpServerFactory } from "@modelcontextprotocol/server";
import { SparkyError } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { Api } from "../../mcp-server/tool.ts";
import { sparkyServer } from "../../mcp-server/server.ts";
import { MAX_BODY_BYTES } from "../input.ts";
import type { Held } from "../sign-in/identities.ts";

/** `/mcp`: Sparky's tools for other programs, over streamable HTTP in both revisions. Loaded with the first request. */

export interface McpDoor {
  /** What is open by it ends with the sign-in that it was asked for by. `cut` destroys the connection. */
  answer(request: Request, held: Held, cut: (() => void) | undefined): Promise<Response>;
}

/** A request to the same server, with the credential that the outer one came with. */
export type Inside = (request: Request) => Promise<Response>;

export interface DoorParts {
  readonly log: Log;
  readonly version: string;
  /** Aborts when the server closes: answers that are open end. */
  readonly closing: AbortSignal;
  /** What is served; Sparky's own tools when left out. */
  readonly serve?: McpServerFactory;
}

const BASE = "http://127.0.0.1";

export function createDoor(inside: Inside, { log, version, closing, serve }: DoorParts): McpDoor {
  const handler = createMcpHandler(
    serve ??
      (({ requestInfo }) => sparkyServer(apiOf(inside, requestInfo?.headers.get("authorization") ?? ""), version)),
    {
      maxRequestBodySize: MAX_BODY_BYTES,
      onerror: (error) => log.debug({ err: error }, "a request to /mcp was refused"),
    },
  );
  closing.addEventListener("abort", () => void handler.close(), { once: true });
  return {
    async answer(request, held, cut) {
      const until = AbortSignal.any([held.signal, closing]);
      try {
        const signal = AbortSignal.any([request.signal, until]);
        const response = await handler.fetch(withSignal(request, signal));
        if (response.body === null) {
          held[Symbol.dispose]();
          return response;
        }
        return new Response(endedBy(response.body, until, held, cut), response);
      } catch (error) {
        held[Symbol.dispose]();
        throw error;
      }
    },
  };
}

/** A request of Node's adapter is no real one that could be copied as it is. */
function withSignal({ url, method, headers, body }: Request, signal: AbortSignal): Request {
  return new Request(url, { method, headers, signal, ...(body !== null && { body, duplex: "half" as const }) });
}

/** The same, cut off when the sign-in that it was given to is gone. */
function endedBy(
  body: ReadableStream<Uint8Array>,
  until: AbortSignal,
  held: Held,
  cut: (() => void) | undefined,
): ReadableStream<Uint8Array> {
  const passing = new TransformStream<Uint8Array, Uint8Array>();
  const ended = (): void => cut?.();
  until.addEventListener("abort", ended, { once: true });
  body
    // Where there is a connection, that is cut; what made the answer is told by its own signal.
    .pipeTo(passing.writable, cut === undefined ? { signal: until } : {})
    .catch(() => {})
    .finally(() => {
      until.removeEventListener("abort", ended);
      held[Symbol.dispose]();
    });
  return passing.readable;
}

/** Every check is made anew for each call, so a right that is lost is lost at once. */
function apiOf(inside: Inside, authorization: string): Api {
  return {
    async request<T>(method: string, path: string, body?: unknown): Promise<T> {
      const headers = { authorization, "content-type": "application/json" };
      const sent = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
      const response = await inside(new Request(BASE + path, sent));
      const text = await response.text();
      const value = text === "" ? undefined : (JSON.parse(text) as unknown);
      if (response.ok) return value as T;
      throw refusal(value);
    },
  };
}

function refusal(value: unknown): Error {
  const { error } = (value ?? {}) as { readonly error?: { readonly message: string; readonly hint?: string } };
  const hint = error?.hint === undefined ? {} : { hint: error.hint };
  return new SparkyError("invalid_input", error?.message ?? "it was refused without a reason", hint);
}
