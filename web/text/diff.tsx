/** Lines that stand for what is added, taken away or where it is; colour is never their only mark, each keeps its sign. */
const LOOKS: readonly (readonly [begins: RegExp, look: string])[] = [
  [/^(\+\+\+|---|diff |index )/, "text-muted"],
  [/^@@/, "text-live"],
  [/^\+/, "bg-good/10 text-good"],
  [/^-/, "bg-bad-soft text-bad"],
];

/** More lines than these are shown in one colour. */
const MOST_LINES = 3000;

export function isDiffName(name: string): boolean {
  return name === "diff" || name === "patch";
}

/** A whole unified diff, not a text that has a line like one. */
export function isDiff(text: string): boolean {
  return /^(diff --git |--- \S[^\n]*\n\+\+\+ )/m.test(text) && /^@@ -\d+(,\d+)? \+\d+(,\d+)? @@/m.test(text);
}

export function Diff({ text }: { text: string }) {
  const lines = text.split("\n");
  if (lines.length > MOST_LINES) return text;
  return lines.map((line, at) => {
    const look = LOOKS.find(([begins]) => begins.test(line))?.[1];
    return (
      // A diff's lines never change their places.
      <span key={at} data-diff={look === undefined ? undefined : line[0]} className={`block ${look ?? ""}`}>
        {line === "" ? "\u200b" : line}
      </span>
    );
  });
}
