import type { Quirk } from "../quirk.ts";

const note = (n: number) => ({ calls: [{ name: "note", args: `{"text":"${n}"}` }] });
const DONE = { text: ["All done."] };

const used = { usage: { input: 3500, output: 100 } };
const PASSED =
  /limit of 4,000 tokens would be passed: [\d,]+ are used, and the next call sends about [\d,]+ \(estimated: the server/;

/** F93: each request sends between 2,000 and 3,000 tokens by our own count, most of them instructions and tools. */
export const USAGES: readonly Quirk[] = [
  {
    what: "no usage, and a limit in tokens",
    limits: { tokens: 4000 },
    sends: () => [{ ...note(1), usage: null }, DONE],
    comes: { state: "failed", requests: 1, notes: ["1"], reason: PASSED, estimated: [true] },
  },
  {
    what: "no usage, and a limit in dollars",
    limits: { costUsd: 4 },
    sends: () => [{ ...note(1), usage: null }, DONE],
    comes: {
      state: "failed",
      requests: 1,
      reason:
        /limit of \$4 would be passed: \$[\d.]+ is used, and what the next call sends costs about \$[\d.]+ \(estimated/,
      estimated: [true],
    },
  },
  ...([-3500, 1e300, 10.5] as const).map((input): Quirk => ({
    what: `usage of ${input} tokens, and a limit in tokens`,
    limits: { tokens: 4000 },
    sends: () => [{ ...note(1), usage: { input, output: -1 } }, DONE],
    comes: { state: "failed", requests: 1, notes: ["1"], reason: PASSED, estimated: [true] },
  })),
  {
    what: "usage that is told, and a limit in tokens",
    limits: { tokens: 10_500 },
    sends: () => [{ ...note(1), ...used }, { ...note(2), ...used }, { ...note(3), ...used }, DONE],
    comes: {
      state: "failed",
      requests: 3,
      notes: ["1", "2", "3"],
      reason: /limit of 10,500 tokens$/,
      estimated: [false, false, false],
    },
  },
  {
    what: "usage that is told, and a limit that the first call would pass by what it sends",
    limits: { tokens: 1000 },
    sends: () => [{ ...note(1), ...used }],
    comes: {
      state: "failed",
      requests: 0,
      reason: /limit of 1,000 tokens would be passed: 0 are used, and the next call sends about [\d,]+$/,
      estimated: [],
    },
  },
  {
    what: "answers that break in the middle, and a limit in tokens",
    limits: { tokens: 4000 },
    sends: (wire) => [{ body: wire.answer({ text: ["Half an "], end: null, usage: null }), cut: true }, DONE],
    comes: { state: "failed", requests: 1, reason: PASSED, estimated: [true] },
  },
  {
    what: "thoughts without an answer, and a limit in tokens",
    limits: { tokens: 6500 },
    sends: () => [{ thought: "Hm.", ...used }],
    comes: { state: "failed", requests: 2, reason: /limit of 6,500 tokens$/, estimated: [false, false] },
  },
  {
    what: "a refusal before anything came, which takes nothing",
    limits: { tokens: 10_000 },
    sends: () => [{ status: 503, body: "{}" }, { status: 503, body: "{}" }, DONE],
    comes: { requests: 3, answer: "All done.", estimated: [false] },
  },
];
