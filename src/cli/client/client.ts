import type { ErrorBody } from "../../wire/api.ts";
import { Failure, failureOfCode, notRunning } from "../console/failure.ts";
import { exchange, open, textOf, type Answer, type Call, type FileBody, type Incoming, type Method } from "./http.ts";
import { EXIT } from "../console/io.ts";
import { OTHER_CERTIFICATE } from "./pinned.ts";

/** Nobody was there who could have got anything of the request. */
export class Unheard extends Failure {}

/** A client of the HTTP API: over the network, or of the same app in this process. */
export interface Client {
  /** Where the server answers; null in this process. */
  readonly endpoint: Endpoint | null;
  /**
   * The answer's body. The shapes are the wire's; they are not checked again here, because a newer server may add
   * fields and kinds, which an older CLI shows as far as it can.
   */
  request<T>(method: Method, path: string, body?: unknown): Promise<T>;
  /** A GET whose answer is text, in parts as they come. */
  download(path: string): Promise<AsyncIterable<string>>;
  /** The same of what may be no text. */
  downloadFile(path: string): Promise<AsyncIterable<Uint8Array>>;
  /** A POST whose body is a file. */
  upload<T>(path: string, file: FileBody): Promise<T>;
  close(): Promise<void>;
}

export interface Endpoint {
  readonly url: string;
  /** SHA-256 of the one certificate that it may show; without: one that leads to whom this system trusts. */
  readonly certificate?: string | null;
  readonly token: string | null;
  /** Whether it takes up tasks; null: it has to be asked. */
  readonly agentLoop?: boolean | null;
}

export function networkClient(endpoint: Endpoint): Client {
  const { url } = endpoint;
  const authorization = endpoint.token === null ? {} : { authorization: `Bearer ${endpoint.token}` };
  const downloadFile = async (path: string): Promise<AsyncIterable<Uint8Array>> => {
    const call = callOf("GET", path, undefined, authorization);
    const answer = await open(endpoint, call).catch((error: unknown) => unanswered(error, url));
    return untilCut(url, await whole(url, answer));
  };
  return {
    endpoint,
    async request<T>(method: Method, path: string, body?: unknown) {
      const call = callOf(method, path, body, authorization);
      return read<T>(url, await exchange(endpoint, call).catch((error: unknown) => unanswered(error, url)));
    },
    download: async (path) => textOf(await downloadFile(path)),
    downloadFile,
    async upload<T>(path: string, file: FileBody) {
      const headers = { ...authorization, "content-type": typeOf(file) };
      const call = { method: "POST", path, headers, body: file } as const;
      return read<T>(url, await exchange(endpoint, call).catch((error: unknown) => unanswered(error, url)));
    },
    close: async () => {},
  };
}

export function localClient(app: { fetch(request: Request): Promise<Response>; close(): Promise<void> }): Client {
  const base = "http://127.0.0.1";
  const downloadFile = async (path: string): Promise<AsyncIterable<Uint8Array>> => {
    const { status, body } = await app.fetch(new Request(base + path));
    return whole("Sparky", { status, parts: body ?? new ReadableStream<Uint8Array>() });
  };
  const answered = async <T>(request: Request): Promise<T> => {
    const response = await app.fetch(request);
    return read<T>("Sparky", { status: response.status, text: await response.text() });
  };
  return {
    endpoint: null,
    async request<T>(method: Method, path: string, body?: unknown) {
      const { headers, body: text } = callOf(method, path, body, {});
      return answered<T>(new Request(base + path, { method, headers, body: text }));
    },
    download: async (path) => textOf(await downloadFile(path)),
    downloadFile,
    async upload<T>(path: string, file: FileBody) {
      // A body that is read as it is sent needs `duplex`, which the types of the browser do not know.
      const headers = { "content-type": typeOf(file) };
      const init = { method: "POST", headers, body: streamOf(file.chunks), duplex: "half" };
      return answered<T>(new Request(base + path, init));
    },
    close: () => app.close(),
  };
}

const typeOf = ({ contentType = "application/octet-stream" }: FileBody): string => contentType;

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void (await iterator.return?.()),
  });
}

/** True when the failure says that nobody listens there. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Failure && error.exit === EXIT.notRunning;
}

function callOf(
  method: Method,
  path: string,
  body: unknown,
  headers: Call["headers"],
): Call & { readonly body: string | null } {
  if (body === undefined) return { method, path, headers, body: null };
  return { method, path, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
}

function read<T>(who: string, { status, text }: Answer): T {
  const value = parse(text);
  if (status >= 200 && status < 300) return value as T;
  const problem = (value as Partial<ErrorBody> | undefined)?.error;
  if (typeof problem?.message === "string") {
    // The server speaks to every client of its API; this one has its token from one of two places.
    const hint = problem.code === "unauthenticated" ? TOKEN_HINT : problem.hint;
    throw failureOfCode(problem.code, problem.message, hint);
  }
  const hint = "check that SPARKY_URL names a Sparky server, and look into its log";
  throw new Failure(EXIT.error, "internal", `${who} answered ${status} without saying why`, hint);
}

/** The parts of a good answer; another is read to its end for what it says. */
async function whole(who: string, { status, parts }: Incoming): Promise<AsyncIterable<Uint8Array>> {
  if (status >= 200 && status < 300) return parts;
  let text = "";
  for await (const part of textOf(parts)) text += part;
  return read<never>(who, { status, text });
}

async function* untilCut(who: string, parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* parts;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(
      EXIT.error,
      "unavailable",
      `${who} broke off in the middle (${why})`,
      "try again, or look into its log",
    );
  }
}

const TOKEN_HINT = "set SPARKY_TOKEN to an API token of that server; unset, the home's file `token` counts";

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Its certificate leads to nobody whom this system trusts. */
const UNTRUSTED = /SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/;
const TRUST_HINT = "if it is yours, name its certificate, or that of who has signed it: NODE_EXTRA_CA_CERTS=FILE";

const NOBODY = ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN", OTHER_CERTIFICATE];
/** Somebody was there, and is gone. */
const GONE = ["ECONNRESET", "EPIPE"];

function unanswered(error: unknown, url: string): never {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const { exit, code: kind, message: said, hint: start } = notRunning(`no server answers at ${url} (${code})`);
  if (NOBODY.includes(code)) throw new Unheard(exit, kind, said, start);
  if (GONE.includes(code)) throw new Failure(exit, kind, said, start);
  const message = error instanceof Error ? error.message : String(error);
  const hint = UNTRUSTED.test(code) ? TRUST_HINT : "sparky chat status";
  throw new Failure(EXIT.error, "unavailable", `${url}: ${message}`, hint);
}
