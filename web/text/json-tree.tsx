import { useState } from "react";
import { shorten } from "../../src/core/text.ts";
import { Button } from "../ui/button.tsx";
import { WORDS } from "../words/text.ts";
import { WORDS as COMMON } from "../words/common.ts";

/** So deep is open at first. */
const OPEN_DEPTH = 1;
const PORTION = 100;
const MOST_IN_A_LEAF = 2048;

/** JSON as a tree. What is folded is not drawn: a value may be as deep and as wide as it likes. */
export function JsonTree({ value, depth = 0 }: { value: object; depth?: number }) {
  const [shown, setShown] = useState(PORTION);
  const all = Object.entries(value);
  if (all.length === 0) return <span className="font-mono text-code">{Array.isArray(value) ? "[]" : "{}"}</span>;
  return (
    <ul className={depth === 0 ? "" : "ml-1.5 border-l border-line pl-3"}>
      {all.slice(0, shown).map(([name, each]) => (
        <li key={name} className="text-code">
          <Entry name={name} value={each} depth={depth} />
        </li>
      ))}
      {all.length > shown && (
        <li>
          <Button kind="quiet" className="px-2 py-0.5 text-xs" onClick={() => setShown(shown + PORTION * 4)}>
            {WORDS.left(all.length - shown)}
          </Button>
        </li>
      )}
    </ul>
  );
}

function Entry({ name, value, depth }: { name: string; value: unknown; depth: number }) {
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH);
  if (typeof value !== "object" || value === null) {
    return (
      <div className="flex items-baseline gap-2">
        <span className="shrink-0 font-mono text-muted">{name}</span>
        <Leaf value={value} />
      </div>
    );
  }
  const count = Object.keys(value).length;
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex items-baseline gap-2 rounded px-0.5 hover:bg-page"
      >
        <span className="font-mono text-muted">{name}</span>
        <span className="text-xs text-muted">{Array.isArray(value) ? WORDS.items(count) : WORDS.fields(count)}</span>
      </button>
      {isOpen && <JsonTree value={value} depth={depth + 1} />}
    </>
  );
}

/** Text with its line breaks, as it is read. */
function Leaf({ value }: { value: unknown }) {
  const [isWhole, setWhole] = useState(false);
  if (typeof value !== "string") return <span className="font-mono text-live">{String(value)}</span>;
  if (value === "") return <span className="text-muted">{WORDS.empty}</span>;
  return (
    <span className="min-w-0">
      <span dir="auto" className="font-mono whitespace-pre-wrap [overflow-wrap:anywhere]">
        {isWhole ? value : shorten(value, MOST_IN_A_LEAF)}
      </span>
      {value.length > MOST_IN_A_LEAF && !isWhole && (
        <Button kind="quiet" className="px-2 py-0.5 text-xs" onClick={() => setWhole(true)}>
          {COMMON.showAll}
        </Button>
      )}
    </span>
  );
}
