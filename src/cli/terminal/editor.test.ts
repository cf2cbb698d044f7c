import { expect, onTestFinished, test } from "vitest";
import { createEditor, editorRows, type Editor } from "./editor.ts";
import { textOf } from "./text.ts";

const tick = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 80));

function editor(history: readonly string[] = []): { editor: Editor; lines: string[]; told: string[] } {
  const lines: string[] = [];
  const told: string[] = [];
  const made = createEditor(
    history,
    async (text) => [["/task ", "/tasks"].filter((each) => each.startsWith(text)), text],
    {
      changed: () => {},
      line: (text) => lines.push(text),
      interrupt: () => told.push("interrupt"),
      end: () => told.push("end"),
      suspend: () => told.push("suspend"),
    },
  );
  onTestFinished(() => made[Symbol.dispose]());
  return { editor: made, lines, told };
}

test.each([
  { what: "a line", keys: ["hello\r"], is: ["hello"] },
  { what: "what was put right", keys: ["helo\u001b[Dl\u007f\u007fll\r"], is: ["hello"] },
  { what: "Alt-Enter as a new line", keys: ["one\u001b\rtwo\r"], is: ["one\ntwo"] },
  {
    what: "pasted lines as one message",
    keys: ["\u001b[200~one\r\ntwo\rthree\u001b[201~!\r"],
    is: ["one\ntwo\nthree!"],
  },
  { what: "a paste whose marks come in pieces", keys: ["\u001b[20", "0~a\rb\u001b[2", "01~\r"], is: ["a\nb"] },
  { what: "a pasted line separator within one message", keys: ["\u001b[200~a\u2028b\u001b[201~\r"], is: ["a\nb"] },
  { what: "no sequence that was pasted", keys: ["\u001b[200~a\u001b[2Jb\u001b[201~\r"], is: ["a [2Jb"] },
  { what: "what was sent before", keys: ["\u001b[A\r"], is: ["the\nlast"] },
])("the editor gives $what", async ({ keys, is }) => {
  const { editor: at, lines } = editor(["the\nlast", "the first"]);
  for (const each of keys) at.keys(each);
  await tick();
  expect(lines).toEqual(is);
});

test("Tab completes as far as it is clear, and shows what it may become", async () => {
  const { editor: at } = editor();
  at.keys("/t\t");
  await tick();
  expect(at.text).toBe("/task");
  expect(at.completions).toEqual(["/task ", "/tasks"]);
  at.keys("s");
  await tick();
  expect(at.completions).toEqual([]);
});

test("what is put into the line is not sent by itself, whatever ends a line in it", async () => {
  const { editor: at, lines } = editor();
  at.replace("one\r\ntwo\u2028three\u2029four\u0003\u001b[2J");
  await tick();
  expect([at.text, lines]).toEqual(["one\ntwo\nthree\nfour  [2J", []]);
});

test("Ctrl-C, Ctrl-Z, and Ctrl-D on an empty line, are told and end nothing by themselves", async () => {
  const { editor: at, told } = editor();
  at.keys("\u0003\u001a");
  await tick();
  at.keys("\u0004");
  await tick();
  expect(told).toEqual(["interrupt", "suspend", "end"]);
});

test.each([
  { what: "an empty line", text: "", cursor: 0, lines: ["› "], at: [0, 2] },
  { what: "the end of a line", text: "abc", cursor: 3, lines: ["› abc"], at: [0, 5] },
  { what: "a line that is too long", text: "abcdefghij", cursor: 8, lines: ["› abcdefg", "  hij"], at: [1, 3] },
  { what: "the place where it breaks", text: "abcdefghij", cursor: 7, lines: ["› abcdefg", "  hij"], at: [1, 2] },
  { what: "two lines", text: "a\nb", cursor: 1, lines: ["› a", "  b"], at: [0, 3] },
  { what: "wide characters", text: "日本", cursor: 2, lines: ["› 日本"], at: [0, 6] },
  { what: "many lines, around the cursor", text: "a\nb\nc\nd", cursor: 6, lines: ["  c", "  d"], at: [1, 2] },
])("the cursor stands right in $what", ({ text, cursor, lines, at }) => {
  const shown = editorRows(text, cursor, 10, 2);
  expect(shown.lines.map(textOf)).toEqual(lines);
  expect([shown.cursor.row, shown.cursor.column]).toEqual(at);
});
