import { Download, WrapText } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { prettyJson } from "../../src/core/pretty-json.ts";
import { shorten } from "../../src/core/text.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy.tsx";
import { size } from "../ui/format.ts";
import { Diff } from "./diff.tsx";
import { Exact } from "./exact.tsx";
import { JsonTable } from "./json-table.tsx";
import { JsonTree } from "./json-tree.tsx";
import { shapeOf } from "./shape.ts";
import { WORDS } from "../words/text.ts";
import { WORDS as COMMON } from "../words/common.ts";

const PREVIEW = 2048;

interface Props {
  readonly label: string;
  readonly value: unknown;
  readonly note?: string;
  /** All of it from the beginning. */
  readonly isOpen?: boolean;
  /** What runs or ran, not what came of it: nothing in it hides. */
  readonly isExact?: boolean;
  /** As it is stored, at first. */
  readonly isRaw?: boolean;
}

/** A value as what it is: words, a diff, a table, a tree; or raw, the first 2 KB and the rest on demand. */
export function JsonView({ label, value, note, isOpen = false, isExact = false, isRaw: beginsRaw = false }: Props) {
  const [isRaw, setRaw] = useState(beginsRaw);
  const [isWrapped, setWrapped] = useState(true);
  const text = useMemo(() => (typeof value === "string" ? value : prettyJson(value)), [value]);
  const shape = useMemo(() => (isExact ? { kind: "text" as const } : shapeOf(value)), [value, isExact]);
  /** There is no more of it than one sees. */
  const isShort = text.length <= 80 && !text.includes("\n");
  const isText = isRaw || shape.kind === "text" || shape.kind === "diff";
  return (
    <div className="mt-1.5">
      <div className="flex flex-wrap items-center gap-x-1 text-xs text-muted">
        <span className="mr-1 font-medium">{label}</span>
        <span className="mr-1">{size(new Blob([text]).size)}</span>
        {note !== undefined && <span className="mr-1">{note}</span>}
        {shape.kind !== "text" && (
          <Small isOn={isRaw} onClick={() => setRaw(!isRaw)}>
            {WORDS.raw}
          </Small>
        )}
        {isText && !isShort && (
          <Small isOn={isWrapped} onClick={() => setWrapped(!isWrapped)}>
            <WrapText aria-hidden="true" className="size-3.5" />
            {WORDS.wrap}
          </Small>
        )}
        <CopyButton text={text} />
        {!isShort && (
          <Button
            kind="quiet"
            className="px-2 py-0.5 text-xs"
            onClick={() => save(text, label, typeof value === "string")}
          >
            <Download aria-hidden="true" className="size-3.5" />
            {COMMON.save}
          </Button>
        )}
      </div>
      {shape.kind === "tree" && !isRaw ? (
        <div className="max-h-96 overflow-auto rounded-md bg-sunken p-2" tabIndex={0} role="group" aria-label={label}>
          <JsonTree value={shape.value} />
        </div>
      ) : shape.kind === "table" && !isRaw ? (
        <JsonTable label={label} rows={shape.rows} columns={shape.columns} />
      ) : (
        <Text {...{ label, text, isOpen, isExact, isWrapped }} isDiff={shape.kind === "diff" && !isRaw} />
      )}
    </div>
  );
}

function Small({ isOn, onClick, children }: { isOn: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <Button
      kind="quiet"
      className={`px-2 py-0.5 text-xs ${isOn ? "text-accent" : ""}`}
      aria-pressed={isOn}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}

interface TextProps {
  readonly label: string;
  readonly text: string;
  readonly isOpen: boolean;
  readonly isExact: boolean;
  readonly isWrapped: boolean;
  readonly isDiff: boolean;
}

function Text({ label, text, isOpen, isExact, isWrapped, isDiff }: TextProps) {
  const [isWhole, setWhole] = useState(isOpen);
  const shown = text.length > PREVIEW && !isWhole ? shorten(text, PREVIEW) : text;
  return (
    <>
      <pre
        tabIndex={0}
        dir="auto"
        aria-label={label}
        className={`max-h-96 overflow-auto rounded-md bg-sunken p-2 font-mono text-code ${
          isWrapped ? "whitespace-pre-wrap [overflow-wrap:anywhere]" : "whitespace-pre"
        }`}
      >
        {isExact ? <Exact text={shown} /> : isDiff ? <Diff text={shown} /> : shown}
      </pre>
      {text.length > PREVIEW && (
        <Button kind="quiet" className="px-2 py-0.5 text-xs" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? WORDS.showLess : WORDS.showAllOf(size(new Blob([text]).size))}
        </Button>
      )}
    </>
  );
}

function save(text: string, label: string, isText: boolean): void {
  const url = URL.createObjectURL(new Blob([text], { type: isText ? "text/plain" : "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${label.toLowerCase().replace(/\W+/g, "-")}.${isText ? "txt" : "json"}`;
  link.click();
  // The browser reads it before it is let go.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
