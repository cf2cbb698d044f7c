import { useMemo, useState } from "react";
import { Button } from "../ui/button.tsx";
import { diffLines, extentOfDiff, type DiffLine } from "./diff-lines.ts";
import { Exact } from "./exact.tsx";

interface Props {
  readonly label: string;
  readonly text: string;
  readonly form: "marked" | "unified";
}

const MOST = 300;

const SIGNS = { added: "+", removed: "−", same: "" } as const;
const LOOKS = {
  added: "bg-good/10",
  removed: "bg-bad-soft",
  same: "",
} as const;

/** What is different, line by line: by a sign and a word as well as by a colour. Nothing in it hides. */
export function DiffView({ label, text, form }: Props) {
  const [isWhole, setWhole] = useState(false);
  const lines = useMemo(() => diffLines(text, form), [text, form]);
  const shown = isWhole ? lines : lines.slice(0, MOST);
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
        className="mt-1 max-h-96 overflow-auto rounded-md border border-line bg-page py-1 font-mono text-code"
      >
        {shown.map((line, at) => (
          // A diff's lines never change their places.
          <Line key={at} line={line} />
        ))}
      </div>
      {lines.length > MOST && (
        <Button kind="quiet" className="px-2 py-0.5 text-xs" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show less" : `Show all ${lines.length} lines`}
        </Button>
      )}
    </div>
  );
}

function Line({ line }: { line: DiffLine }) {
  if (line.kind === "skipped") {
    return (
      <p className="px-2 text-xs text-muted italic">
        ⋯ {line.count} {line.count === 1 ? "line" : "lines"} as before
      </p>
    );
  }
  if (line.kind === "head") {
    return (
      <p className="px-2 whitespace-pre-wrap text-muted [overflow-wrap:anywhere]">
        <Exact text={line.text} />
      </p>
    );
  }
  const { kind, text } = line;
  const Text = kind === "added" ? "ins" : kind === "removed" ? "del" : "span";
  return (
    <div data-diff={kind} className={`flex px-2 ${LOOKS[kind]}`}>
      <span aria-hidden="true" className="w-4 shrink-0 font-semibold select-none">
        {SIGNS[kind]}
      </span>
      {kind !== "same" && <span className="sr-only">{kind}: </span>}
      <Text className="min-w-0 flex-1 whitespace-pre-wrap no-underline [overflow-wrap:anywhere]">
        <Exact text={text} />
      </Text>
    </div>
  );
}
