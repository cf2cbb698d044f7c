import fc from "fast-check";
import { expect, test } from "vitest";
import { buildContext } from "../../src/agent/context.ts";
import type { ContextInput } from "../../src/agent/in-scope.ts";
import { Telling } from "../../src/agent/telling.ts";
import type { RecordedStep } from "../../src/agent/told-steps.ts";
import type { ChatEvent } from "../../src/core/events.ts";
import { extent } from "../kit/extent.ts";
import { longLogs } from "./logs.ts";

// What a model is given is made of what it was given before with what has come since: it must be what it were if it was made
// anew of all of it, however the log was read in portions, and whatever has changed between two of them.

const MODELS = ["m", "n"];

/** The record of each step that these events are of. */
function stepsOf(events: readonly ChatEvent[]): RecordedStep[] {
  const steps = new Map<string, RecordedStep>();
  for (const { runId, step, seq } of events) {
    if (runId === null || step === null || steps.has(`${runId} ${step}`)) continue;
    const uses = events.flatMap((event) =>
      event.type === "tool_use" && event.runId === runId && event.step === step
        ? [{ type: "tool-call" as const, toolCallId: event.data.callId, toolName: event.data.name, input: {} }]
        : [],
    );
    const said = { type: "text" as const, text: `step ${step} of ${runId}` };
    const content = [{ type: "reasoning" as const, text: "Hm" }, said, ...uses];
    steps.set(`${runId} ${step}`, {
      ...{ runId, step, provider: "p", model: MODELS[seq % 2] ?? "m", readSeq: Math.max(0, seq - (seq % 4)) },
      messages: [{ role: "assistant", content }],
    });
  }
  return [...steps.values()];
}

const cut = fc.record({
  /** How much was read by then, of 40 parts. */
  at: fc.nat(40),
  /** So many of the newest events have no record of their step yet. */
  late: fc.constantFrom(0, 0, 0, 5),
  model: fc.constantFrom("m", "m", "m", "m", "n"),
  run: fc.nat(1),
  budget: fc.constantFrom(200, 100_000),
  told: fc.constantFrom("as it is", "as it is", "as it is", "otherwise"),
});
const scene = fc.record({
  events: longLogs,
  cuts: fc.array(cut, { minLength: 4, maxLength: 12 }),
  scope: fc.constantFrom<("chat" | "task")[]>("chat", "chat", "task"),
});

test("what is told goes on from what was told before, and is the same as told anew", () => {
  let longest = 0;
  fc.assert(
    fc.property(scene, ({ events, cuts, scope }) => {
      const telling = new Telling();
      const steps = stepsOf(events);
      for (const { at, late, model, run, budget, told } of cuts.toSorted((a, b) => a.at - b.at)) {
        const read = events.slice(0, Math.round((at * events.length) / 40));
        const recorded = read.slice(0, Math.max(0, read.length - late));
        // Mostly the run that is at work, or one for which the others go on beside it.
        const runs = read.filter(({ runId }) => runId !== null);
        const own = run > 0 ? runs.at(-1) : runs[0];
        const input: ContextInput = {
          events: read,
          steps: steps.filter(({ runId, step }) =>
            recorded.some((event) => event.runId === runId && event.step === step),
          ),
          run: { id: own?.runId ?? "r1", taskId: own?.taskId ?? null },
          scope,
          reader: { provider: "p", model },
          budget,
          files: ({ seq }) => (seq % 3 === 0 ? [`(A file of ${seq}, told ${told})`] : []),
        };
        const context = buildContext(input, telling);
        expect(context).toEqual(buildContext(input));
        longest = Math.max(longest, context.messages.length);
      }
    }),
    { numRuns: extent.all ? 5000 : 500, seed: extent.seed },
  );
  expect(longest).toBeGreaterThan(15);
});
