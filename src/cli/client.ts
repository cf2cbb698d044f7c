import type { ErrorBody } from "../wire/api.ts";
import { Failure, failureOfCode, notRunning } from "./failure.ts";
import { EXIT } from "./io.ts";

/** A client of the HTTP API: over the network, or of the same app in this process. */
export interface Client {
  /** Where the server answers; null in this process. */
  readonly endpoint: Endpoint | null;
  /**
   * The answer's body. The shapes are the wire's; they are not checked again here, because a newer server may add
   * fields and kinds, which an older CLI shows as far as it can.
   */
  request<T>(method: Method, path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
}

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

export interface Endpoint {
  readonly url: string;
  readonly token: string | null;
}

type Fetch = (request: Request) => Promise<Response>;

const ANSWER_MS = 30_000;

export function networkClient(endpoint: Endpoint, send: Fetch = fetch): Client {
  return {
    endpoint,
    async request<T>(method: Method, path: string, body?: unknown) {
      const headers = new Headers(endpoint.token === null ? {} : { authorization: `Bearer ${endpoint.token}` });
      return exchange<T>(send, endpoint.url, { method, path, body, headers, signal: AbortSignal.timeout(ANSWER_MS) });
    },
    close: async () => {},
  };
}

export function localClient(app: { fetch: Fetch; close(): Promise<void> }): Client {
  return {
    endpoint: null,
    request: <T>(method: Method, path: string, body?: unknown) =>
      exchange<T>(app.fetch, "http://127.0.0.1", { method, path, body, headers: new Headers(), signal: null }),
    close: () => app.close(),
  };
}

/** True when the failure says that nobody listens there. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Failure && error.exit === EXIT.notRunning;
}

interface Call {
  readonly method: Method;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Headers;
  readonly signal: AbortSignal | null;
}

async function exchange<T>(send: Fetch, base: string, call: Call): Promise<T> {
  const { method, path, body, headers, signal } = call;
  if (body !== undefined) headers.set("content-type", "application/json");
  const init = { method, headers, signal, body: body === undefined ? null : JSON.stringify(body) };
  let response: Response;
  let text: string;
  try {
    response = await send(new Request(`${base}${path}`, init));
    text = await response.text();
  } catch (error) {
    throw networkFailure(error, base);
  }
  const value = parse(text);
  if (response.ok) return value as T;
  const problem = (value as Partial<ErrorBody> | undefined)?.error;
  if (typeof problem?.message === "string") throw failureOfCode(problem.code, problem.message, problem.hint);
  throw new Failure(
    EXIT.error,
    "internal",
    `${base} answered ${response.status} without saying why`,
    "check that SPARKY_URL names a Sparky server, and look into its log",
  );
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function networkFailure(error: unknown, base: string): Failure {
  if (error instanceof Error && error.name === "TimeoutError") {
    return new Failure(EXIT.error, "unavailable", `${base} did not answer within ${ANSWER_MS / 1000} s`, "sparky chat status");
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (/^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|UND_ERR_SOCKET)$/.test(code)) {
    return notRunning(`no server answers at ${base} (${code})`);
  }
  return new Failure(EXIT.error, "internal", cause instanceof Error ? cause.message : String(cause));
}
