import fc from "fast-check";
import { expect, test } from "vitest";
import { callLine, exactLine, exactText, spelledOut } from "./exact.ts";

/** Ways to run more than is seen, each with what must be seen of it. */
const HIDDEN: readonly { readonly what: string; readonly command: string; readonly seen: string }[] = [
  {
    what: "a terminal sequence without an end",
    command: "ls \u001b]0;; rm -rf ~",
    seen: String.raw`\u001b]0;; rm -rf ~`,
  },
  { what: "a terminal sequence with an end", command: "ls \u001b]0;; rm -rf ~\u0007", seen: "; rm -rf ~" },
  { what: "an eight-bit sequence", command: "ls \u009d0;; rm -rf ~\u009c", seen: String.raw`\u009d0;; rm -rf ~\u009c` },
  { what: "a device string", command: "ls \u001bP; rm -rf ~\u001b\\", seen: "; rm -rf ~" },
  { what: "a colour like the background's", command: "ls \u001b[8m; rm -rf ~", seen: String.raw`\u001b[8m; rm -rf ~` },
  { what: "a carriage return", command: "rm -rf ~ #\rls -l      ", seen: String.raw`rm -rf ~ #\u000dls -l` },
  { what: "backspaces", command: "rm -rf ~\b\b\bls", seen: String.raw`rm -rf ~\u0008` },
  { what: "a blank that is no blank", command: "ls\u00a0# harmless", seen: String.raw`ls\u00a0# harmless` },
  { what: "a wide blank", command: "ls\u3000-l", seen: String.raw`ls\u3000-l` },
  { what: "a thin blank", command: "ls\u2009-l", seen: String.raw`ls\u2009-l` },
  { what: "a letter without a look", command: "\u3164() { rm -rf ~; }; \u3164", seen: String.raw`\u3164() { rm -rf ~` },
  { what: "an empty pattern of dots", command: "\u2800=1", seen: String.raw`\u2800=1` },
  { what: "a blank that is no blank at the end", command: "ls\u00a0", seen: String.raw`ls\u00a0` },
  { what: "a mark of order at the beginning", command: "\ufeffls", seen: String.raw`\ufeffls` },
  { what: "a separator at the end", command: "ls\u2029", seen: String.raw`ls\u2029` },
  { what: "a command of one odd blank", command: "\u00a0\n\u3000\n\u00a0", seen: String.raw`\u00a0` },
  { what: "marks on a mark on nothing", command: "1\u0301\u0301", seen: String.raw`1\u0301\u0301` },
  { what: "marks on a letter without a look", command: "\u3164\u0301", seen: String.raw`\u3164\u0301` },
  { what: "marks so high that they cover other lines", command: `a${"\u0301".repeat(9)}`, seen: String.raw`\u0301` },
  { what: "what is zero wide", command: "cu\u200brl evil", seen: String.raw`cu\u200brl` },
  { what: "a joiner between letters", command: "cu\u200drl evil", seen: String.raw`cu\u200drl` },
  { what: "a variation of a letter's look", command: "ls\ufe0f", seen: String.raw`ls\ufe0f` },
  { what: "what turns a line around", command: "echo \u202e~ fr- mr", seen: String.raw`\u202e~ fr- mr` },
  { what: "what isolates a piece of a line", command: "a\u2066b\u2069", seen: String.raw`a\u2066b\u2069` },
  { what: "tag characters", command: "ls\u{e0072}\u{e006d}", seen: String.raw`\udb40\udc72\udb40\udc6d` },
  { what: "half a character", command: "ls \ud83d", seen: String.raw`ls \ud83d` },
  { what: "a line separator", command: "ls\u2028rm", seen: String.raw`ls\u2028rm` },
  { what: "sixty empty lines", command: `ls${"\n".repeat(61)}rm -rf ~`, seen: "rm -rf ~" },
  { what: "sixty lines of blanks", command: `ls${" \t\u0020\n".repeat(61)}rm -rf ~`, seen: "rm -rf ~" },
  { what: "five thousand blanks", command: `ls${" ".repeat(5000)}; rm -rf ~`, seen: "⟨5000 blanks⟩; rm -rf ~" },
  { what: "a thousand tabs", command: `ls${"\t".repeat(1000)}; rm -rf ~`, seen: "⟨1000 blanks⟩; rm -rf ~" },
];

test.each(HIDDEN)("F100 $what hides nothing, neither in a line nor in a text", ({ command, seen }) => {
  expect(exactLine(command)).toContain(seen.replaceAll("\n", " ⏎ "));
  expect(exactText(command)).toContain(seen);
  expect(exactLine(command).length).toBeLessThanOrEqual(300);
  expect(exactText(command).split("\n").length).toBeLessThanOrEqual(3);
});

test("F100 how much of a text there is, is told where it is not seen", () => {
  expect(exactLine(`ls${"\n".repeat(61)}rm`)).toBe("ls ⏎×61 rm");
  expect(exactText(`ls${"\n".repeat(61)}rm`)).toBe("ls\n⋮ 60 empty lines\nrm");
  expect(exactLine(`echo ${"x".repeat(5000)}; rm -rf ~`)).toMatch(/^echo x+… and 47\d\d more characters$/);
  expect(exactText(`a\n${"x".repeat(5000)}`)).toMatch(/^a\n⋮ the next line has 5000 characters\nx{5000}$/);
});

test("what is written in any language, indented or with emoji stays as it is", () => {
  const text = 'if x:\n\n\tfor y in ("é", "ü"):\n            print("नमस्ते 漢字 שלום 👩‍💻 ❤️ 👍🏽 🇮🇹")\n';
  expect(exactText(text)).toBe(text);
  expect(spelledOut(text)).toBe(text);
  expect(exactLine("echo 'नमस्ते 👩‍💻 ❤️' | wc -c")).toBe("echo 'नमस्ते 👩‍💻 ❤️' | wc -c");
});

test("F100 a tool's name is the model's invention too", () => {
  expect(callLine("she\u200bll\u001b[2J", "ls\nrm")).toBe(String.raw`she\u200bll\u001b[2J ls ⏎ rm`);
  expect(callLine("graph_stats")).toBe("graph_stats");
});

const UNSEEN =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00a0\u200b-\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3000\u3164\ufeff\u{e0000}-\u{e0fff}]/u;

test("F100 whatever a text is made of, nothing unseen is left of it, and saying it twice says the same", () => {
  const nasty = fc.constantFrom(
    "\u001b]",
    "\u202e",
    "\u00a0",
    "\u200b",
    "\u200d",
    "\ufe0f",
    "\n",
    "\t",
    " ".repeat(30),
    "\ud800",
    "\u0301",
    "\u034f",
    "\u{e0100}",
    "a\u0301",
    "👩",
    "x",
  );
  const text = fc
    .array(fc.oneof(nasty, fc.string({ unit: "binary" })), { maxLength: 40 })
    .map((parts) => parts.join(""));
  let met = 0;
  fc.assert(
    fc.property(text, (each) => {
      if (UNSEEN.test(each)) met++;
      const line = exactLine(each);
      expect(line).not.toMatch(UNSEEN);
      expect(exactText(each).replaceAll(/[\n\t]/g, "")).not.toMatch(UNSEEN);
      expect(exactLine(line)).toBe(line);
      expect(JSON.parse(spelledOut(JSON.stringify(each.toWellFormed())))).toBe(each.toWellFormed());
    }),
  );
  expect(met).toBeGreaterThan(20);
});

test("F100 for scripts each character is spelled out that is spelled out for people", () => {
  const each = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(
    (one) => !/[\n\t\r]/.test(one),
  );
  expect(each.filter((one) => spelledOut(`a ${one} b`) !== exactText(`a ${one} b`))).toEqual([]);
  expect(each.filter((one) => spelledOut(one) !== one).length).toBeGreaterThan(1000);
});

test("F100 a text made to be slow costs no more than its length", () => {
  for (const unit of ["\u200d", "\ufe0f", "👩\ufe0f", " ", "\n", "\u0301"]) {
    expect(exactText(unit.repeat(60_000)).length).toBeGreaterThan(0);
    expect(exactLine(unit.repeat(60_000)).length).toBeLessThanOrEqual(300);
    expect(exactLine(`a${unit.repeat(250_000)}b`).length).toBeLessThanOrEqual(300);
  }
});
