import type { Quirk } from "../quirk.ts";
import { FILTER, LENGTH } from "../words.ts";

const FINE = { text: ["All is well."] };

const broken = (end: string, why: RegExp, on: Quirk["on"] = ["chat"]): Quirk => ({
  what: `half an answer that ends with "${end}"`,
  on,
  sends: () => [{ text: ["Half an "], end }, { text: ["Half an "], end }, FINE],
  comes: { requests: 3, answer: "All is well.", errors: ["model_bad_response", "model_bad_response"], errorSays: why },
});

const whole = (end: string): Quirk => ({
  what: `a whole answer that ends with "${end}"`,
  on: ["chat"],
  sends: () => [{ ...FINE, end }],
  comes: { requests: 1, answer: "All is well.", errors: [] },
});

/** F89 */
export const ENDS: readonly Quirk[] = [
  {
    what: "thoughts without an answer",
    sends: () => [{ thought: "Hm." }, FINE],
    comes: {
      requests: 2,
      answer: "All is well.",
      errors: ["model_bad_response"],
      errorSays: /thought, but gave no answer/,
    },
  },
  {
    what: "thoughts without an answer, every time",
    sends: () => [{ thought: "Hm." }],
    comes: { state: "failed", answer: null, reason: /thought, but gave no answer \(tried \d times\)/ },
  },
  {
    what: "an answer without a word",
    sends: () => [{ text: [" \n", "\u200b"] }, {}, FINE],
    comes: { requests: 3, answer: "All is well.", errorSays: /answered with nothing/ },
  },
  {
    what: "thoughts that use up the longest output",
    sends: ({ name }) => [{ thought: "Hm, hm.", end: LENGTH[name] }],
    comes: { state: "failed", requests: 1, answer: null, reason: /longest output while it still thought/ },
  },
  {
    what: "an answer that its length cuts off",
    sends: ({ name }) => [{ text: ["A long"], end: LENGTH[name] }],
    comes: { requests: 1, answer: "A long", errors: ["model_length"] },
  },
  {
    what: "an answer that a content filter cuts off",
    sends: ({ name }) => [{ text: ["A bad"], end: FILTER[name] }],
    comes: { state: "failed", requests: 1, answer: null, reason: /content filter stopped it/ },
  },
  broken("abort", /aborted its answer/),
  broken("error", /failed in the middle/),
  broken("insufficient_system_resource", /ran out of resources/),
  broken("network_error", /lost a connection/),
  broken("MALFORMED_FUNCTION_CALL", /could not put its tool call into words/, ["google"]),
  broken("OTHER", /broke off/, ["google"]),
  whole("eos_token"),
  whole("end_turn"),
  {
    what: "a whole answer that ends with a word of its own",
    on: ["chat", "responses", "anthropic", "google"],
    sends: () => [{ ...FINE, end: "because_i_say_so" }],
    comes: {
      requests: 1,
      answer: "All is well.",
      errors: ["model_ending"],
      errorSays: /may not be whole: .*because_i_say_so/,
    },
  },
  {
    what: 'a filter\'s own word, "sensitive"',
    on: ["chat"],
    sends: () => [{ text: ["A bad"], end: "sensitive" }],
    comes: { state: "failed", requests: 1, answer: null, reason: /content filter stopped it/ },
  },
  {
    what: "a stream without any end",
    sends: () => [{ text: ["Half an "], end: null }, FINE],
    comes: { requests: 2, answer: "All is well.", errors: ["model_bad_response"] },
  },
];
