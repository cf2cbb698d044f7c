import { useMemo } from "react";
import { exactParts } from "../../src/core/exact.ts";
import { WORDS } from "../words/text.ts";

const LOOKS = {
  spelled: "rounded-sm bg-bad-soft text-bad font-semibold",
  told: "text-muted italic",
} as const;

/** A text in which nothing hides, for a `pre`: what is spelled out or told instead of shown stands out from the text itself. */
export function Exact({ text }: { text: string }) {
  const parts = useMemo(() => exactParts(text), [text]);
  return parts.map((part, at) =>
    part.kind === "plain" ? (
      part.text
    ) : (
      // A text's parts never change their places.
      <span key={at} data-exact={part.kind} className={LOOKS[part.kind]}>
        {part.text}
      </span>
    ),
  );
}

/** `62 lines, 1,204 characters`; null for one short line. */
export function extentOf(text: string): string | null {
  const lines = text.split("\n").length;
  if (lines === 1 && text.length <= 200) return null;
  return WORDS.extent(lines, text.length.toLocaleString());
}
