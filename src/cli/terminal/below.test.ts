import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatEvent } from "../../core/events.ts";
import { logs } from "../../../test/simulation/logs.ts";
import { below, type BelowState } from "./below.ts";
import { widthOf } from "../console/columns.ts";
import { textOf } from "./text.ts";
import { advance, emptyTerminalView, type Arrival } from "./view.ts";

const now = Date.parse("2026-12-01T14:02:20.000Z");
const idle: BelowState = {
  view: emptyTerminalView,
  chat: { id: "3f2a91c0aaaa", title: "Nodes" },
  connection: { state: "live" },
  outbox: [],
  approvals: new Map(),
  me: "u",
  editor: { text: "", cursor: 0, completions: [] },
  stopping: false,
};
const place = {
  chatId: "c",
  at: "2026-12-01T14:02:10.000Z",
  runId: "r",
  taskId: null,
  step: 1,
  actor: { kind: "agent" as const, id: "agent", name: "agent" },
};
type Status = Extract<ChatEvent, { type: "status" }>["data"];
const status = (seq: number, data: Status): Arrival => ({
  kind: "event",
  event: { ...place, seq, type: "status", data },
});
const starting = status(1, { state: "starting", message: "Working", attempt: 1 });
const call: Arrival = {
  kind: "event",
  event: {
    ...place,
    seq: 2,
    type: "tool_use",
    data: { callId: "1", name: "web_fetch", args: {}, effect: "read", summary: "https://example.org" },
  },
};
const usage: Arrival = {
  kind: "event",
  event: { ...place, seq: 3, type: "usage", data: { model: "m", inputTokens: 1000, outputTokens: 234, durationMs: 1 } },
};
const viewOf = (...arrivals: Arrival[]) => advance(emptyTerminalView, arrivals).view;

function shown(state: Partial<BelowState>): readonly string[] {
  return below({ ...idle, ...state }, { columns: 80, rows: 24, now }).lines.map(textOf);
}

test.each([
  { when: "nothing runs", state: {}, is: "Nodes · 3f2a91c0 · /help" },
  { when: "nothing was said yet", state: { chat: null }, is: "a new chat · /help" },
  {
    when: "the model is called",
    state: { view: viewOf(starting) },
    is: "● Working · calling the model · 10s · Ctrl-C stops",
  },
  {
    when: "a tool works",
    state: { view: viewOf(starting, call, usage) },
    is: "● Working · web_fetch https://example.org · 10s · 1.2k tok · Ctrl-C stops",
  },
  {
    when: "it waits for a retry",
    state: {
      view: viewOf(
        starting,
        status(2, { state: "waiting", reason: "retry", message: "", until: "2026-12-01T14:03:00Z" }),
      ),
    },
    is: "◔ Waits for a retry in 40s · 10s · Ctrl-C stops",
  },
  {
    when: "it is being stopped",
    state: { view: viewOf(starting, status(2, { state: "stopping", message: "", by: "owner" })) },
    is: "◍ Stopping… · 10s",
  },
  {
    when: "the server is gone",
    state: { view: viewOf(starting), connection: { state: "lost", tries: 3 } },
    is: "◌ Reconnecting, try 3… what the agent does goes on",
  },
] satisfies { when: string; state: Partial<BelowState>; is: string }[])(
  "the line above one's own says when $when",
  ({ state, is }) => {
    expect(shown(state).at(-2)).toBe(is);
  },
);

const question = (choices?: string[]): Arrival => ({
  kind: "event",
  event: {
    ...place,
    seq: 3,
    type: "question",
    data: {
      questionId: "q",
      callId: "1",
      text: "Which one?\u202e\nIt is green.",
      state: "asked",
      ...(choices && { choices }),
    },
  },
});
const asks = status(4, { state: "waiting", reason: "question", message: "Waits for your answer" });

test("a question stands there whole, with what hides in it spelled out, its choices, and how it is answered", () => {
  expect(shown({ view: viewOf(starting, call, question(["Red", "Blue"]), asks) })).toEqual([
    "  ? Which one?\\u202e",
    "    It is green.",
    "    · Red",
    "    · Blue",
    "    write your answer, or Enter to choose",
    "",
    "◔ Waits for your answer · 10s · Ctrl-C stops",
    expect.any(String),
  ]);
  expect(shown({ view: viewOf(starting, call, question(), asks) })).toContain("    write your answer");
});

test("what could not be sent stands there with the reason and what to do", () => {
  const failed = {
    kind: "message",
    key: "k",
    text: "hello",
    state: { name: "failed", why: "no server answers" },
  } as const;
  expect(shown({ outbox: [failed] }).slice(0, 2)).toEqual([
    "› hello",
    "  not sent: no server answers. Send it again: /retry",
  ]);
});

test("whatever goes on, all of it fits below, and the line to write in is always there", () => {
  let fullest = 0;
  const sizes = fc.record({ columns: fc.integer({ min: 20, max: 100 }), rows: fc.integer({ min: 4, max: 30 }) });
  const texts = fc.string({ unit: "grapheme", maxLength: 300 });
  fc.assert(
    fc.property(logs, sizes, texts, texts, (events, { columns, rows }, streamed, written) => {
      const all = events.map((event): Arrival => ({ kind: "event", event }));
      const { view } = advance(emptyTerminalView, all);
      const part = { runId: "r", part: "1.1", kind: "message" as const, text: `${streamed}\n`.repeat(9) };
      const open = { ...view.open, parts: [part] };
      const editor = { text: written, cursor: written.length, completions: ["/task", "/tasks"] };
      const { lines, cursor } = below({ ...idle, view: { ...view, open }, editor }, { columns, rows, now });
      expect(lines.length).toBeLessThan(rows);
      expect(cursor.row).toBeLessThan(lines.length);
      expect(cursor.column).toBeLessThan(columns);
      for (const line of lines) expect(widthOf(textOf(line))).toBeLessThanOrEqual(Math.max(columns - 1, 20));
      fullest = Math.max(fullest, lines.length / (rows - 1));
    }),
    { numRuns: 300 },
  );
  expect(fullest).toBe(1);
});

test("how far a call is stands below its line while it works, in one line, and goes with its result", () => {
  const told = (text: string): Arrival => ({ kind: "progress", progress: { runId: "r", callId: "1", text } });
  const result: Arrival = {
    kind: "event",
    event: {
      ...place,
      seq: 3,
      type: "tool_result",
      data: { callId: "1", name: "web_fetch", ok: true, durationMs: 5, size: 1 },
    },
  };
  const lines = shown({ view: viewOf(starting, call, told("1 of 3"), told(`2 of 3 ${"x".repeat(300)}`)) });
  const at = lines.findIndex((line) => line.startsWith("  ● web_fetch"));
  expect(lines[at + 1]).toMatch(/^ {4}2 of 3 x+…$/);
  expect(lines.filter((line) => line.includes("of 3"))).toHaveLength(1);
  expect(shown({ view: viewOf(starting, call, told("1 of 3"), result) }).join("\n")).not.toContain("of 3");
  const ended = status(3, { state: "cancelled", message: "Cancelled", by: "ann" });
  expect(viewOf(starting, call, ended, told("too late")).open.progress.size).toBe(0);
});
