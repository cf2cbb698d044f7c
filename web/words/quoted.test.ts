import { expect, test } from "vitest";
import { quoted } from "./quoted.ts";

test.each([
  ["The garden", "“The garden”"],
  ["שלום 3", "“\u2068שלום 3\u2069”"],
  ["Plan: الحديقة", "“\u2068Plan: الحديقة\u2069”"],
  ["", "“”"],
  ["\u{10d00} and on", "“\u2068\u{10d00} and on\u2069”"],
  ["א\u2069\u202e", "“\u2068א\u2069”"],
  ["a\u202e evil", "“a evil”"],
])("%j in a sentence keeps the order of the words around it", (text, expected) => {
  expect(quoted(text)).toBe(expected);
});
