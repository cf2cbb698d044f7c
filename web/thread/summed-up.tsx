import { FoldVertical } from "lucide-react";
import { useState } from "react";
import type { EventOf } from "../../src/core/events.ts";
import { Words } from "../text/words.tsx";
import { fullTime, timeOfDay } from "../ui/format.ts";
import { WORDS } from "../words/thread.ts";

/** The seam from which on the model knows what was before by a summary alone, and what that says. */
export function SummedUp({ event: { at, seq, data } }: { event: EventOf<"summary"> }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      data-summary={seq}
      className="border-t border-dashed border-line px-1.5 pt-2 text-xs text-muted"
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary className="tap inline-flex cursor-pointer items-center gap-1.5">
        <FoldVertical aria-hidden="true" className="size-3.5 shrink-0" />
        {WORDS.summarised(data.scope === "chat")}{" "}
        <time dateTime={at} title={fullTime(at)} className="shrink-0 whitespace-nowrap">
          {timeOfDay(at)}
        </time>
      </summary>
      {isOpen && (
        <div className="mt-1 space-y-2 border-l border-line pl-3">
          <p>{WORDS.summaryOf(data.upTo)}</p>
          <Words text={data.text} />
        </div>
      )}
    </details>
  );
}
