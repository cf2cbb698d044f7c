import type { Quirk } from "../quirk.ts";
import type { Reply } from "../server.ts";

const FINE = { text: ["All is well."] };
const CALL = { thought: "I should note it.", calls: [{ name: "note", args: '{"text":"x"}' }] };

const refuses = (status: number, message: string, more: object = {}): Reply => ({
  status,
  body: JSON.stringify({ error: { message, type: "invalid_request_error", ...more } }),
});

/** F88: what a server refuses is left out at once, and nothing of it is told as a failure. */
export const REFUSED: readonly Quirk[] = [
  {
    what: "its own reasoning, which it does not take back",
    on: ["chat"],
    sends: () => [CALL, refuses(422, "messages.1.reasoning_content: Extra inputs are not permitted"), FINE],
    comes: { requests: 3, answer: "All is well.", errors: [], notSent: /reasoning_content/ },
  },
  {
    what: "reasoning that it sealed and cannot open",
    on: ["responses"],
    sends: () => [
      CALL,
      refuses(400, "The encrypted content gAAA could not be verified.", { code: "invalid_encrypted_content" }),
      FINE,
    ],
    comes: { requests: 3, answer: "All is well.", errors: [], notSent: /encrypted_content":"sealed/ },
  },
  {
    what: "a signature that it does not know",
    on: ["anthropic"],
    sends: () => [
      CALL,
      {
        status: 400,
        body: '{"type":"error","error":{"type":"invalid_request_error","message":"messages.1.content.0: Invalid `signature` in `thinking` block"}}',
      },
      FINE,
    ],
    comes: { requests: 3, answer: "All is well.", errors: [], notSent: /"signature"/ },
  },
  {
    what: "calls without reasoning, which it wants with every one",
    on: ["chat"],
    sends: () => [
      { calls: CALL.calls },
      refuses(400, "The `reasoning_content` in the thinking mode must be passed back to the API."),
      FINE,
    ],
    comes: { requests: 3, answer: "All is well.", errors: [], sent: /"reasoning_content":""/ },
  },
  {
    what: "the usage of streams",
    on: ["chat"],
    sends: () => [refuses(400, "Unrecognized request argument supplied: stream_options"), FINE],
    comes: { requests: 2, answer: "All is well.", errors: [], notSent: /stream_options/ },
  },
  {
    what: "what it refuses however little is asked",
    on: ["chat"],
    sends: () => [refuses(400, "reasoning_content and stream_options are not supported")],
    comes: { state: "failed", requests: 3, reason: /not supported/ },
  },
];
