import { expect, test } from "vitest";
import { ago, clean, duration, jsonText, oneLine, tokens } from "./text.ts";

test.each([
  [0, "0s"],
  [0.4, "0ms"],
  [40, "40ms"],
  [95, "0.1s"],
  [210, "0.2s"],
  [8000, "8s"],
  [9950, "10s"],
  [59_600, "1m"],
  [84_000, "1m24s"],
  [3_600_000, "1h"],
  [3_599_600, "1h"],
  [11_040_000, "3h4m"],
  [21_599_000, "6h"],
  [86_390_000, "1d"],
  [86_400_000, "1d"],
  [273_600_000, "3d4h"],
  [-5, "0s"],
])("%d ms is %s", (ms, words) => expect(duration(ms)).toBe(words));

test.each([
  ["2026-01-01T00:00:00.000Z", "just now"],
  ["2025-12-31T23:59:20.000Z", "40s ago"],
  ["2025-12-31T22:00:00.000Z", "2h ago"],
  ["2026-01-01T00:12:30.000Z", "in 13m"],
  ["2026-01-01T05:59:59.000Z", "in 6h"],
  ["2025-12-31T18:00:01.000Z", "6h ago"],
  ["2026-01-03T01:00:00.000Z", "in 2d"],
])("%s is %s at the turn of the year", (iso, words) => {
  expect(ago(iso, Date.parse("2026-01-01T00:00:00.000Z"))).toBe(words);
});

test.each([
  { what: "colours", text: "\u001b[1;31mred\u001b[0m", is: "red" },
  { what: "a window title", text: "\u001b]0;owned\u0007text", is: "text" },
  { what: "a link's address", text: "\u001b]8;;http://x\u001b\\here\u001b]8;;\u001b\\", is: "here" },
  { what: "an unfinished sequence", text: "a\u001b[", is: "a" },
  { what: "eight-bit controls, backspaces and bells", text: "a\u009b2Jb\u0008\u0007c", is: "a2Jbc" },
  { what: "a carriage return that would overwrite the line", text: "safe\rbad", is: "safebad" },
  { what: "characters that reverse the line", text: "abc\u202edc\u061cb", is: "abcdcb" },
])("what a model writes loses $what", ({ text, is }) => expect(clean(text)).toBe(is));

test("tabs, newlines and every language stay", () => {
  expect(clean("a\tb\r\nс кириллицей 漢字 👩‍🚀")).toBe("a\tb\nс кириллицей 漢字 👩‍🚀");
});

test("one line holds no tab and no newline, so that a field stays a field", () => {
  expect(oneLine("a\tb\r\n  c\u2028d")).toBe("a b c d");
});

test("tokens are counted in thousands from a thousand on", () => {
  expect([tokens(950), tokens(12_400)]).toEqual(["950 tok", "12.4k tok"]);
});

test("F106 JSON has no character that a terminal acts on or nobody sees, and is the same value", () => {
  const all = Array.from({ length: 0x2100 }, (_, code) => String.fromCharCode(code)).join("");
  const value = { [all]: [all, "\u202e", "\ufeff\u{e0041}", "👩‍🚀"] };
  const json = jsonText(value);
  expect(json).not.toMatch(
    /[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u2000-\u200c\u200e-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/,
  );
  expect(json).toContain("👩‍🚀");
  expect(JSON.parse(json)).toEqual(value);
});
