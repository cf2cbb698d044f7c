import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { characters, Chunks, piece, shorten, soundJson, soundText, soundValue, wellFormedJson } from "./text.ts";

/** Any UTF-16, half characters and U+0000 among them; and whole characters of every kind. */
const anything = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\ud83d", "\ude00", "😀", "👩‍👩‍👧", "🇩🇪", "e\u0301", "\0", "\\", '"', "क्षि", "\u200d", "\\ud83d", "漢"),
    fc.string({ unit: "binary", maxLength: 1 }),
  ),
  maxLength: 60,
});

describe("F78", () => {
  test("a piece of a whole text is whole, wherever it is cut, and no longer than was asked for", () => {
    let cutHalf = 0;
    fc.assert(
      fc.property(anything.map(soundText), fc.nat(80), fc.nat(80), (text, from, to) => {
        const got = piece(text, from, to);
        expect(got.isWellFormed()).toBe(true);
        expect(got.length).toBeLessThanOrEqual(Math.max(to - from, 0));
        expect(text.slice(from, to)).toContain(got);
        if (got.length < text.slice(from, to).length) cutHalf += 1;
      }),
    );
    expect(cutHalf).toBeGreaterThan(0);
    expect([piece("a😀b", 0, 2), piece("a😀b", 2), piece("a😀b", -5, 3), piece("abc", 1)]).toEqual([
      "a",
      "b",
      "a😀",
      "bc",
    ]);
  });

  test.each([
    ["a letter with its accent", "caf\u0065\u0301 crème", 5, "caf…"],
    ["a pair", "ab😀cd", 4, "ab…"],
    ["a family", "ab👩‍👩‍👧cd", 8, "ab…"],
    ["a flag", "ab🇩🇪cd", 5, "ab…"],
    ["one of two flags", "🇩🇪🇫🇷x", 6, "🇩🇪…"],
    ["a colour of skin", "ab👍🏽cd", 5, "ab…"],
    ["a syllable of Hindi", "नमस्ते दुनिया", 4, "नम…"],
    ["Korean in single letters", "\u1112\u1161\u11ab\u1100\u1173\u11af", 5, "\u1112\u1161\u11ab…"],
    ["a heart that is an emoji by a mark", "ab❤️cd", 4, "ab…"],
    ["plain words", "abcdef", 4, "abc…"],
    ["nothing to cut", "ab😀", 4, "ab😀"],
    ["no room at all", "😀😀", 0, "…"],
    ["a character without end", `a${"\u0301".repeat(500)}`, 300, `a${"\u0301".repeat(298)}…`],
  ])("%s is not cut in the middle", (_what, text, most, is) => expect(shorten(text, most)).toBe(is));

  test("what a person sees as characters are those of Unicode, for all that people write", () => {
    const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
    for (const text of ["👩‍👩‍👧🇩🇪🇫🇷1️⃣👍🏽❤️", "e\u0301a\u0308", "สวัสดีชาวโลก", "한국어", "\r\n\t", "🏴󠁧󠁢󠁥󠁮󠁧󠁿!", "עִבְרִית"]) {
      expect(characters(text)).toEqual([...segmenter.segment(text)].map(({ segment }) => segment));
    }
    fc.assert(
      fc.property(anything, (text) => {
        expect(characters(text).join("")).toBe(text);
      }),
    );
  });

  test("a text in chunks is the same text, whatever it is split at, and every piece of it is whole", () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 6 }), (chunks) => {
        const joined = new Chunks();
        const pieces = [...chunks.map((chunk) => joined.add(chunk)), joined.end()];
        for (const each of pieces) expect(each.isWellFormed()).toBe(true);
        expect(pieces.join("")).toBe(soundText(chunks.join("")));
      }),
    );
  });

  test("JSON is made sound without being read: what it says is what its texts say when they are made sound", () => {
    let mended = 0;
    fc.assert(
      fc.property(anything, anything, (name, text) => {
        const json = JSON.stringify({ [name]: [text, { text }] });
        const sound = soundJson(json);
        const [key, value] = [soundText(name), soundText(text)];
        expect(JSON.parse(sound)).toEqual(JSON.parse(JSON.stringify({ [key]: [value, { text: value }] })));
        expect(soundJson(sound)).toBe(sound);
        expect(JSON.parse(wellFormedJson(json))).toEqual(
          JSON.parse(JSON.stringify({ [name.toWellFormed()]: [text.toWellFormed(), { text: text.toWellFormed() }] })),
        );
        if (sound !== json) mended += 1;
      }),
    );
    expect(mended).toBeGreaterThan(10);
  });

  test("a value that is sound stays the same one; another is the same but for its texts", () => {
    const value = { list: ["😀", 1, null], "a\\ud83d": "\\u0000" };
    expect(soundValue(value)).toBe(value);
    expect(soundValue(undefined)).toBeUndefined();
    expect(soundValue({ "a\ud83d": ["\0", "\ude00\ud83d"] })).toEqual({ "a\ufffd": ["\ufffd", "\ufffd\ufffd"] });
  });
});
