import { expect, test } from "vitest";
import type { ChatEvent } from "../../core/events.ts";
import type { DeltaFrame } from "../../wire/frames.ts";
import { createOutput } from "../console/output.ts";
import { processIo } from "../console/process-io.ts";
import { createReplyPrinter } from "./reply.ts";

type Step = readonly [part: string, offset: number, text: string] | ChatEvent;

const base = {
  chatId: "c",
  seq: 9,
  at: "2026-12-01T14:02:10.000Z",
  runId: "r",
  taskId: null,
  step: 1,
  actor: { kind: "agent" as const, id: "agent", name: "agent" },
};
const message = (part: string, text: string): ChatEvent => ({
  ...base,
  type: "message",
  data: { role: "assistant", text, part },
});
const thought = (part: string, text: string): ChatEvent => ({ ...base, type: "thought", data: { text, part } });
const interrupted: ChatEvent = {
  ...base,
  type: "status",
  data: { state: "interrupted", message: "", reason: "crash" },
};
const delta = (part: string, offset: number, text: string): DeltaFrame => ({
  type: "delta",
  sub: "s",
  chatId: "c",
  runId: "r",
  part,
  kind: "message",
  offset,
  text,
});

function printed(steps: readonly Step[], isTerminal: boolean): string {
  let stdout = "";
  const sink = { write: (text: string) => void (stdout += text), isTerminal, columns: 80 };
  const io = { ...processIo(process, {}), stdout: sink, stderr: { ...sink, write: () => {} } };
  const reply = createReplyPrinter(createOutput(io, { json: false, color: false }));
  for (const step of steps) {
    if ("type" in step) reply.event(step);
    else reply.delta(delta(...step));
  }
  return stdout;
}

test.each([
  { when: "it streams whole", steps: [["1.1", 0, "Hel"], ["1.1", 3, "lo"], message("1.1", "Hello")], is: "Hello\n" },
  { when: "frames were dropped", steps: [["1.1", 0, "He"], ["1.1", 4, "o"], message("1.1", "Hello")], is: "Hello\n" },
  {
    when: "a part comes again from its start",
    steps: [["1.1", 0, "Hel"], ["1.1", 0, "Hello"], message("1.1", "Hello")],
    is: "Hello\n",
  },
  { when: "no frame came", steps: [message("1.1", "Hello")], is: "Hello\n" },
  { when: "the final text differs", steps: [["1.1", 0, "Hallo"], message("1.1", "Hello")], is: "Hallo\nHello\n" },
  {
    when: "two parts follow one another",
    steps: [["1.1", 0, "A"], message("1.1", "A"), ["1.2", 0, "B"], message("1.2", "B")],
    is: "A\nB\n",
  },
  {
    when: "a crash cut it off",
    steps: [["1.1", 0, "Hel"], interrupted, ["2.1", 0, "Hello"], message("2.1", "Hello")],
    is: "Hel\nHello\n",
  },
  {
    when: "it holds a terminal sequence",
    steps: [["1.1", 0, "a\u001b[2Jb"], message("1.1", "a\u001b[2Jb")],
    is: "ab\n",
  },
] satisfies { when: string; steps: Step[]; is: string }[])(
  "a reply is shown once on a terminal when $when",
  ({ steps, is }) => {
    expect(printed(steps, true)).toBe(is);
  },
);

test("what the agent says before it calls a tool is part of its reply, on a terminal and in a pipe", () => {
  const said: ChatEvent = { ...base, type: "thought", data: { text: "I look.", part: "1.1", said: true } };
  const steps: Step[] = [["1.1", 0, "I lo"], said, ["1.2", 0, "Do"], message("1.2", "Done")];
  expect([true, false].map((isTerminal) => printed(steps, isTerminal))).toEqual(["I look.\nDone\n", "I look.\nDone\n"]);
});

test("into a pipe go whole messages only, and never what turned out to be a thought", () => {
  const steps: Step[] = [["1.1", 0, "Let me"], thought("1.1", "Let me see"), ["1.2", 0, "Do"], message("1.2", "Done")];
  expect(printed(steps, false)).toBe("Done\n");
});
