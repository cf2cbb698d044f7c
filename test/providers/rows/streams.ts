import type { Quirk } from "../quirk.ts";
import type { Reply } from "../server.ts";
import { frames, type Wire } from "../wires.ts";

const FINE = { text: ["All ", "is well."] };

/** The answer, with something put before, between and behind its frames. */
const around =
  (odd: string) =>
  (wire: Wire): readonly Reply[] => {
    const [first = "", ...more] = wire.answer(FINE).split(/(?<=\n\n)/);
    return [{ body: [odd, first, odd, ...more.slice(0, 1), odd, ...more.slice(1), odd].join("") }];
  };

const odd = (what: string, frame: string, on?: Quirk["on"]): Quirk => ({
  what: `between the frames ${what}`,
  ...(on === undefined ? {} : { on }),
  sends: around(frame),
  comes: { requests: 1, answer: "All is well.", errors: [] },
});

const noStream = (what: string, reply: Reply, reason: RegExp, on?: Quirk["on"]): Quirk => ({
  what: `a 200 that is ${what}`,
  ...(on === undefined ? {} : { on }),
  sends: () => [reply, FINE],
  comes: { state: "failed", requests: 1, answer: null, reason },
});

const ONE: Quirk["on"] = ["chat"];

/** F90 */
export const STREAMS: readonly Quirk[] = [
  noStream(
    "a web page",
    { body: "<!doctype html><html><title>Welcome to nginx!</title></html>", headers: { "content-type": "text/html" } },
    /got a web page instead of an answer: Welcome to nginx!; check the address http:/,
  ),
  noStream(
    "a web page that calls itself a stream",
    { body: "\n  <html><body><h1>Sign in</h1></body></html>" },
    /web page .*: Sign in/,
    ONE,
  ),
  noStream(
    "a JSON error",
    {
      body: '{"error":{"message":"boom in the shard","type":"server_error"}}',
      headers: { "content-type": "application/json" },
    },
    /boom in the shard/,
  ),
  noStream("a JSON error of another shape", { body: '{"detail":"Model is not loaded"}' }, /Model is not loaded/, ONE),
  noStream(
    "a whole answer",
    { body: '{"id":"c","choices":[{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}' },
    /did not stream its answer/,
    ONE,
  ),
  noStream("plain text", { body: "OK" }, /did not stream its answer.*: OK/, ONE),
  {
    what: "a 200 with an error that says it is a rate limit",
    on: ONE,
    sends: () => [{ body: '{"error":{"message":"slow down","code":429}}' }, FINE],
    comes: { requests: 2, answer: "All is well.", errors: ["model_rate_limited"], errorSays: /slow down/ },
  },
  odd("empty data", "data:\n\ndata: \n\n"),
  odd("a comment", ": keep-alive\n\n"),
  odd("a ping", "event: ping\ndata: {}\n\n"),
  odd("a ping with a type", 'event: ping\ndata: {"type":"ping"}\n\n'),
  odd("an event that nobody knows", 'event: telemetry\ndata: {"tokens_per_second":12}\n\n'),
  odd("an event without a name that nobody knows", 'data: {"kind":"progress","percent":20}\n\n'),
  odd("an event of a later version", 'event: message_hint\ndata: {"type":"message_hint","hint":"x"}\n\n'),
  odd("a remark in words", "event: status\ndata: processing\n\n"),
  odd("a number, null and a list", "data: 7\n\ndata: null\n\ndata: []\n\n"),
  odd("fields that are none", "retry: 100\nid: 7\nfoo: bar\n\n"),
  odd("usage without choices", 'data: {"id":"c","usage":{"prompt_tokens":1,"completion_tokens":1}}\n\n', ONE),
  {
    what: "line ends of every kind, and none behind the last frame",
    on: ["chat", "anthropic"],
    sends: (wire) => [{ body: `\uFEFF${wire.answer(FINE).replaceAll("\n", "\r\n").trimEnd()}` }],
    comes: { requests: 1, answer: "All is well.", errors: [] },
  },
  {
    what: "frames without an empty line between",
    on: ["chat"],
    sends: (wire) => [{ body: wire.answer(FINE).replaceAll("\n\n", "\n") }],
    comes: { requests: 1, answer: "All is well.", errors: [] },
  },
  {
    what: "an error in the stream, in another shape",
    sends: () => [{ body: frames({ error: "the shard is gone" }) }, FINE],
    comes: { requests: 2, answer: "All is well.", errorSays: /the shard is gone/ },
  },
  {
    what: "an error in a field of its own",
    on: ONE,
    sends: () => [{ body: 'error: {"code":500,"message":"slot is gone","type":"server_error"}\n\n' }, FINE],
    comes: { requests: 2, answer: "All is well.", errorSays: /slot is gone/ },
  },
  {
    what: "an error in words under its event",
    on: ["chat", "anthropic"],
    sends: () => [{ body: "event: error\ndata: upstream timed out\n\n" }, FINE],
    comes: { requests: 2, answer: "All is well.", errorSays: /upstream timed out/ },
  },
];
