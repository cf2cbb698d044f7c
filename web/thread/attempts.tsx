import { ChevronRight, Clock3, RotateCw } from "lucide-react";
import { useState } from "react";
import { causeOf } from "../../src/core/causes.ts";
import type { RunView } from "../../src/core/run-state.ts";
import type { EventEntry } from "../../src/core/transcript.ts";
import { Words } from "../text/words.tsx";
import { EventView } from "./event-view.tsx";
import { WORDS } from "../words/thread.ts";

/** All attempts of one step as one line: how often it failed and why, or that it begins again. */
export function Attempts({ entries, run }: { entries: readonly EventEntry[]; run: RunView | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const errors = entries.flatMap(({ event }) => (event.type === "error" ? [event.data] : []));
  const last = entries.at(-1)?.event;
  const waits = last?.type === "status" && last.data.state === "waiting" && run?.state === "waiting";
  const cause = causeOf(errors.at(-1)?.code ?? "");
  const Icon = waits ? Clock3 : RotateCw;
  return (
    <div data-fold={entries.length} data-seq={entries[0]?.seq}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="tap flex w-full items-center gap-2 rounded-md px-1.5 py-1 text-left text-sm text-muted hover:bg-sunken"
      >
        <ChevronRight aria-hidden="true" className={`size-3.5 shrink-0 ${isOpen ? "rotate-90" : ""}`} />
        <Icon aria-hidden="true" className={`size-3.5 shrink-0 ${waits ? "text-warn" : ""}`} />
        <span className="min-w-0 truncate">
          {errors.length === 0 ? WORDS.beginsAgain : WORDS.attemptsFailed(errors.length, cause)}
        </span>
      </button>
      {isOpen && (
        <div className="ml-3 flex flex-col gap-1 border-l-2 border-line pl-2">
          {entries.map((entry) => (
            <div key={entry.seq} data-seq={entry.seq} data-type={entry.event.type}>
              {entry.event.type === "message" || entry.event.type === "thought" ? (
                <div className="text-muted">
                  <Words text={entry.event.data.text} isOpenEnded />
                </div>
              ) : (
                <EventView entry={entry} run={run} />
              )}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
