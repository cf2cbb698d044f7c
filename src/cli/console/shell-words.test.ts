import { expect, test } from "vitest";
import { shellWords } from "./shell-words.ts";

test.each([
  ["sparky ", ["sparky", ""]],
  ["sparky agent ta", ["sparky", "agent", "ta"]],
  ["A=1 B='x y' sparky a", ["sparky", "a"]],
  [`sparky add "two words" 'and "more"' a\\ b`, ["sparky", "add", "two words", 'and "more"', "a b"]],
  [`sparky add "still \\" open`, ["sparky", "add", 'still " open']],
  ["sparky list --status=pen", ["sparky", "list", "--status=pen"]],
  ["sparky  \t x=1 ", ["sparky", "x=1", ""]],
  ["", [""]],
])("%j has the words %j", (line, words) => expect(shellWords(line)).toEqual(words));
