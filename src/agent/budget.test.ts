import { expect, test } from "vitest";
import type { ChatEvent, Json } from "../core/events.ts";
import { askOf, exhausted, loops, MAX_STEPS } from "./budget.ts";

const unspent = { steps: 0, workedMs: 0, tokens: 0, costUsd: null };
const priced = { id: "a/b", price: { input: 1, output: 1 } };

test.each([
  { when: "nothing is limited and nothing spent", limits: {}, spent: {}, is: null },
  { when: "it is within all limits", limits: { steps: 3, minutes: 1, costUsd: 1 }, spent: { steps: 2 }, is: null },
  { when: "its steps are used up", limits: { steps: 3 }, spent: { steps: 3 }, is: /3 steps/ },
  { when: "no limit was given, but it goes on for ever", limits: {}, spent: { steps: MAX_STEPS }, is: /200 steps/ },
  { when: "a limit beyond the highest was given", limits: { steps: 9999 }, spent: { steps: MAX_STEPS }, is: /200/ },
  { when: "it worked for its minutes", limits: { minutes: 2 }, spent: { workedMs: 120_000 }, is: /2 minutes/ },
  { when: "it worked for less", limits: { minutes: 2 }, spent: { workedMs: 119_999 }, is: null },
  { when: "it has cost its money", limits: { costUsd: 0.5 }, spent: { costUsd: 0.5 }, is: /\$0\.5/ },
  { when: "it has cost nothing yet", limits: { costUsd: 0.5 }, spent: { costUsd: null }, is: null },
  { when: "it has used its tokens", limits: { tokens: 900 }, spent: { tokens: 900 }, is: /900 tokens/ },
  { when: "it has used fewer", limits: { tokens: 900 }, spent: { tokens: 899 }, is: null },
  { when: "its next call just fits", limits: { tokens: 900 }, spent: { tokens: 800 }, ask: 100, is: null },
  {
    when: "its next call would pass its tokens",
    limits: { tokens: 900 },
    spent: { tokens: 800 },
    ask: 101,
    is: /limit of 900 tokens would be passed: 800 are used, and the next call sends about 101$/,
  },
  {
    when: "what its next call sends would pass its money",
    limits: { costUsd: 0.5 },
    spent: { costUsd: 0.3 },
    ask: 250_000,
    is: /limit of \$0\.5 would be passed: \$0\.3 is used, and what the next call sends costs about \$0\.25$/,
  },
  {
    when: "its next call is so long that each token of it costs more",
    limits: { costUsd: 1 },
    spent: {},
    ask: 300_000,
    model: { id: "a/b", price: { input: 1, output: 1, above: { tokens: 272_000, input: 4, output: 4 } } },
    is: /limit of \$1 would be passed: \$0 is used, and what the next call sends costs about \$1\.2/,
  },
  {
    when: "its money is limited and nobody knows what the model costs",
    limits: { costUsd: 0.5 },
    spent: {},
    model: { id: "a/b", price: null },
    is: /a\/b costs; set SPARKY_MODEL_PRICES/,
  },
])("a budget's answer is $is when $when", ({ limits, spent, ask = 0, is, model = priced }) => {
  const reason = exhausted(limits, { ...unspent, ...spent }, askOf(model, ask), model);
  if (is === null) expect(reason).toBeNull();
  else expect(reason).toMatch(is);
});

let callId = 0;
const use = (step: number, name: string, args: Json, runId = "r"): ChatEvent => ({
  type: "tool_use",
  data: { callId: `c${callId++}`, name, args, effect: "read", summary: "" },
  chatId: "c",
  seq: callId,
  at: "2026-01-01T00:00:00.000Z",
  runId,
  taskId: null,
  step,
  actor: { kind: "agent", id: "agent", name: "agent" },
});

test.each([
  { what: "the same call three steps in a row", events: [1, 2, 3].map((n) => use(n, "a", { x: 1 })), is: 'a {"x":1}' },
  { what: "the same call twice", events: [1, 2].map((n) => use(n, "a", {})), is: null },
  { what: "one call three times in one step", events: [1, 1, 1].map((n) => use(n, "a", {})), is: null },
  { what: "other arguments each time", events: [1, 2, 3].map((n) => use(n, "a", { n })), is: null },
  { what: "something else in between", events: [use(1, "a", {}), use(2, "b", {}), use(3, "a", {})], is: null },
  { what: "something new at last", events: [...[1, 2, 3].map((n) => use(n, "a", {})), use(4, "b", {})], is: null },
  {
    what: "the same calls in another order",
    events: [1, 2, 3].flatMap((n) => (n % 2 ? [use(n, "a", {}), use(n, "b", {})] : [use(n, "b", {}), use(n, "a", {})])),
    is: "a {}",
  },
  { what: "what another run asked for", events: [1, 2, 3].map((n) => use(n, "a", {}, "other")), is: null },
])("F27: a loop in $what: $is", ({ events, is }) =>
  expect(loops(events.filter(({ runId }) => runId === "r"))).toBe(is),
);
