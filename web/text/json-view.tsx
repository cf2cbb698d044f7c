import { prettyJson } from "../../src/core/pretty-json.ts";
import { Exact } from "./exact.tsx";
import { useMemo, useState } from "react";
import { shorten } from "../../src/core/text.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { size } from "../ui/format.ts";

const PREVIEW = 2048;

interface Props {
  readonly label: string;
  readonly value: unknown;
  readonly note?: string;
  /** All of it from the beginning. */
  readonly isOpen?: boolean;
  /** What runs or ran, not what came of it: nothing in it hides. */
  readonly isExact?: boolean;
}

/** A value as text: the first 2 KB, the rest on demand. */
export function JsonView({ label, value, note, isOpen = false, isExact = false }: Props) {
  const [isWhole, setWhole] = useState(isOpen);
  const text = useMemo(() => (typeof value === "string" ? value : prettyJson(value)), [value]);
  const shown = text.length > PREVIEW && !isWhole ? shorten(text, PREVIEW) : text;
  return (
    <div className="mt-1.5">
      <div className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
        <span className="font-medium">{label}</span>
        <span>{size(text.length)}</span>
        {note !== undefined && <span>{note}</span>}
        <CopyButton text={text} />
      </div>
      <pre
        tabIndex={0}
        aria-label={label}
        className="max-h-96 overflow-auto rounded-md bg-sunken p-2 font-mono text-code whitespace-pre-wrap [overflow-wrap:anywhere]"
      >
        {isExact ? <Exact text={shown} /> : shown}
      </pre>
      {text.length > PREVIEW && (
        <Button kind="quiet" className="px-2 py-0.5 text-xs" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show less" : `Show all ${size(text.length)}`}
        </Button>
      )}
    </div>
  );
}
