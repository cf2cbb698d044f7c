import type { Quirk } from "../quirk.ts";
import type { Reply } from "../server.ts";

const FINE = { text: ["All is well."] };

const json = (status: number, body: object | string): Reply => ({
  status,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

/** A refusal that is final: one request, and the reason has the server's own words. */
const final = (what: string, reply: Reply, reason: RegExp, on: Quirk["on"] = ["chat"]): Quirk => ({
  what,
  on,
  sends: () => [reply, FINE],
  comes: { state: "failed", requests: 1, answer: null, reason },
});

const passing = (what: string, reply: Reply, says: RegExp, on: Quirk["on"] = ["chat"]): Quirk => ({
  what,
  on,
  sends: () => [reply, FINE],
  comes: { requests: 2, answer: "All is well.", errorSays: says },
});

const EVERY = ["responses", "chat", "ollama", "anthropic", "google"] as const;

/** F91 */
export const ERRORS: readonly Quirk[] = [
  final(
    "a 403 for the region",
    json(403, {
      error: { message: "Country, region, or territory not supported", code: "unsupported_country_region_territory" },
    }),
    /forbids this request \(403\): Country, region, or territory not supported/,
    EVERY,
  ),
  final(
    "a 403 of a moderation",
    json(403, { error: { code: 403, message: "Your input was flagged", metadata: { reasons: ["violence"] } } }),
    /forbids this request \(403\): Your input was flagged: violence/,
  ),
  final(
    "a 403 of a firewall",
    json(403, "<html><title>Attention Required! | Cloudflare</title></html>"),
    /forbids .*Attention Required! \| Cloudflare/,
    ["chat", "anthropic"],
  ),
  final("a 403 without a word", json(403, ""), /forbids this request \(403\)/),
  final(
    "a 403 for the key",
    json(403, { error: { message: "This API key is disabled" } }),
    /refused the key: set SPARKY_MODEL_KEY to a valid one: This API key is disabled/,
  ),
  final(
    "a 401 with words",
    json(401, { error: { message: "User not found." } }),
    /refused the key: .*: User not found\./,
  ),
  final(
    "an error that is a text",
    json(400, { error: "this model does not support tools" }),
    /\(400\): this model does not support tools/,
    ["chat", "ollama", "responses"],
  ),
  final(
    "an error beside its code",
    json(400, { object: "error", message: "top_k must be positive", type: "BadRequestError", code: 400 }),
    /\(400\): top_k must be positive/,
  ),
  final(
    "a list of what is wrong",
    json(422, { detail: [{ loc: ["body", "messages", 1], msg: "Field required" }] }),
    /\(422\): body\.messages\.1: Field required/,
  ),
  final(
    "an error in a list",
    json(400, [{ error: { code: 400, message: "Please use a valid role", status: "INVALID_ARGUMENT" } }]),
    /\(400\): Please use a valid role/,
  ),
  final("plain text", json(400, "no such route"), /\(400\): no such route/, EVERY),
  final(
    "words of the server behind",
    json(400, {
      error: {
        message: "Provider returned error",
        code: 400,
        metadata: { raw: '{"error":{"message":"tools are not supported"}}' },
      },
    }),
    /Provider returned error: tools are not supported/,
  ),
  final(
    "a 400 that sounds like a server's failure",
    json(400, { error: { message: "Internal server error: unavailable", type: "server_error", code: "internal" } }),
    /refused the request \(400\): Internal server error: unavailable/,
    EVERY,
  ),
  final(
    "a 400 of a type that is retried elsewhere",
    json(400, { error: { message: "overloaded tool name", type: "api_error", code: "rate_limit" } }),
    /\(400\): overloaded tool name/,
  ),
  final(
    "no credit, said with a 400",
    json(400, {
      type: "error",
      error: { type: "invalid_request_error", message: "Your credit balance is too low to access the API." },
    }),
    /no credit left: Your credit balance is too low/,
    ["anthropic", "chat"],
  ),
  final(
    "a template's failure that calls itself the server's",
    json(500, {
      error: {
        code: 500,
        message: "Jinja Exception: Only user and assistant roles are supported!",
        type: "server_error",
      },
    }),
    /refused the request \(500\): Jinja Exception/,
  ),
  passing(
    "Groq's tool_use_failed",
    json(400, {
      error: {
        message: "Failed to call a function. Please adjust your prompt.",
        type: "invalid_request_error",
        code: "tool_use_failed",
        failed_generation: "<tool-use>",
      },
    }),
    /could not read: Failed to call a function/,
  ),
  passing(
    "Groq's tool_use_failed inside the stream",
    {
      body: 'event: error\ndata: {"error":{"message":"Failed to call a function.","type":"invalid_request_error","code":"tool_use_failed","status_code":400}}\n\n',
    },
    /Failed to call a function/,
  ),
  passing(
    "a 500 with words of another shape",
    json(500, { message: "shard is down" }),
    /cannot answer now \(500\): shard is down/,
    EVERY,
  ),
  passing(
    "a 503 of a proxy",
    json(503, "<html><title>503 Service Unavailable</title></html>"),
    /503 Service Unavailable/,
  ),
];
