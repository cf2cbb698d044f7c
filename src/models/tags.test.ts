import fc from "fast-check";
import { expect, test } from "vitest";
import { Tags, withoutThoughts } from "./tags.ts";

/** What becomes of a text that comes in these pieces. */
function read(...pieces: string[]) {
  const tags = new Tags(true);
  let [message, thought] = ["", ""];
  for (const piece of [...pieces.flatMap((each) => tags.add(each)), ...tags.end()]) {
    if (piece.kind === "recast") [message, thought] = ["", thought + message];
    else if (piece.kind === "message") message += piece.text;
    else thought += piece.text;
  }
  return { message, thought, calls: tags.calls.map(({ name }) => name) };
}

const CASES = [
  { text: "<think>Hm.</think>\n\nHello", message: "Hello", thought: "Hm." },
  { text: "<THINK>Hm.</THINK>Hello", message: "Hello", thought: "Hm." },
  { text: "<thinking>Hm.</thinking>Hello", message: "Hello", thought: "Hm." },
  { text: "[THINK]Hm.[/THINK]Hello", message: "Hello", thought: "Hm." },
  { text: "◁think▷Hm.◁/think▷Hello", message: "Hello", thought: "Hm." },
  { text: "Hm, so.</think>\nHello", message: "Hello", thought: "Hm, so." },
  { text: "<think>Hm, without an end", message: "", thought: "Hm, without an end" },
  { text: "One <think>Hm.</think> two", message: "One two", thought: "Hm." },
  { text: "<think></think>Hello", message: "Hello", thought: "" },
  { text: "Write `<think>` before it", message: "Write `<think>` before it", thought: "" },
  { text: "```\n<think>x</think>\n```\nthat", message: "```\n<think>x</think>\n```\nthat", thought: "" },
  { text: "```\n<tool_call>{}</tool_call>\n```", message: "```\n<tool_call>{}</tool_call>\n```", thought: "" },
  { text: "a < b and <thinker> and [0]", message: "a < b and <thinker> and [0]", thought: "" },
];

test.each(CASES)("F94 $text is parted, however it is cut into pieces", ({ text, message, thought }) => {
  expect(read(text)).toEqual({ message, thought, calls: [] });
  expect(read(...text)).toEqual({ message, thought, calls: [] });
});

test.each([
  { text: 'I look.\n<tool_call>\n{"name": "note", "arguments": {}}\n</tool_call>', message: "I look.\n", name: "note" },
  { text: "<function=note><parameter=text>x</parameter></function>", message: "", name: "note" },
  { text: '[TOOL_CALLS][{"name":"note","arguments":{}}]', message: "", name: "note" },
  { text: '<function_calls><invoke name="note"></invoke></function_calls>Done', message: "Done", name: "note" },
  { text: "<|tool_calls_section_begin|>functions.note:0{}<|tool_calls_section_end|>", message: "", name: "note" },
  { text: '<tool_call>{"name":"note"', message: "", name: "note" },
  { text: "<tool_call>what?</tool_call>", message: "", name: "tool_call" },
])("F94 a tool call that came as text is none of the answer: $text", ({ text, message, name }) => {
  expect(read(text)).toMatchObject({ message, calls: [name] });
  expect(read(...text)).toMatchObject({ message, calls: [name] });
});

test("F94 no cut into pieces changes what is read", () => {
  const bits = fc.constantFrom(
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
    "`",
    "```",
    "\n",
    "<",
    "th",
    "a b",
    "[",
    "◁",
  );
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 12 }), (words) => {
      const text = words.join("");
      expect(read(...text)).toEqual(read(text));
    }),
    { numRuns: 1500 },
  );
});

test("another model is not given the thoughts", () => {
  expect(withoutThoughts("<think>Hm.</think>Hello <tool_call>x</tool_call>")).toBe("Hello <tool_call>x</tool_call>");
});
