import { expect, test } from "vitest";
import { replaced } from "./match.ts";
import { nearestLines } from "./nearest-lines.ts";
import { unifiedDiff } from "./unified-diff.ts";

test.each([
  { when: "it stands there exactly", text: "a\nb\nc\n", old: "b", put: "B", is: "a\nB\nc\n", match: "exact" },
  {
    when: "its file has Windows line ends",
    text: "a\r\nb\r\nc\r\n",
    old: "a\nb\n",
    put: "A\nB\n",
    is: "A\r\nB\r\nc\r\n",
    match: "blanks at line ends",
  },
  {
    when: "blanks at line ends differ",
    text: "if x:  \n  y\n",
    old: "if x:\n  y",
    put: "if z:\n  y",
    is: "if z:\n  y\n",
    match: "blanks at line ends",
  },
  {
    when: "it is indented further",
    text: "{\n    a;\n\n    b;\n}\n",
    old: "a;\n\nb;",
    put: "a;\n  c;",
    is: "{\n    a;\n      c;\n}\n",
    match: "indentation",
  },
  {
    when: "it is indented less",
    text: "a;\n  b;\n",
    old: "  a;\n    b;",
    put: "  c;",
    is: "c;\n",
    match: "indentation",
  },
  { when: "it is taken away", text: "a  \nb\nc", old: "a\nb\n", put: "", is: "c", match: "blanks at line ends" },
])("a text is replaced when $when", ({ text, old, put, is, match }) => {
  expect(replaced(text, old, put, false)).toEqual({ ok: true, text: is, match, count: 1 });
});

test.each([
  { when: "it is there twice", text: "a\nb\na\n", old: "a", lines: [1, 3] },
  { when: "it is there twice but for blanks", text: "a \nb\na \nb\n", old: "a\nb", lines: [1, 3] },
  { when: "its lines are indented unevenly", text: "a\n   b\n", old: "a\nb", lines: [] },
  { when: "it is blanks alone", text: "a\nb\n", old: "  \n ", lines: [] },
  { when: "it is not there", text: "a\n", old: "x", lines: [] },
])("nothing is replaced when $when, and the lines are told", ({ text, old, lines }) => {
  expect(replaced(text, old, "y", false)).toEqual({ ok: false, lines });
});

test("all is everywhere, and a dollar sign is a dollar sign", () => {
  expect(replaced("a b a", "a", "$&", true)).toMatchObject({ text: "$& b $&", count: 2 });
});

test("a miss shows the lines that are nearest, numbered, with their indentation", () => {
  const text = "import x\n\nfunction total(items) {\n\treturn sum(items);\n}\n";
  expect(nearestLines(text, "function totals(items) {\n  return sum(item);")).toBe(
    "the nearest lines are\n2: \n3: function total(items) {\n4: →return sum(items);\n5: }",
  );
  expect(nearestLines(text, "quite different")).toBe("no line of it is like it");
});

test("a diff is told with the line numbers of the whole file, a new and a deleted file as such", async () => {
  const lines = Array.from({ length: 50 }, (_, n) => `line ${n + 1}`);
  const diff = await unifiedDiff("a.txt", `${lines.join("\n")}\n`, `${lines.with(29, "thirty").join("\n")}\n`);
  expect(diff).toBe(
    "--- a.txt\n+++ a.txt\n@@ -27,7 +27,7 @@\n line 27\n line 28\n line 29\n-line 30\n+thirty\n line 31\n line 32\n line 33",
  );
  expect(await unifiedDiff("a.txt", null, "a\n")).toBe("--- /dev/null\n+++ a.txt\n@@ -0,0 +1,1 @@\n+a");
  expect(await unifiedDiff("a.txt", "a\nb", "a")).toContain("\\ No newline at end of file");
});

test("the first and the last line are compared whole", async () => {
  expect(await unifiedDiff("a", "one\ntwo\n", "zero\none\ntwo\n")).toContain("+zero");
  expect(await unifiedDiff("a", "one\ntwo\n", "one\ntwo\nthree\n")).toContain("+three");
});
