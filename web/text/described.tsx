import { exactLine } from "../../src/core/exact.ts";
import { inlineCode } from "./inline-code.ts";

/** A description in one line, in which nothing hides: what it has between backticks is set as code, and nothing else is a mark. */
export function Described({ text, most }: { text: string; most: number }) {
  return inlineCode(exactLine(text, most)).map(({ isCode, text: part }, at) =>
    isCode ? (
      // A text's parts never change their places.
      <code key={at} className="rounded-sm bg-sunken px-1 font-mono">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
