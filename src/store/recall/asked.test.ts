import { describe, expect, test } from "vitest";
import { askedBy } from "./asked.ts";
import { dateFit, dateInWords, namedDate } from "./dates.ts";
import { openStemmer } from "./stems.ts";

const MEL = { id: "u1", name: "Mel Smith" };
const BO = { id: "u2", name: "Bo" };

describe("a query", () => {
  test.each([
    { query: "What did Mel say about the running shoes and shoes?", stems: { say: 1, run: 1, shoe: 2 }, author: "u1" },
    { query: "Mel and Bo on tea", stems: { tea: 1 }, author: null },
    { query: "Who is Mel?", stems: { mel: 1 }, author: "u1" },
    { query: "what is it", stems: {}, author: null },
    { query: "🎉", stems: {}, author: null },
    { query: 'café "NEAR" *', stems: { cafe: 1, near: 1 }, author: null },
  ])("$query looks for $stems", async ({ query, stems, author }) => {
    const asked = askedBy(query, [MEL, BO], await openStemmer());
    expect(Object.fromEntries(asked.stems)).toEqual(stems);
    expect(asked.author?.id ?? null).toBe(author);
  });

  test("asks for a time by when, how long and how often", async () => {
    const stem = await openStemmer();
    const asksTime = (query: string): boolean => askedBy(query, [], stem).asksTime;
    expect(["When was it?", "How long?", "how often"].map(asksTime)).toEqual([true, true, true]);
    expect(["What is whenever", "How much"].map(asksTime)).toEqual([false, false]);
  });

  test("of 64 KB, or one word said over and over, is bounded, and half a character is no word", async () => {
    const stem = await openStemmer();
    const many = Array.from({ length: 9000 }, (_, at) => `w${at}`).join(" ");
    expect(askedBy(many, [], stem).stems.size).toBe(64);
    expect(askedBy(`${"x".repeat(3999)}🎉`, [], stem).stems.size).toBe(1);
  });
});

describe("a date", () => {
  test.each([
    { text: "what happened on 7 may 2026", named: "7 May 2026" },
    { text: "on may 7th, 2026?", named: "7 May 2026" },
    { text: "2026-05-07", named: "7 May 2026" },
    { text: "in 2026-05", named: "May 2026" },
    { text: "the 3rd of december", named: "3 December" },
    { text: "in may", named: "May" },
    { text: "may i march on", named: null },
    { text: "sept 2025", named: "September 2025" },
    { text: "last october", named: "October" },
    { text: "in 2025", named: "2025" },
    { text: "31 february 2026", named: "February 2026" },
    { text: "room 12", named: null },
  ])("$text names $named", ({ text, named }) => {
    const date = namedDate(text);
    expect(date === null ? null : dateInWords(date)).toBe(named);
  });

  test.each([
    { named: { year: 2026, month: 5, day: 7 }, at: "2026-05-08T23:00Z", fit: 2 },
    { named: { year: 2026, month: 5, day: 7 }, at: "2026-05-14T01:00Z", fit: 1 },
    { named: { year: 2026, month: 5, day: 7 }, at: "2026-05-30T01:00Z", fit: 0.5 },
    { named: { year: 2026, month: 5, day: 7 }, at: "2025-05-07T01:00Z", fit: 0 },
    { named: { year: null, month: 12, day: 31 }, at: "2026-01-01T01:00Z", fit: 2 },
    { named: { year: null, month: 5, day: null }, at: "2024-05-30T01:00Z", fit: 1 },
    { named: { year: 2026, month: 5, day: null }, at: "2026-06-30T01:00Z", fit: 0.3 },
    { named: { year: 2026, month: null, day: null }, at: "2026-06-30T01:00Z", fit: 0.3 },
    { named: { year: 2026, month: null, day: null }, at: "2025-06-30T01:00Z", fit: 0 },
  ])("$named fits $at by $fit", ({ named, at, fit }) => expect(dateFit(named, Date.parse(at))).toBe(fit));
});
