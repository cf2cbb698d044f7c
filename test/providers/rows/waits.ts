import type { Quirk } from "../quirk.ts";
import type { Reply } from "../server.ts";

const FINE = { text: ["All is well."] };

const asks = (what: string, reply: Reply, ms: number, on: Quirk["on"] = ["chat"]): Quirk => ({
  what: `a wait ${what}`,
  on,
  sends: () => [reply, FINE],
  comes: { requests: 2, answer: "All is well.", waits: [ms] },
});

const limited = (error: object, headers: { readonly [name: string]: string } = {}): Reply => ({
  status: 429,
  headers,
  body: JSON.stringify({ error }),
});

/** F92: without jitter, each wait of our own is half of what it may be. */
export const WAITS: readonly Quirk[] = [
  asks(
    "in Gemini's RetryInfo",
    limited({
      code: 429,
      message: "You exceeded your current quota, please check your plan and billing details.",
      status: "RESOURCE_EXHAUSTED",
      details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "36s" }],
    }),
    36_000,
    ["google", "chat"],
  ),
  asks(
    "in words",
    limited({ message: "Rate limit reached. Please try again in 1m7.5s.", code: "rate_limit_exceeded" }),
    67_500,
    ["responses", "chat"],
  ),
  asks("in milliseconds", limited({ message: "slow down" }, { "retry-after-ms": "1234" }), 1234, [
    "responses",
    "anthropic",
    "google",
    "chat",
  ]),
  asks(
    "as a date, by the server's own clock",
    limited(
      { message: "slow down" },
      { date: "Sat, 28 Nov 2026 11:00:00 GMT", "retry-after": "Sat, 28 Nov 2026 11:01:30 GMT" },
    ),
    90_000,
    ["chat", "anthropic"],
  ),
  {
    what: "a rate limit that does not end, without a word on how long",
    on: ["chat", "anthropic"],
    sends: () => [limited({ message: "slow down" })],
    comes: {
      state: "failed",
      requests: 8,
      reason: /slow down \(tried 8 times\)/,
      // More than a minute in all, although chance is at its lowest.
      waits: [500, 1000, 2000, 4000, 8000, 16_000, 30_000],
    },
  },
  {
    what: "a wait that is too short every time",
    on: ["chat"],
    sends: () => [limited({ message: "slow down" }, { "retry-after": "1" })],
    comes: { state: "failed", requests: 8, waits: [1000, 1000, 2000, 4000, 8000, 16_000, 30_000] },
  },
  {
    what: "answers that are none, every time",
    on: ["chat"],
    sends: () => [{}],
    comes: { state: "failed", requests: 4, reason: /answered with nothing \(tried 4 times\)/ },
  },
];
