import { expect, test } from "vitest";
import { cut, pad, widthOf } from "./columns.ts";
import { table } from "./table.ts";

test.each([
  ["plain words", "abc", 3],
  ["Chinese", "漢字", 4],
  ["Japanese with half-width letters", "日本ｱｲ", 6],
  ["full-width letters", "ＡＢ", 4],
  ["Korean, also in single letters", "한\u1112\u1161\u11ab", 4],
  ["Hindi", "हिन्दी", 3],
  ["Thai", "สวัสดี", 4],
  ["an accent by itself and with its letter", "e\u0301\u00e9", 2],
  ["an emoji", "😀", 2],
  ["a family", "👩‍👩‍👧", 2],
  ["a colour of skin", "👍🏽", 2],
  ["a flag", "🇩🇪", 2],
  ["a sign that is a picture by a mark", "❤️", 2],
  ["the same sign without it", "❤", 1],
  ["a thermometer, which is a sign by itself", "🌡", 1],
  ["marks that take no room", "a\u200bb\u200d\u2060", 2],
  ["a soft hyphen", "a\u00ad", 2],
  ["Arabic with its vowels", "مُحَمَّد", 4],
])("F81: %s", (_what, text, columns) => expect(widthOf(text)).toBe(columns));

test("a cut text is at most as wide as asked, says that it was cut, and no character is cut in the middle", () => {
  expect(cut("abcdef", 4)).toBe("abc…");
  expect(cut("abcd", 4)).toBe("abcd");
  expect(cut("漢字漢字", 6)).toBe("漢字…");
  expect(cut("漢字漢字", 7)).toBe("漢字漢…");
  expect(cut("👩‍👩‍👧👩‍👩‍👧", 3)).toBe("👩‍👩‍👧…");
  expect(cut("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
  expect(cut("🇩🇪🇫🇷", 3)).toBe("🇩🇪…");
  expect(pad("漢", 4)).toBe("漢  ");
});

test("F81: a table is straight, whatever is written in it", () => {
  const names = [
    "plain",
    "漢字の名前",
    "नमस्ते",
    "สวัสดี",
    "cafe\u0301",
    "👩‍👩‍👧 family",
    "🇩🇪",
    "zero\u200bwidth",
    "한국어이름이깁니다정말로",
  ];
  const lines = table(
    [{ title: "NAME", max: 12 }, { title: "WHY" }],
    names.map((name) => [name, "|because 漢字漢字漢字漢字漢字"]),
    40,
  );
  const ends = lines.slice(1).map((line) => widthOf(line.slice(0, line.indexOf("|"))));
  expect(new Set(ends)).toEqual(new Set([14]));
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(40);
});
