import { expect, test } from "vitest";
import { RECALL } from "../tools/tool.ts";
import { tokensOf, type Piece } from "./fit.ts";
import { foldOf, tokensIn } from "./fold.ts";

const piece = (seq: number, kind: Piece["kind"], messages: Piece["messages"], stays = false): Piece => {
  return { messages, kind, stays, seqs: [seq], first: seq, last: seq, tokens: tokensOf(messages) };
};
const words = (seq: number, text: string): Piece => piece(seq, "words", [{ role: "user", content: text }]);
const step = (seq: number, toolName: string, value: string): Piece => {
  const toolCallId = `c${seq}`;
  const output = { type: "text", value } as const;
  return piece(seq, "step", [
    { role: "assistant", content: [{ type: "tool-call", toolCallId, toolName, input: { about: "the dog" } }] },
    { role: "tool", content: [{ type: "tool-result", toolCallId, toolName, output }] },
  ]);
};

test("what a call of recall gave is not told, as it may be forgotten later; what it asked for is", () => {
  const pieces = [words(1, "What is my dog called?"), step(2, RECALL, "Max ".repeat(200)), step(3, "look", "a page ")];
  const fold = foldOf(pieces, { budget: tokensIn(pieces) - 1, call: 5000 });
  expect(fold).toMatchObject({ upTo: 2, words: ["What is my dog called?"] });
  expect(fold?.told).toContain("the dog");
  expect(fold?.told).not.toContain("Max");
});

test("words that stay behind their summary are not in the next one, which reaches further", () => {
  const asked = words(4, "Compare it with all pages. ".repeat(200));
  const summary = piece(9, "summary", [{ role: "user", content: "(Ann asks to compare pages.)" }], true);
  const pages = Array.from({ length: 4 }, (_, at) => step(10 + at, "look", "a line of the page ".repeat(40)));
  const pieces = [asked, summary, ...pages];
  const fold = foldOf(pieces, { budget: tokensIn(pieces) - 1, call: 5000 });
  expect(fold?.upTo).toBeGreaterThan(9);
  expect(fold?.told).not.toContain("Compare it");
});

test("a chat that grew long without a summary is looked through in one go, however many short messages it has", () => {
  let looks = 0;
  const counted = (seq: number): Piece => {
    const { tokens, ...rest } = words(seq, "yes");
    return Object.defineProperty(rest, "tokens", { get: () => (looks++, tokens) }) as Piece;
  };
  const most = 20_000;
  const pieces = Array.from({ length: most }, (_, at) => counted(at + 1));
  const fold = foldOf(pieces, { budget: 50_000, call: 40_000 });
  expect(fold?.isWhole).toBe(true);
  expect(looks).toBeLessThan(10 * most);
});
