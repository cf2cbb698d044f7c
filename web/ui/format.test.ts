import { expect, test } from "vitest";
import { ago, agoInWords, count, dayName, duration, oneLine, plain, size, timer, until } from "./format.ts";

test.each([
  [0, "0 ms"],
  [-5, "0 ms"],
  [6.4, "6 ms"],
  [412, "0.4 s"],
  [9_960, "10.0 s"],
  [12_000, "12 s"],
  [59_600, "1:00"],
  [84_000, "1:24"],
  [7_389_000, "2:03:09"],
])("%d ms took %s", (ms, words) => expect(duration(ms)).toBe(words));

test("a timer counts up in minutes and seconds, and never below zero", () => {
  expect([timer(-3), timer(7_999), timer(84_000)]).toEqual(["0:00", "0:07", "1:24"]);
});

test("sizes and counts are short", () => {
  expect([size(950), size(2100), size(3_400_000), count(999), count(12_400)]).toEqual([
    "950 B",
    "2.1 KB",
    "3.4 MB",
    "999",
    "12.4k",
  ]);
});

test("how long ago is said in words", () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  const at = (s: number): string => ago(new Date(now - s * 1000).toISOString(), now);
  expect([-2, 44, 45, 60, 600, 7200, 6 * 3600 - 1].map(at)).toEqual([
    ...["now", "now", "1 min ago", "1 min ago", "10 min ago", "2 h ago", "6 h ago"],
  ]);
});

test("within a sentence, what was now was just now", () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  const at = (s: number): string => agoInWords(new Date(now - s * 1000).toISOString(), now);
  expect([0, 44, 45, 600].map(at)).toEqual(["just now", "just now", "1 min ago", "10 min ago"]);
});

test("an answer in one line has no Markdown left", () => {
  const answer =
    "## Stats\n\n**212** `nodes`, _see MY_VAR in_ [docs](https://x.test) at a_b_c\n\n| a | b |\n| --- | --- |\n- one";
  expect(oneLine(plain(answer), 99)).toBe("Stats 212 nodes, see MY_VAR in docs at a_b_c a b one");
  expect(plain("As it was. _I am the demo mo…")).toBe("As it was. I am the demo mo…");
});

test("days are named by the reader's calendar", () => {
  const noon = new Date(2026, 2, 10, 12).getTime();
  const name = (hours: number): string => dayName(new Date(noon - hours * 3_600_000).toISOString(), noon);
  expect([name(0), name(11), name(13), name(35), name(40), name(200)]).toEqual([
    ...["Today", "Today", "Yesterday", "Yesterday", "This week", "Earlier"],
  ]);
});

test("a line is cut to its length", () => expect(oneLine(" a\n b  c", 4)).toBe("a b…"));

test.each([
  { ms: -1, is: null },
  { ms: 40_000, is: "40 s" },
  { ms: 12 * 60_000, is: "12 min" },
  { ms: 5 * 3_600_000, is: "5 h" },
  { ms: 6 * 86_400_000, is: "6 d" },
])("what comes in $ms ms comes in $is", ({ ms, is }) => {
  const now = Date.parse("2026-01-01T00:00:00.000Z");
  expect(until(new Date(now + ms).toISOString(), now)).toBe(is);
});
