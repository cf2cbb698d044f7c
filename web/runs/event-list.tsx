import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { isGraphTool } from "../../src/core/graph-tools.ts";
import type { LogEvent } from "../../src/core/transcript.ts";
import { JsonView } from "../text/json-view.tsx";
import { exactTime, fullTime, oneLine } from "../ui/format.ts";
import { LongList } from "../ui/long-list.tsx";
import type { Show } from "./timeline.ts";
import { WORDS } from "../words/runs.ts";

interface Props {
  readonly events: readonly LogEvent[];
  readonly at: number | undefined;
  readonly older: "none" | "idle" | "loading" | "failed";
  readonly onOlder: () => void;
}

/** The run's events as they are stored, each by its number. */
export function EventList({ events, at, older, onOlder }: Props) {
  return (
    <LongList
      label={WORDS.eventList}
      items={events}
      keyOf={(event) => String(event.seq)}
      orderOf={(event) => event.seq}
      sizeOf={() => 30}
      aim={at === undefined ? -1 : events.findIndex(({ seq }) => seq === at)}
      older={older}
      onOlder={onOlder}
    >
      {(event) => <Event event={event} isAimed={event.seq === at} />}
    </LongList>
  );
}

function Event({ event, isAimed }: { event: LogEvent; isAimed: boolean }) {
  const [wish, setWish] = useState<boolean | null>(null);
  const isOpen = wish ?? isAimed;
  return (
    <div data-event={event.seq} className={isAimed ? "bg-accent-soft" : ""}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setWish(!isOpen)}
        className="tap flex w-full items-center gap-2 px-3 py-1 text-left text-sm hover:bg-sunken"
      >
        <ChevronRight aria-hidden="true" className={`size-3.5 shrink-0 text-muted ${isOpen ? "rotate-90" : ""}`} />
        <span className="w-12 shrink-0 text-right text-xs text-muted tabular-nums">#{event.seq}</span>
        <span className="w-24 shrink-0 truncate font-mono text-code">{typeOf(event)}</span>
        <span className="min-w-0 flex-1 truncate text-muted">{oneLine(JSON.stringify(event.data), 200)}</span>
        <time dateTime={event.at} title={fullTime(event.at)} className="shrink-0 text-xs text-muted tabular-nums">
          {exactTime(event.at)}
        </time>
      </button>
      {isOpen && (
        <div className="px-3 pb-2 pl-9">
          <JsonView label={WORDS.event(event.seq)} value={asStored(event)} isRaw />
        </div>
      )}
    </div>
  );
}

const typeOf = (event: LogEvent): string => (event.type === "unknown" ? event.name : event.type);

function asStored(event: LogEvent): object {
  if (event.type !== "unknown") return event;
  const { name, ...rest } = event;
  return { ...rest, type: name };
}

const OF_TOOLS = new Set(["tool_use", "tool_start", "tool_result", "approval", "question", "child"]);
const OF_MODEL = new Set(["message", "thought", "usage"]);

export function shownEvents(events: readonly LogEvent[], show: Show): readonly LogEvent[] {
  switch (show) {
    case "all":
      return events;
    case "model":
      return events.filter(({ type }) => OF_MODEL.has(type));
    case "tools":
      return events.filter(({ type }) => OF_TOOLS.has(type));
    case "errors":
      return events.filter(isFault);
    case "graph":
      return ofGraph(events);
  }
}

/** What is told of calls of the memory's tools, and of what was learned. */
function ofGraph(events: readonly LogEvent[]): readonly LogEvent[] {
  const calls = new Set(
    events.flatMap((event) =>
      (event.type === "tool_use" || event.type === "tool_result") && isGraphTool(event.data.name)
        ? [event.data.callId]
        : [],
    ),
  );
  return events.filter((event) => {
    if (event.type === "unknown") return false;
    return event.type === "fact" || ("callId" in event.data && calls.has(String(event.data.callId)));
  });
}

function isFault(event: LogEvent): boolean {
  if (event.type === "tool_result") return !event.data.ok;
  if (event.type === "status") return event.data.state === "failed" || event.data.state === "interrupted";
  return event.type === "error";
}
