import { z } from "zod";
import type { ErrorCode } from "../../src/core/errors.ts";
import { errorBodySchema } from "../../src/wire/api.ts";
import { patienceFor } from "../../src/wire/patience.ts";

/** No wait for the server is longer than this, but for what itself waits for a tool server. */
const TIMEOUT_MS = 15_000;

export type FailureCode = ErrorCode | "offline" | "timeout" | "internal";
const KNOWN: ReadonlySet<string> = new Set<FailureCode>([
  "invalid_input",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "too_large",
  "rate_limited",
  "unavailable",
]);

const GATEWAY: ReadonlySet<number> = new Set([502, 503, 504]);

/** A request that failed: callers branch on `code`, people read the message and the hint. */
export class RequestFailure extends Error {
  readonly code: FailureCode;
  readonly hint: string | null;

  constructor(code: FailureCode, message: string, hint: string | null = null) {
    super(message);
    this.name = "RequestFailure";
    this.code = code;
    this.hint = hint;
  }
}

/** The same request may succeed when it is sent again. */
export function mayRetry(error: unknown): boolean {
  return (
    error instanceof RequestFailure &&
    ["offline", "timeout", "internal", "unavailable", "rate_limited"].includes(error.code)
  );
}

export interface Http {
  get<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  send<T>(method: "POST" | "PATCH" | "DELETE", path: string, body: unknown, schema: z.ZodType<T>): Promise<T>;
  /** Milliseconds that the server's clock is ahead of ours, to the second. */
  aheadMs(): number;
}

export interface HttpDeps {
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  readonly now: () => number;
  /** Told of every answer that says that nobody is signed in. */
  readonly onSignedOut: () => void;
  /** Told of what was sent, with the answer. */
  readonly onSent?: (path: string, answer: unknown) => void;
}

export function createHttp(deps: HttpDeps): Http {
  let ahead = 0;

  async function request<T>(path: string, init: RequestInit, schema: z.ZodType<T>): Promise<T> {
    const { response, body } = await exchange(path, init);
    const date = Date.parse(response.headers.get("date") ?? "");
    // The header has whole seconds: less than two is no difference.
    if (!Number.isNaN(date)) ahead = Math.abs(date - deps.now()) < 2000 ? 0 : date - deps.now();
    if (!response.ok) throw refusal(response.status, body);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new RequestFailure("internal", `The answer to ${path} was not understood`, "Reload the page");
  }

  async function exchange(path: string, init: RequestInit): Promise<{ response: Response; body: unknown }> {
    const timeout = AbortSignal.timeout(patienceFor(path, TIMEOUT_MS));
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    try {
      const response = await deps.fetch(path, { ...init, signal, credentials: "same-origin" });
      const text = await response.text();
      return { response, body: parseJson(text) };
    } catch (error) {
      if (init.signal?.aborted) throw error;
      if (timeout.aborted) throw new RequestFailure("timeout", "The server did not answer in time");
      throw new RequestFailure("offline", "The server cannot be reached");
    }
  }

  function refusal(status: number, body: unknown): RequestFailure {
    const parsed = errorBodySchema.safeParse(body);
    if (status === 401) deps.onSignedOut();
    if (!parsed.success) {
      // A proxy's word for a server that it does not reach: ours say what is wrong.
      if (GATEWAY.has(status)) return new RequestFailure("offline", `The server cannot be reached (${status})`);
      return new RequestFailure("internal", `The server answered ${status}`);
    }
    const { code, message, hint } = parsed.data.error;
    return new RequestFailure(KNOWN.has(code) ? (code as FailureCode) : "internal", message, hint ?? null);
  }

  return {
    get: (path, schema, signal) => request(path, signal ? { signal } : {}, schema),
    send: async (method, path, body, schema) => {
      const answer = await request(
        path,
        body === undefined
          ? { method }
          : { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
        schema,
      );
      deps.onSent?.(path, answer);
      return answer;
    },
    aheadMs: () => ahead,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** For answers whose content does not matter. */
export const anything = z.unknown();
