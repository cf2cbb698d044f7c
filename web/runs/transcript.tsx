import { useMemo } from "react";
import { ALL_EVENTS } from "../../src/core/event-filter.ts";
import type { Entry } from "../../src/core/transcript.ts";
import type { RunAlone } from "../../src/wire/runs.ts";
import type { ChatLog } from "../live/chat-log.ts";
import { toRows } from "../thread/rows.ts";
import { ThreadList } from "../thread/thread-list.tsx";

interface Props {
  readonly run: RunAlone;
  readonly log: ChatLog;
  readonly at: number | undefined;
  readonly older: "none" | "idle" | "loading" | "failed";
  readonly onOlder: () => void;
}

/** The run's part of its chat, by the thread's own rows. */
export function RunTranscript({ run, log, at, older, onOlder }: Props) {
  const { transcript, view, open } = log;
  const entries = useMemo(
    () => transcript.entries.filter((entry) => entry.runId === run.id || isAnswered(entry, run)),
    [transcript.entries, run],
  );
  const rows = toRows({
    entries,
    parts: open.parts.filter(({ runId }) => runId === run.id),
    progress: open.progress,
    outbox: [],
    runOf: (id) => view.runs.get(id) ?? transcript.runs.get(id),
    filter: ALL_EVENTS,
  });
  return (
    <ThreadList
      rows={rows}
      first={transcript.first}
      at={at}
      isBusy={open.parts.length > 0}
      older={older}
      onOlder={onOlder}
    />
  );
}

/** How far before a turn's own first event the words stand that it answers: its chat may be named between. */
const WORDS_BEFORE = 2;

/** What a person said to a turn belongs to no run, and is what the run is about. */
function isAnswered(entry: Entry, run: RunAlone): boolean {
  if (run.taskId !== null || entry.runId !== null || entry.kind !== "event") return false;
  return entry.event.type === "message" && entry.seq >= run.firstSeq - WORDS_BEFORE;
}
