import { useMemo, useState } from "react";
import { Button } from "../ui/button.tsx";
import { diffLines, extentOfDiff, foldedDiff, type DiffLine } from "./diff-lines.ts";
import { Exact } from "./exact.tsx";
import { WORDS } from "../words/text.ts";

/** More lines than these are shown in one colour, where a diff is one of many things on a page. */
const MOST_LINES = 3000;
/** So many are shown at first, where it is what a person decides about. */
const MOST_AT_FIRST = 300;

const SIGNS = { added: "+", removed: "−", same: "" } as const;
const LOOKS = {
  added: "bg-good/10",
  removed: "bg-bad-soft",
  same: "",
} as const;

export function isDiffName(name: string): boolean {
  return name === "diff" || name === "patch";
}

/** A whole unified diff, not a text that has a line like one. */
export function isDiff(text: string): boolean {
  return /^(diff --git |--- \S[^\n]*\n\+\+\+ )/m.test(text) && /^@@ -\d+(,\d+)? \+\d+(,\d+)? @@/m.test(text);
}

/** A unified diff within a `pre`, whole: it breaks its lines as that does. */
export function Diff({ text }: { text: string }) {
  const lines = useMemo(() => diffLines(text, "unified"), [text]);
  return lines.length > MOST_LINES ? text : <Lines lines={lines} />;
}

interface Props {
  readonly label: string;
  readonly text: string;
  readonly form: "marked" | "unified";
}

/** What is different, named and counted, with what is the same left out where it is long. */
export function DiffView({ label, text, form }: Props) {
  const [isWhole, setWhole] = useState(false);
  const lines = useMemo(() => foldedDiff(diffLines(text, form)), [text, form]);
  return (
    <div className="mt-1.5">
      <div className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
        <span className="font-medium text-ink">{label}</span>
        <span>{extentOfDiff(lines)}</span>
      </div>
      <div
        role="group"
        tabIndex={0}
        aria-label={`${label}: ${extentOfDiff(lines)}`}
        className="mt-1 max-h-96 overflow-auto rounded-md border border-line bg-page py-1 font-mono text-code whitespace-pre-wrap [overflow-wrap:anywhere]"
      >
        <Lines lines={isWhole ? lines : lines.slice(0, MOST_AT_FIRST)} />
      </div>
      {lines.length > MOST_AT_FIRST && (
        <Button kind="quiet" className="px-2 py-0.5 text-xs" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? WORDS.showLess : WORDS.showAllLines(lines.length)}
        </Button>
      )}
    </div>
  );
}

/** Line by line: by a sign and a word as well as by a colour. Nothing in it hides. */
function Lines({ lines }: { lines: readonly DiffLine[] }) {
  // A diff's lines never change their places.
  return lines.map((line, at) => <Line key={at} line={line} />);
}

function Line({ line }: { line: DiffLine }) {
  if (line.kind === "skipped") {
    return <span className="block px-2 text-xs text-muted italic">{WORDS.linesAsBefore(line.count)}</span>;
  }
  if (line.kind === "head") {
    return (
      <span className={`block min-h-[1lh] px-2 ${line.text.startsWith("@@") ? "text-live" : "text-muted"}`}>
        <Exact text={line.text} />
      </span>
    );
  }
  const { kind, text } = line;
  const Text = kind === "added" ? "ins" : kind === "removed" ? "del" : "span";
  return (
    <span data-diff={kind} className={`flex min-h-[1lh] px-2 ${LOOKS[kind]}`}>
      <span aria-hidden="true" className="w-4 shrink-0 font-semibold select-none">
        {SIGNS[kind]}
      </span>
      {kind !== "same" && <span className="sr-only">{WORDS.lineIs[kind]}</span>}
      <Text className="min-w-0 flex-1 no-underline">
        <Exact text={text} />
      </Text>
    </span>
  );
}
