import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyChatView, foldChat } from "../../src/core/chat-view.ts";
import { chatEventSchema } from "../../src/core/events.ts";
import { applyDelta, closeParts, noOpenParts, type OpenParts } from "../../src/core/open-parts.ts";
import { isActive, isEnded } from "../../src/core/run-state.ts";
import { foldTranscript } from "../../src/core/transcript.ts";
import { logs } from "./logs.ts";

// Laws of the folds, over logs that a chat could have: runs one after another, with all that can happen to each.

/** Where pages begin and end: the second may repeat what the first held. */
const cuts = fc.tuple(fc.nat(200), fc.nat(200)).map(([x, y]) => [Math.min(x, y), Math.max(x, y)] as const);

test("F32: a chat's view and its transcript are the same live, in pages with repetitions, and reloaded", () => {
  let most = 0;
  fc.assert(
    fc.property(logs, cuts, (events, [from, to]) => {
      // What is reloaded went through the database and the wire.
      const reloaded = events.map((event) => chatEventSchema.parse(JSON.parse(JSON.stringify(event))));
      const [first, second] = [events.slice(0, to), events.slice(from)];
      expect(foldChat(second, foldChat(first))).toEqual(foldChat(reloaded));
      expect(foldTranscript(second, foldTranscript(first))).toEqual(foldTranscript(reloaded));
      expect(foldChat(events)).toEqual(events.reduce((view, event) => foldChat([event], view), emptyChatView));
      most = Math.max(most, foldChat(events).runs.size);
    }),
    { numRuns: 300 },
  );
  expect(most).toBeGreaterThan(2);
});

test("at every point of a log at most one run is active, and only runs that have not ended have open calls", () => {
  let openSeen = 0;
  fc.assert(
    fc.property(logs, (events) => {
      let view = emptyChatView;
      for (const event of events) {
        view = foldChat([event], view);
        const active = [...view.runs.values()].filter((run) => isActive(run.state)).map((run) => run.id);
        expect(active).toEqual(view.activeRunId === null ? [] : [view.activeRunId]);
        for (const call of view.openCalls) {
          const run = view.runs.get(call.runId);
          // The ending's own transaction closes them one after another.
          if (event.type === "status" && run !== undefined) expect(isEnded(run.state)).toBe(false);
          openSeen++;
        }
      }
      expect(view.head).toBe(events.length);
    }),
    { numRuns: 200 },
  );
  expect(openSeen).toBeGreaterThan(100);
});

test("what is being streamed never outlives its run's next status, nor comes back from an older lease", () => {
  let streamed = 0;
  fc.assert(
    fc.property(logs, fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }), (events, picks) => {
      let parts: OpenParts = noOpenParts;
      let lease = 0;
      events.forEach((event, index) => {
        const runId = event.runId ?? "r1";
        // Text of the present lease, and now and then of one that has lost its right.
        if (event.type === "status" && "attempt" in event.data) lease = event.data.attempt ?? lease;
        for (const ghost of [0, picks[index % picks.length] ?? 0]) {
          const part = `${Math.max(lease - ghost, 0)}.${index + 1000}`;
          parts = applyDelta(parts, { runId, part, kind: "message", offset: 0, text: "x" });
        }
        const leases = parts.parts.filter((part) => part.runId === runId).map((part) => Number.parseInt(part.part, 10));
        expect(new Set(leases).size).toBeLessThanOrEqual(1);
        streamed += leases.length;
        parts = closeParts(parts, event);
        if (event.type === "status") expect(parts.parts.filter((part) => part.runId === event.runId)).toEqual([]);
      });
    }),
    { numRuns: 200 },
  );
  expect(streamed).toBeGreaterThan(100);
});
