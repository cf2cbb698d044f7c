import { APICallError, StreamProviderError } from "ai";
import { ModelError, type ModelErrorCode } from "./model.ts";
import { overflowOf } from "./overflow.ts";
import { wordsIn, wordsOf } from "./provider-words.ts";
import { retryAfter } from "./retry-after.ts";
import { isOwnMachine, type ProviderName } from "./select.ts";
import { shorten } from "../core/text.ts";

/** What an error message may name of the model that failed. */
export interface Failing {
  readonly id: string;
  readonly provider: ProviderName;
  readonly name: string;
  readonly baseUrl: string;
  readonly keyVariable: string;
  readonly key: string | null;
  /** The setting that names it; `SPARKY_MODEL` where it is left out. */
  readonly setting?: string;
}

const TITLES: { readonly [P in ProviderName]: string } = {
  openai: "OpenAI",
  anthropic: "Anthropic",
  google: "Google",
  ollama: "Ollama",
  lmstudio: "LM Studio",
  llamacpp: "llama.cpp",
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
  const ours = ownError(error);
  if (ours !== null) return ours;
  return errorOf(factsOf(error), model, now, error instanceof Error ? error.name : "provider error");
}

/** What a server sent with a good status instead of a stream. Asked again it would send the same. */
export function notAStream(
  body: string,
  headers: Facts["headers"],
  model: Failing,
  now: number = Date.now(),
): ModelError {
  const words = wordsIn(body);
  const page = /^\s*</.test(body);
  const said = quoted(words.message, model);
  const cause = new Error(`not a stream: ${shorten(withoutKeys(body, model), 1000)}`);
  if (page) {
    const says = `${model.id} got a web page instead of an answer${said}; check the address ${model.baseUrl}`;
    return new ModelError("model_bad_response", says, { retryable: false, cause });
  }
  const isError =
    /"(?:error|errors|detail|message)"\s*:/.test(body) && !/"(?:choices|candidates|output|content)"\s*:/.test(body);
  if (!isError) {
    const says = `${model.id} did not stream its answer: the server, or a proxy before it, sends something else${said}`;
    return new ModelError("model_bad_response", says, { retryable: false, cause });
  }
  const facts: Facts = { ...words, body, headers, networkCode: null };
  const sorted = errorOf(facts, model, now, "an error with a good status");
  const passes = [429, 502, 503, 529].includes(words.status ?? 0) || /rate_limit/.test(words.kind);
  return passes ? sorted : new ModelError(sorted.code, sorted.message, { retryable: false, cause: sorted.cause });
}

function errorOf(facts: Facts, model: Failing, now: number, name: string): ModelError {
  const cause = leanCause(name, facts, model);
  const full = overflowOf(facts.status, `${facts.kind} ${facts.message} ${facts.body}`);
  if (full !== null) {
    const says = `the conversation is too long for ${model.id}${quoted(facts.message, model)}`;
    const limit = full.limit === null ? {} : { limitTokens: full.limit };
    return new ModelError("model_context_full", says, { retryable: false, ...limit, cause });
  }
  const { code, says, retryable } = classify(facts, model);
  const retryAfterMs = retryable ? retryAfter(facts.headers, `${facts.message} ${facts.body}`, now) : undefined;
  return new ModelError(code, says, { retryable, ...(retryAfterMs !== undefined && { retryAfterMs }), cause });
}

/** An error of ours may have passed through the library's hands. */
function ownError(error: unknown): ModelError | null {
  const seen = new Set<unknown>();
  for (let at = error; at instanceof Error && !seen.has(at); at = at.cause) {
    if (at instanceof ModelError) return at;
    seen.add(at);
  }
  return null;
}

interface Facts {
  readonly status: number | null;
  /** The provider's words. */
  readonly message: string;
  /** Its own codes and types of the error, in lower case. */
  readonly kind: string;
  readonly headers: { readonly [name: string]: string };
  /** As it came; empty where there was none. */
  readonly body: string;
  readonly networkCode: string | null;
}

function factsOf(error: unknown): Facts {
  const networkCode = networkCodeOf(error);
  if (APICallError.isInstance(error)) {
    const body = error.responseBody ?? "";
    const words = wordsIn(body);
    return {
      status: error.statusCode ?? null,
      message: words.message || error.message,
      kind: words.kind,
      headers: error.responseHeaders ?? {},
      body,
      networkCode: networkCode ?? (error.statusCode === undefined && error.isRetryable ? "unknown" : null),
    };
  }
  if (StreamProviderError.isInstance(error)) {
    const kinds = [error.type, error.code].filter((part) => part !== undefined);
    const body = JSON.stringify(error.data ?? null);
    const kind = kinds.join(" ").toLowerCase();
    return { status: error.statusCode ?? null, message: error.message, kind, headers: {}, body, networkCode };
  }
  const words = wordsOf(error instanceof Error ? error.message : error);
  return { ...words, status: null, headers: {}, body: "", networkCode };
}

type Verdict = { readonly code: ModelErrorCode; readonly says: string; readonly retryable: boolean };

const NO_CREDIT =
  /insufficient[_ ](?:quota|balance|credits?|funds)|billing|credit[_ ]balance|payment|out of credits|no credits/;
const ABOUT_KEY = /\bkey\b|api[_-]?key|token|credential|authenticat|unauthori[sz]ed/;
/** In a refusal that some servers give the status of any bad request. */
const BAD_KEY =
  /(?:invalid|incorrect|missing|expired|no).{0,30}api[ _-]?key|api[ _-]?key.{0,30}(?:invalid|incorrect|missing|expired|not valid|not found)/;
/** The request does not fit the model's template: some servers call that their own failure. */
const TEMPLATE = /jinja|chat template|raise_exception|roles must alternate/;

function classify(facts: Facts, model: Failing): Verdict {
  const { status, kind } = facts;
  const title = TITLES[model.provider];
  const words = quoted(facts.message, model);
  const said = facts.message.toLowerCase();
  const verdict = (code: ModelErrorCode, retryable: boolean, says: string): Verdict => ({ code, retryable, says });
  if (facts.networkCode !== null && TIMEOUT_CODES.has(facts.networkCode)) {
    return verdict("model_timeout", true, `${model.id} did not answer in time`);
  }
  // A connection that fails after a good status line is a network failure too.
  if (facts.networkCode !== null && (status === null || status < 400)) {
    if (status !== null) return verdict("model_unreachable", true, `the connection to ${model.id} broke off`);
    const how = facts.networkCode === "unknown" ? "no connection" : facts.networkCode;
    const check = isOwnMachine(model.provider) ? `is ${title} running?` : "check the network and the address";
    return verdict("model_unreachable", true, `${model.id} cannot be reached at ${model.baseUrl} (${how}): ${check}`);
  }
  const refused = status !== null && status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status);
  // Gemini speaks of billing wherever a quota is used up, even a minute's.
  if (NO_CREDIT.test(kind) || status === 402 || (refused && NO_CREDIT.test(said))) {
    return verdict("model_rate_limited", false, `${title} says the account has no credit left${words}`);
  }
  if (/tool_use_failed/.test(kind)) {
    return verdict("model_bad_response", true, `${model.id} made a tool call that its server could not read${words}`);
  }
  const badKey = status === 400 && BAD_KEY.test(said);
  const noKey = status === 401 || /authentication|invalid_api_key/.test(kind);
  if (noKey || badKey || (status === 403 && ABOUT_KEY.test(said))) {
    const state = model.key === null ? "needs a key" : "refused the key";
    return verdict("model_auth", false, `${title} ${state}: set ${model.keyVariable} to a valid one${words}`);
  }
  if (status === 403 || /permission/.test(kind)) {
    const why = words === "" ? `, without a reason: the key may lack a right, or a firewall is in the way` : words;
    return verdict("model_bad_request", false, `${title} forbids this request (403)${why}`);
  }
  if (status === 404 || /not_found/.test(kind)) {
    const how =
      model.provider === "ollama" ? `run "ollama pull ${model.name}"` : `check ${model.setting ?? "SPARKY_MODEL"}`;
    const says = `${title} does not know the model "${model.name}" at ${model.baseUrl} (${how})${words}`;
    return verdict("model_not_found", false, says);
  }
  if (refused || TEMPLATE.test(said)) {
    const number = status === null ? "" : ` (${status})`;
    return verdict("model_bad_request", false, `${model.id} refused the request${number}${words}`);
  }
  if (status === 429 || /rate_limit|too_many|resource_exhausted/.test(kind)) {
    return verdict("model_rate_limited", true, `${title} limits the rate of requests${words}`);
  }
  if (status === 408 || status === 504) {
    return verdict("model_timeout", true, `${model.id} did not answer in time${words}`);
  }
  if (status !== null && status >= 400) {
    return verdict("model_overloaded", true, `${title} cannot answer now (${status})${words}`);
  }
  if (/overload|unavailable|server_error|api_error|internal/.test(kind)) {
    return verdict("model_overloaded", true, `${title} cannot answer now${words}`);
  }
  if (/invalid_request|bad_request|invalid_argument/.test(kind)) {
    return verdict("model_bad_request", false, `${model.id} refused the request${words}`);
  }
  return verdict("model_bad_response", true, `${model.id} sent an answer that cannot be read${words}`);
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
function leanCause(name: string, facts: Facts, model: Failing): Error {
  const status = facts.status === null ? "" : ` (status ${facts.status})`;
  return new Error(`${name}${status}: ${shorten(withoutKeys(facts.message, model), 1000)}`);
}
