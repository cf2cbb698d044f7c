import { memo, type ReactNode } from "react";
import { unreachable } from "../../src/core/errors.ts";
import { speechOf } from "../../src/core/speech.ts";
import type { EventEntry } from "../../src/core/transcript.ts";
import { Words } from "../text/words.tsx";
import { CallFold, CallRow } from "./call-row.tsx";
import { Attempts } from "./attempts.tsx";
import { EventView } from "./event-view.tsx";
import { Failed } from "./failed.tsx";
import { RunHead } from "./noted.tsx";
import { MessageActions } from "./message-actions.tsx";
import type { Row } from "./rows.ts";
import { CutOff, Thought, Unsent } from "./said.tsx";
import { WORDS } from "../words/thread.ts";

/** One line, whose words begin where those of messages do; what is lit of it under a pointer reaches further. */
const LINE = "-mx-1.5 py-0.5";

/** One row of the thread, framed when it belongs to a task's run. */
export const RowView = memo(function RowView({ row }: { row: Row }) {
  const { frame } = row;
  const isCompact =
    row.kind === "call" ||
    row.kind === "fold" ||
    row.kind === "attempts" ||
    (row.kind === "part" && row.part.kind === "thought") ||
    (row.kind === "event" && isQuiet(row.entry));
  const inner = <Content row={row} />;
  if (frame === null) return <div className={isCompact ? LINE : "py-2"}>{inner}</div>;
  return (
    <div
      className={`border-x border-line bg-panel px-3 ${frame.isFirst ? "mt-3 rounded-t-xl border-t pt-1" : ""} ${
        // Rows are placed at fractions of a pixel: they overlap by one, so that no seam shows.
        frame.isLast ? "mb-3 rounded-b-xl border-b pb-2" : "-mb-px"
      }`}
    >
      <div className={isCompact ? LINE : "py-1.5"}>{inner}</div>
    </div>
  );
}, isSameRow);

function isSameRow({ row: a }: { row: Row }, { row: b }: { row: Row }): boolean {
  if (a.key !== b.key || a.kind !== b.kind) return false;
  if (a.frame?.isFirst !== b.frame?.isFirst || a.frame?.isLast !== b.frame?.isLast) return false;
  if (a.kind === "event" && b.kind === "event") return a.entry === b.entry && a.run === b.run;
  if (a.kind === "call" && b.kind === "call")
    return a.call === b.call && a.run?.state === b.run?.state && a.progress === b.progress;
  if (a.kind === "attempts" && b.kind === "attempts") {
    return a.run === b.run && a.entries.length === b.entries.length && a.entries.every((e, n) => e === b.entries[n]);
  }
  if (a.kind === "failure" && b.kind === "failure")
    return a.entry === b.entry && a.error === b.error && a.run === b.run;
  if (a.kind === "part" && b.kind === "part") return a.part === b.part;
  if (a.kind === "head" && b.kind === "head") return a.run === b.run;
  if (a.kind === "outbox" && b.kind === "outbox") return a.item === b.item;
  return false;
}

function isQuiet({ event }: EventEntry): boolean {
  return event.type !== "message" && event.type !== "error" && speechOf(event) === null;
}

function Content({ row }: { row: Row }): ReactNode {
  switch (row.kind) {
    case "event": {
      const { event } = row.entry;
      const speech = speechOf(event);
      const words = speech ?? (event.type === "thought" ? event.data : null);
      if (words !== null) {
        const kind = speech === null ? "thought" : "message";
        return <Spoken kind={kind} text={words.text} seq={event.seq} isPartial={words.partial === true} />;
      }
      return (
        <div data-seq={row.entry.seq} data-type={row.entry.event.type}>
          <EventView entry={row.entry} run={row.run} />
        </div>
      );
    }
    case "call":
      return <CallRow call={row.call} run={row.run} progress={row.progress} />;
    case "fold":
      return <CallFold calls={row.calls} run={row.run} />;
    case "attempts":
      return <Attempts entries={row.entries} run={row.run} />;
    case "failure":
      return <Failed entry={row.entry} error={row.error} run={row.run} />;
    case "part":
      return <Spoken kind={row.part.kind} text={row.part.text} part={row.part.part} />;
    case "head":
      return <RunHead taskId={row.taskId} runId={row.runId} run={row.run} />;
    case "outbox":
      return <Unsent item={row.item} />;
    default:
      return unreachable(row);
  }
}

interface SpokenProps {
  readonly kind: "message" | "thought";
  readonly text: string;
  readonly seq?: number;
  readonly part?: string;
  readonly isPartial?: boolean;
}

/** The agent's words or thoughts: one component while they stream and when they are final, so that nothing jumps. */
function Spoken({ kind, text, seq, part, isPartial = false }: SpokenProps) {
  return (
    <div data-seq={seq} data-part={part} data-type={kind} className="group">
      {kind === "thought" ? (
        <Thought text={text} isOpenPart={part !== undefined} />
      ) : (
        <article aria-label={part === undefined ? WORDS.agent : WORDS.agentWrites}>
          <Words text={text} isOpenEnded={part !== undefined || isPartial} />
        </article>
      )}
      {isPartial && <CutOff />}
      {kind === "message" && seq !== undefined && <MessageActions seq={seq} text={text} role="assistant" />}
    </div>
  );
}
