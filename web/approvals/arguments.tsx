import { prettyJson } from "../../src/core/pretty-json.ts";
import { ShieldAlert } from "lucide-react";
import { useState } from "react";
import type { Json } from "../../src/core/events.ts";
import { spelledOut } from "../../src/core/exact.ts";
import { CopyButton } from "../ui/copy.tsx";
import { Exact, extentOf } from "../text/exact.tsx";
import { WORDS } from "../words/approvals.tsx";

const VIEWS = ["pretty", "raw"] as const;

/** The exact arguments, all of them: what a person answers for is never cut short. */
export function Arguments({ args, terms }: { args: Json; terms: string | null }) {
  const [view, setView] = useState<(typeof VIEWS)[number]>("pretty");
  const raw = prettyJson(args);
  const fields = args !== null && typeof args === "object" && !Array.isArray(args) ? Object.entries(args) : null;
  return (
    <div>
      {terms !== null && (
        <p className="mb-1 flex items-center gap-1.5 text-sm font-medium text-warn">
          <ShieldAlert aria-hidden="true" className="size-4 shrink-0" />
          {WORDS.itWouldRun(terms)}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
        <span className="font-medium">{WORDS.exactArguments}</span>
        <span role="group" aria-label={WORDS.howShown} className="inline-flex">
          {VIEWS.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={view === name}
              onClick={() => setView(name)}
              className={`tap rounded px-2 py-0.5 ${view === name ? "bg-accent-soft font-medium text-accent" : "hover:bg-sunken"}`}
            >
              {WORDS.views[name]}
            </button>
          ))}
        </span>
        <CopyButton text={raw} />
      </div>
      {view === "pretty" && fields !== null && fields.length > 0 ? (
        <dl className="mt-1 flex flex-col gap-1">
          {fields.map(([name, value]) => (
            <div key={name}>
              <dt className="font-mono text-xs text-muted">{spelledOut(name)}</dt>
              <dd>
                <Text label={name} text={typeof value === "string" ? value : prettyJson(value)} />
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <Text label={WORDS.arguments} text={raw} />
      )}
    </div>
  );
}

/** How much there is stands above: what has to be scrolled to is told. */
function Text({ label, text }: { label: string; text: string }) {
  const extent = extentOf(text);
  return (
    <>
      {extent !== null && <p className="text-xs text-muted">{extent}</p>}
      <pre
        tabIndex={0}
        aria-label={label}
        className="max-h-72 overflow-auto rounded-md bg-sunken px-2 py-1.5 font-mono text-code whitespace-pre-wrap [overflow-wrap:anywhere]"
      >
        <Exact text={text} />
      </pre>
    </>
  );
}
