import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatEvent } from "../../core/events.ts";
import { logs } from "../../../test/simulation/logs.ts";
import { entryLines } from "./entry.ts";
import { widthOf } from "../console/columns.ts";
import { textOf } from "./text.ts";
import { advance, emptyTerminalView, pending, type Arrival, type TerminalView } from "./view.ts";

const reader = { width: 44, me: "u", now: Date.parse("2026-12-01T14:02:20.000Z") };
const arrivals = (events: readonly ChatEvent[]): readonly Arrival[] =>
  events.map((event) => ({ kind: "event", event }));

/** What stands above in the end, and what is still below, when the log comes in these pieces. */
function shown(pieces: readonly (readonly Arrival[])[]): {
  readonly above: readonly string[];
  readonly below: readonly string[];
} {
  let view: TerminalView = emptyTerminalView;
  const above: string[] = [];
  for (const piece of pieces) {
    const next = advance(view, piece);
    view = next.view;
    above.push(...next.settled.flatMap((each) => entryLines(each, reader)).map(textOf));
  }
  return {
    above,
    below: pending(view)
      .flatMap((each) => entryLines(each, reader))
      .map(textOf),
  };
}

test("F32 what stands in the terminal does not depend on the pieces in which the log came, nor on repetitions", () => {
  let most = 0;
  fc.assert(
    fc.property(logs, fc.array(fc.nat(60), { maxLength: 8 }), (events, cuts) => {
      const at = [0, ...cuts.map((cut) => Math.min(cut, events.length)).toSorted((a, b) => a - b), events.length];
      // Each piece repeats the last events of the one before.
      const pieces = at.slice(1).map((to, index) => arrivals(events.slice(Math.max(0, (at[index] ?? 0) - 2), to)));
      const whole = shown([arrivals(events)]);
      expect(shown(pieces)).toEqual(whole);
      expect(shown(events.map((event) => arrivals([event])))).toEqual(whole);
      most = Math.max(most, whole.below.length);
    }),
    { numRuns: 300 },
  );
  expect(most).toBeGreaterThan(1);
});

test("no line is wider than the terminal", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.integer({ min: 24, max: 80 }), (text, width) => {
      const lines = shownMessage(text, width);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
    }),
    { numRuns: 300 },
  );
});

const place = {
  chatId: "c",
  at: "2026-12-01T14:02:10.000Z",
  runId: "r",
  taskId: null,
  step: 1,
  actor: { kind: "agent" as const, id: "agent", name: "agent" },
};

function shownMessage(text: string, width: number): readonly string[] {
  const event: ChatEvent = { ...place, seq: 1, type: "message", data: { role: "assistant", text } };
  const { settled } = advance(emptyTerminalView, arrivals([event]));
  return settled.flatMap((each) => entryLines(each, { ...reader, width })).map(textOf);
}

test.each([
  { what: "words are kept whole", text: "one two three four five six", is: ["", "  one two three four", "  five six"] },
  { what: "what is longer than a line is broken", text: "x".repeat(25), is: ["", `  ${"x".repeat(20)}`, "  xxxxx"] },
  { what: "wide characters count twice", text: "日本語".repeat(4), is: ["", "  日本語日本語日本語日", "  本語"] },
  { what: "emphasis and code lose their marks", text: "**a** `b` _c_ snake_case_x", is: ["", "  a b c snake_case_x"] },
  { what: "emphasis may hold a name", text: "_Set A_B here_ a_b_ _c", is: ["", "  Set A_B here a_b_ _c"] },
  { what: "lists hang", text: "- one two three four five", is: ["", "  • one two three four", "    five"] },
  { what: "code keeps its spaces", text: "```js\nif (x)\n  y\n```\nz", is: ["", "    if (x)", "      y", "  z"] },
  { what: "sequences do not get through", text: "a\u001b[2Jb\u001b]0;x\u0007c\u202ed\r\u009b1m", is: ["", "  abcd1m"] },
])("of a message: $what", ({ text, is }) => {
  expect(shownMessage(text, 22)).toEqual(is);
});

test("of a person's words the names stand out of those whom they mention, and no others", () => {
  const text = "@bob and @cleo,\nlook `@bob`";
  const data = { role: "user", text, mentions: [{ id: "b", name: "bob" }] } as const;
  const actor = { kind: "user", id: "a", name: "ann" } as const;
  const event: ChatEvent = {
    ...place,
    runId: null,
    step: null,
    actor,
    seq: 1,
    type: "message",
    data: { ...data, mentions: [...data.mentions] },
  };
  const lines = advance(emptyTerminalView, arrivals([event])).settled.flatMap((each) => entryLines(each, reader));
  expect(lines.map(textOf)).toEqual(["", "ann › @bob and @cleo,", "  look `@bob`"]);
  const noted = lines.flat().filter(({ look }) => look === "note");
  expect(noted.map((each) => each.text).join("")).toBe("@bob");
});

const call = (seq: number, callId: string): ChatEvent => ({
  ...place,
  seq,
  type: "tool_use",
  data: { callId, name: "shell", args: { command: "ls" }, effect: "external", summary: "ls" },
});
const result = (seq: number, callId: string, ok: boolean): ChatEvent => ({
  ...place,
  seq,
  type: "tool_result",
  data: { callId, name: "shell", ok, durationMs: 1200, size: 2, ...(!ok && { error: "exit 1" }) },
});
const status = (seq: number, state: "starting" | "completed"): ChatEvent => ({
  ...place,
  seq,
  type: "status",
  data: state === "starting" ? { state, message: "Working", attempt: 1 } : { state, message: "Done" },
});
const asked = (seq: number, state: "requested" | "denied"): ChatEvent => ({
  ...place,
  seq,
  type: "approval",
  data: {
    approvalId: "a",
    callId: "1",
    state,
    argsDigest: "d",
    ...(state === "denied" && { by: "ann", note: "use the copy" }),
  },
});

test.each([
  { when: "it works", log: [status(1, "starting"), call(2, "1")], above: [], below: ["  ● shell ls  10s"] },
  {
    when: "a later one has ended before it",
    log: [status(1, "starting"), call(2, "1"), call(3, "2"), result(4, "2", true)],
    above: [],
    below: ["  ● shell ls  10s", "  ✓ shell ls  1.2s"],
  },
  {
    when: "all have ended",
    log: [status(1, "starting"), call(2, "1"), call(3, "2"), result(4, "2", true), result(5, "1", false)],
    above: ["  ✕ shell ls  1.2s  exit 1", "  ✓ shell ls  1.2s"],
    below: [],
  },
  {
    when: "it asks",
    log: [status(1, "starting"), call(2, "1"), asked(3, "requested")],
    above: [],
    below: ["  ? shell ls  asks for your approval"],
  },
  {
    when: "it was answered with a no",
    log: [status(1, "starting"), call(2, "1"), asked(3, "requested"), asked(4, "denied"), result(5, "1", false)],
    above: ["  ⊘ shell ls  denied by ann: use the copy"],
    below: [],
  },
  {
    when: "its run ended without it",
    log: [status(1, "starting"), call(2, "1"), status(3, "completed")],
    above: ["  ⊘ shell ls  not finished", "  ✓ Done · 0s"],
    below: [],
  },
])("a call is one line, and stays below until it cannot change: when $when", ({ log, above, below }) => {
  expect(shown([arrivals(log)])).toEqual({ above, below });
});

test("text that streams is dropped by a status, replaced by its event, and never comes back", () => {
  const delta = (part: string, text: string): Arrival => ({
    kind: "delta",
    delta: { runId: "r", part, kind: "message", offset: 0, text },
  });
  const said: ChatEvent = {
    ...place,
    seq: 2,
    type: "message",
    data: { role: "assistant", text: "Hello", part: "1.1" },
  };
  const parts = (...all: Arrival[]): readonly string[] =>
    advance(emptyTerminalView, all).view.open.parts.map(({ text }) => text);
  const [start] = arrivals([status(1, "starting")]) as [Arrival];
  const [end] = arrivals([status(3, "completed")]) as [Arrival];
  const [event] = arrivals([said]) as [Arrival];
  expect(parts(start, delta("1.1", "Hel"))).toEqual(["Hel"]);
  expect(parts(start, delta("1.1", "Hel"), event)).toEqual([]);
  expect(parts(start, delta("1.1", "Hel"), event, delta("1.1", "Hello"))).toEqual([]);
  expect(parts(start, event, end, delta("1.2", "late"))).toEqual([]);
});
