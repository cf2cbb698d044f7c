import { expect, test } from "vitest";
import { diffLines, extentOfDiff, foldedDiff, type DiffLine } from "./diff-lines.ts";

const kinds = (text: string, form: "marked" | "unified") => diffLines(text, form).map(inWords);
const inWords = (line: DiffLine): string =>
  line.kind === "skipped" ? `skipped ${line.count}` : `${line.kind} ${line.text}`;

test("a marked line is what its mark says, whatever its own text looks like", () => {
  expect(kinds("  {\n- a\n+ + b\n+ --- c\n  }", "marked")).toEqual([
    "same {",
    "removed a",
    "added + b",
    "added --- c",
    "same }",
  ]);
});

test("in a unified diff a line that looks like a file's name is one only between hunks", () => {
  const text =
    "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n--- a/y\n+++ b/y\n--- a/z\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n";
  expect(kinds(text, "unified")).toEqual([
    "head --- a/x",
    "head +++ b/x",
    "head @@ -1,2 +1,2 @@",
    "same same",
    "removed -- a/y",
    "added ++ b/y",
    "head --- a/z",
    "head +++ /dev/null",
    "head @@ -1 +0,0 @@",
    "removed gone",
  ]);
});

test("a diff without hunks is one all the same, and a hunk behind it is a hunk", () => {
  expect(kinds("-old\n+new\n same\n@@ -1 +1 @@\n-- a\n++ b", "unified")).toEqual([
    "removed old",
    "added new",
    "same same",
    "head @@ -1 +1 @@",
    "removed - a",
    "added + b",
  ]);
});

test("of what is the same only what stands near a difference is shown, and the rest is counted", () => {
  const same = Array.from({ length: 9 }, (_, n) => `  ${n}`);
  const lines = diffLines([...same, "+ new", ...same].join("\n"), "marked");
  expect(foldedDiff(lines).map(inWords)).toEqual([
    "skipped 6",
    "same 6",
    "same 7",
    "same 8",
    "added new",
    "same 0",
    "same 1",
    "same 2",
    "skipped 6",
  ]);
});

test.each([
  ["+ a\n+ b\n- c", "2 lines added, 1 removed"],
  ["+ a", "1 line added"],
  ["- a\n- b", "2 lines removed"],
  ["  a", "nothing is different"],
])("%j is told as %j", (text, words) => {
  expect(extentOfDiff(diffLines(text, "marked"))).toBe(words);
});
