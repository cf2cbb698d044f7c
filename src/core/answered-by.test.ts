import { expect, test } from "vitest";
import { byWhom } from "./answered-by.ts";

test.each([
  { by: null, via: null, words: null },
  { by: "ada", via: undefined, words: "ada" },
  { by: "ada", via: "session", words: "ada in the browser" },
  { by: "ada", via: "passkey", words: "ada in the browser, signed in by a passkey" },
  { by: "ada", via: "token file", words: "ada on the command line" },
  { by: "ada", via: "token:phone", words: "ada with the token phone" },
  { by: "ada", via: "message", words: "ada with a message" },
  { by: "ada", via: "of a newer Sparky", words: "ada" },
])("who answered, and where, is told plainly: $words", ({ by, via, words }) => {
  expect(byWhom(by, via)).toBe(words);
});
