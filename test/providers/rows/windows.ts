import type { Quirk } from "../quirk.ts";
import type { Reply } from "../server.ts";
import type { Wire } from "../wires.ts";

const FINE = { text: ["All is well."] };

const refuses = (status: number, error: object): Reply => ({ status, body: JSON.stringify({ error }) });

/** Each wire's own refusal of a conversation that is too long. */
const full = ({ name }: Wire): Reply => {
  switch (name) {
    case "responses":
      return refuses(400, {
        message: "Your input exceeds the context window of this model. Please adjust your input and try again.",
        type: "invalid_request_error",
        code: "context_length_exceeded",
      });
    case "anthropic":
      return {
        status: 400,
        body: JSON.stringify({
          type: "error",
          error: { type: "invalid_request_error", message: "prompt is too long: 30213 tokens > 20000 maximum" },
        }),
      };
    case "google":
      return refuses(400, {
        code: 400,
        message: "The input token count (30213) exceeds the maximum number of tokens allowed (20000).",
        status: "INVALID_ARGUMENT",
      });
    case "chat":
      return refuses(400, {
        code: 400,
        message: "the request exceeds the available context size, try increasing it",
        type: "exceed_context_size_error",
        n_prompt_tokens: 30_213,
        n_ctx: 20_000,
      });
    case "ollama":
      return refuses(400, { message: "prompt too long; exceeded max context length by 10213 tokens" });
  }
};

/** F87: the message before is long, and fills the window. */
export const WINDOWS: readonly Quirk[] = [
  {
    what: "a window that is smaller than was thought",
    says: `Keep this. ${"漢字".repeat(12_000)} What is it?`,
    sends: (wire) => [full(wire), FINE],
    comes: {
      requests: 2,
      answer: "All is well.",
      errors: ["model_context_full"],
      errorSays: /too long for .*; what is oldest is summed up or left out now/,
      sent: /Keep this\. 漢.*characters left out here.*What is it\?/,
    },
  },
  {
    what: "a window that is too small for the instructions alone",
    on: ["chat"],
    sends: () => [refuses(400, { message: "This model's maximum context length is 300 tokens." })],
    comes: { state: "failed", requests: 1, answer: null, reason: /too small for the instructions and tools alone/ },
  },
  {
    what: "a minute's tokens that a request exceeds by itself",
    on: ["chat"],
    says: "漢字".repeat(12_000),
    sends: () => [
      refuses(413, {
        message: "Request too large for model on tokens per minute (TPM): Limit 6000, Requested 30123, please reduce.",
        code: "rate_limit_exceeded",
      }),
      FINE,
    ],
    comes: { requests: 2, answer: "All is well.", errors: ["model_context_full"], sent: /characters left out here/ },
  },
];
