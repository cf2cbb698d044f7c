import { describe, expect, test } from "vitest";
import { openStemmer } from "./stems.ts";
import { onlyAsks, tellsTime, wordsOf } from "./words.ts";

test("a text of marks is read through once, not once at each mark", () => {
  expect(onlyAsks(`a${"?".repeat(65_000)}…`)).toBe(false);
  expect(onlyAsks(`a${"?!".repeat(30_000)}`)).toBe(true);
  expect(onlyAsks("really!?")).toBe(true);
});

describe("the words of a text", () => {
  test.each([
    { text: "Tea, tea & TEA!", words: ["tea", "tea", "tea"] },
    { text: "Zoë's café isn’t far; we’ll go, I'd say", words: ["zoe", "cafe", "is", "far", "we", "go", "i", "say"] },
    { text: "src/store/log.ts:12", words: ["src", "store", "log", "ts", "12"] },
    { text: "日本語 が text", words: ["日", "本", "語", "が", "text"] },
    { text: "한국어 문장", words: ["한국어", "문장"] },
    { text: "قَهْوَة بِالحَلِيب", words: ["قهوة", "بالحليب"] },
    { text: "Hyvää yötä, äiti", words: ["hyvaa", "yota", "aiti"] },
    { text: "İstanbul ﬁne Ⅳ", words: ["istanbul", "fine", "iv"] },
    { text: '"quoted" NEAR(a*b) -x OR ^y', words: ["quoted", "near", "a", "b", "x", "or", "y"] },
    { text: "🎉 …", words: [] },
    { text: "x".repeat(100), words: ["x".repeat(64)] },
  ])("$text are $words", ({ text, words }) => expect(wordsOf(text)).toEqual(words));

  test("of 64 KB are bounded", () => {
    expect(wordsOf("tea ".repeat(16_384))).toHaveLength(16_384);
    expect(wordsOf("a ".repeat(100_000))).toHaveLength(20_000);
  });
});

test("words of one stem are one, those of other languages and with digits stay as they are", async () => {
  const stem = await openStemmer();
  expect(["running", "runs", "generously", "talo", "a1s", "日", "قهوة"].map(stem)).toEqual([
    ...["run", "run", "generous", "talo", "a1s", "日", "قهوة"],
  ]);
  expect(stem("running")).toBe("run");
});

test.each([
  { text: "We met on Monday", tells: true },
  { text: "It took three weeks", tells: true },
  { text: "at 12:30", tells: true },
  { text: "in May", tells: true },
  { text: "You may go, and they march on", tells: false },
  { text: "The house is green", tells: false },
])("$text tells a time: $tells", ({ text, tells }) => expect(tellsTime(text)).toBe(tells));

test.each([
  { text: "What is it?", only: true },
  { text: "Really?! And when?", only: true },
  { text: "你好吗？", only: true },
  { text: "I like tea. Do you?", only: false },
  { text: "No question", only: false },
  { text: "?", only: false },
])("$text only asks: $only", ({ text, only }) => expect(onlyAsks(text)).toBe(only));
