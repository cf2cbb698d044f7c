import type { Quirk } from "../quirk.ts";

const note = (n: number) => ({ calls: [{ name: "note", args: `{"text":"${n}"}` }] });
const DONE = { text: ["All done."] };

/** F93: each request takes some hundreds of tokens for the instructions alone. */
export const USAGES: readonly Quirk[] = [
  {
    what: "no usage, and a limit in tokens",
    limits: { tokens: 100 },
    sends: () => [{ ...note(1), usage: null }, DONE],
    comes: {
      state: "failed",
      requests: 1,
      notes: ["1"],
      reason: /limit of 100 tokens \(estimated: the server does not tell its tokens\)/,
      estimated: [true],
    },
  },
  {
    what: "no usage, and a limit in dollars",
    limits: { costUsd: 0.1 },
    sends: () => [{ ...note(1), usage: null }, DONE],
    comes: { state: "failed", requests: 1, reason: /limit of \$0.1 \(estimated/, estimated: [true] },
  },
  {
    what: "usage that is told, and a limit in tokens",
    limits: { tokens: 100 },
    sends: () => [note(1), note(2), note(3), DONE],
    comes: {
      state: "failed",
      requests: 3,
      notes: ["1", "2", "3"],
      reason: /limit of 100 tokens$/,
      estimated: [false, false, false],
    },
  },
  {
    what: "answers that break in the middle, and a limit in tokens",
    limits: { tokens: 100 },
    sends: (wire) => [{ body: wire.answer({ text: ["Half an "], end: null, usage: null }), cut: true }, DONE],
    comes: { state: "failed", requests: 1, reason: /limit of 100 tokens \(estimated/, estimated: [true] },
  },
  {
    what: "thoughts without an answer, and a limit in tokens",
    limits: { tokens: 60 },
    sends: () => [{ thought: "Hm." }],
    comes: { state: "failed", requests: 2, reason: /limit of 60 tokens$/, estimated: [false, false] },
  },
  {
    what: "a refusal before anything came, which takes nothing",
    limits: { tokens: 100 },
    sends: () => [{ status: 503, body: "{}" }, { status: 503, body: "{}" }, DONE],
    comes: { requests: 3, answer: "All done.", estimated: [false] },
  },
];
