import { APICallError, StreamProviderError } from "ai";
import { ModelError, type ModelErrorCode } from "./model.ts";
import { overflowOf } from "./overflow.ts";
import type { ProviderName } from "./select.ts";
import { shorten } from "../core/text.ts";

/** What an error message may name of the model that failed. */
export interface Failing {
  readonly id: string;
  readonly provider: ProviderName;
  readonly name: string;
  readonly baseUrl: string;
  readonly keyVariable: string;
  readonly key: string | null;
}

const TITLES: { readonly [P in ProviderName]: string } = {
  openai: "OpenAI",
  anthropic: "Anthropic",
  google: "Google",
  ollama: "Ollama",
  openrouter: "OpenRouter",
  compatible: "The model's server",
};

const NETWORK_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "EPIPE",
  "CERT_HAS_EXPIRED",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const TIMEOUT_CODES = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/** Sorts whatever a provider or its library threw into the contract's codes. Keys and conversations stay out of it. */
export function toModelError(error: unknown, model: Failing, now: number = Date.now()): ModelError {
  if (error instanceof ModelError) return error;
  const facts = factsOf(error);
  const full = overflowOf(facts.status, `${facts.kind} ${facts.message} ${facts.body}`);
  if (full !== null) {
    const says = `the conversation is too long for ${model.id}${quoted(facts.message, model)}`;
    return new ModelError("model_context_full", says, {
      retryable: false,
      ...(full.limit !== null && { limitTokens: full.limit }),
      cause: leanCause(error, facts, model),
    });
  }
  const { code, says, retryable } = classify(facts, model);
  const retryAfterMs = retryable ? retryAfter(facts.headers, now) : undefined;
  return new ModelError(code, says, {
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: leanCause(error, facts, model),
  });
}

interface Facts {
  readonly status: number | null;
  /** The provider's words. */
  readonly message: string;
  /** Its own code or type of the error, in lower case. */
  readonly kind: string;
  readonly headers: { readonly [name: string]: string };
  /** As it came; empty where there was none. */
  readonly body: string;
  readonly networkCode: string | null;
}

function factsOf(error: unknown): Facts {
  const networkCode = networkCodeOf(error);
  if (APICallError.isInstance(error)) {
    return {
      status: error.statusCode ?? null,
      message: error.message,
      kind: kindOf(error.data) || kindOf(parsed(error.responseBody)),
      headers: error.responseHeaders ?? {},
      body: error.responseBody ?? "",
      networkCode: networkCode ?? (error.statusCode === undefined && error.isRetryable ? "unknown" : null),
    };
  }
  if (StreamProviderError.isInstance(error)) {
    const kind = [error.type, error.code]
      .filter((part) => part !== undefined)
      .join(" ")
      .toLowerCase();
    return { status: error.statusCode ?? null, message: error.message, kind, headers: {}, body: "", networkCode };
  }
  const message = error instanceof Error ? error.message : typeof error === "string" ? error : messageIn(error);
  return { status: null, message, kind: kindOf(error), headers: {}, body: "", networkCode };
}

type Verdict = { readonly code: ModelErrorCode; readonly says: string; readonly retryable: boolean };

function classify(facts: Facts, model: Failing): Verdict {
  const { status, kind } = facts;
  const title = TITLES[model.provider];
  const words = quoted(facts.message, model);
  const verdict = (code: ModelErrorCode, retryable: boolean, says: string): Verdict => ({ code, retryable, says });
  if (facts.networkCode !== null && TIMEOUT_CODES.has(facts.networkCode)) {
    return verdict("model_timeout", true, `${model.id} did not answer in time`);
  }
  // A connection that fails after a good status line is a network failure too.
  if (facts.networkCode !== null && (status === null || status < 400)) {
    if (status !== null) return verdict("model_unreachable", true, `the connection to ${model.id} broke off`);
    const how = facts.networkCode === "unknown" ? "no connection" : facts.networkCode;
    const check = model.provider === "ollama" ? "is Ollama running?" : "check the network and the address";
    return verdict("model_unreachable", true, `${model.id} cannot be reached at ${model.baseUrl} (${how}): ${check}`);
  }
  if (/insufficient_quota|billing|credit_balance|payment/.test(kind) || status === 402) {
    return verdict("model_rate_limited", false, `${title} says the account has no credit left${words}`);
  }
  if (status === 401 || status === 403 || /authentication|invalid_api_key|permission/.test(kind)) {
    const state = model.key === null ? "needs a key" : "refused the key";
    return verdict("model_auth", false, `${title} ${state}: set ${model.keyVariable} to a valid one`);
  }
  if (/invalid_argument/.test(kind) && /api key/i.test(facts.message)) {
    return verdict("model_auth", false, `${title} refused the key: set ${model.keyVariable} to a valid one`);
  }
  if (status === 404 || /not_found/.test(kind)) {
    const how = model.provider === "ollama" ? `run "ollama pull ${model.name}"` : "check SPARKY_MODEL";
    const says = `${title} does not know the model "${model.name}" at ${model.baseUrl} (${how})${words}`;
    return verdict("model_not_found", false, says);
  }
  if (status === 429 || /rate_limit|too_many|resource_exhausted/.test(kind)) {
    return verdict("model_rate_limited", true, `${title} limits the rate of requests${words}`);
  }
  if (status === 408 || status === 504) return verdict("model_timeout", true, `${model.id} did not answer in time`);
  if (status !== null && (status >= 500 || status === 409 || status === 425)) {
    return verdict("model_overloaded", true, `${title} cannot answer now (${status})${words}`);
  }
  if (/overload|unavailable|server_error|api_error|internal/.test(kind)) {
    return verdict("model_overloaded", true, `${title} cannot answer now${words}`);
  }
  if ((status !== null && status >= 400) || /invalid_request|bad_request|context_length/.test(kind)) {
    return verdict(
      "model_bad_request",
      false,
      `${model.id} refused the request${status === null ? "" : ` (${status})`}${words}`,
    );
  }
  return verdict("model_bad_response", true, `${model.id} sent an answer that cannot be read${words}`);
}

/** `Retry-After` in seconds or as a date, or a provider's `retry-after-ms`. */
function retryAfter(headers: Facts["headers"], now: number): number | undefined {
  const ms = Number(headers["retry-after-ms"]);
  if (headers["retry-after-ms"] !== undefined && Number.isFinite(ms) && ms >= 0) return ms;
  const value = headers["retry-after"]?.trim();
  if (value === undefined || value === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.round(Number(value) * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function networkCodeOf(error: unknown): string | null {
  const seen = new Set<unknown>();
  for (let at = error; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at);
    const code: unknown = "code" in at ? at.code : undefined;
    if (typeof code === "string" && (NETWORK_CODES.has(code) || TIMEOUT_CODES.has(code))) return code;
    if (at instanceof TypeError && /^(terminated|fetch failed)$/.test(at.message)) {
      return networkCodeOf(at.cause) ?? "ECONNRESET";
    }
  }
  return null;
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null;
}

function kindOf(data: unknown): string {
  if (!isRecord(data)) return "";
  const inner = isRecord(data["error"]) ? data["error"] : data;
  return [inner["type"], inner["code"], inner["status"]]
    .filter((part) => typeof part === "string")
    .join(" ")
    .toLowerCase();
}

function messageIn(data: unknown): string {
  if (!isRecord(data)) return "";
  const inner = isRecord(data["error"]) ? data["error"] : data;
  return typeof inner["message"] === "string" ? inner["message"] : "";
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** `: the provider's words`, in one line, short, without anything that looks like a key. */
function quoted(message: string, model: Failing): string {
  const line = withoutKeys(message, model).replace(/\s+/g, " ").trim();
  return line === "" ? "" : `: ${shorten(line, 240)}`;
}

function withoutKeys(text: string, model: Failing): string {
  const known = model.key === null || model.key.length < 6 ? text : text.replaceAll(model.key, "***");
  return known.replace(/\b(sk|pk|gsk|AIza|Bearer)[-_ ][\w.*-]{6,}|\bAIza[\w-]{10,}/g, "***");
}

/** A cause for the logs: the library's own errors carry the whole conversation. */
function leanCause(error: unknown, facts: Facts, model: Failing): Error {
  const name = error instanceof Error ? error.name : "provider error";
  const status = facts.status === null ? "" : ` (status ${facts.status})`;
  return new Error(`${name}${status}: ${shorten(withoutKeys(facts.message, model), 1000)}`);
}
