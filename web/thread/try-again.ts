import { useCallback } from "react";
import { isEnded } from "../../src/core/run-state.ts";
import type { Entry, LogEvent } from "../../src/core/transcript.ts";
import { eventsPageSchema, taskSchema } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import type { Http } from "../live/http.ts";
import { WORDS } from "../words/thread.ts";
import type { Question } from "./actions.ts";

/** The run that ended last, if nobody has said or queued anything since. */
export function lastEndedIn(entries: readonly Entry[]): string | null {
  for (const entry of entries.toReversed()) {
    if (entry.kind !== "event") return null;
    const { event } = entry;
    if (event.type === "status") return isEnded(event.data.state) ? event.runId : null;
    if (event.type === "message") return null;
  }
  return null;
}

/** What a run that answered a message had read last; as of `questionBefore`. */
export function questionOf(entries: readonly Entry[], runId: string): Found {
  const start = startOf(entries, runId);
  return start === undefined ? undefined : questionBefore(entries, start);
}

/** The end of what may have asked for this run. */
function startOf(entries: readonly Entry[], runId: string): number | undefined {
  const first = entries.find((entry) => entry.runId === runId);
  return first === undefined ? undefined : first.seq + 1;
}

/** null: there is none; undefined: it lies further up than what is loaded. */
export type Found = Question | null | undefined;

/** The last message before `seq`; none where it is what a task was given, which may be nobody's word. */
export function questionBefore(entries: readonly Entry[], seq: number): Found {
  return questionIn(
    entries.flatMap((entry) => (entry.kind === "event" ? [entry.event] : [])),
    seq,
  );
}

function questionIn(events: readonly LogEvent[], seq: number): Found {
  for (const event of events.filter((each) => each.seq < seq).toReversed()) {
    if (event.type !== "message" || event.data.role !== "user") continue;
    const { text, attachments: files } = event.data;
    return event.taskId === null ? { seq: event.seq, text, files } : null;
  }
  return undefined;
}

/** So many messages are looked through at a time. */
const PAGE = 50;

/** The same, asked of the log itself. */
export async function loadQuestion(http: Http, chatId: string, seq: number): Promise<Question | null> {
  for (let before = seq; ;) {
    const path = `/api/chats/${encodeURIComponent(chatId)}/events?type=message&limit=${PAGE}&before=${before}`;
    const { events } = await http.get(path, eventsPageSchema);
    const found = questionIn(events, seq);
    if (found !== undefined) return found;
    const [first] = events;
    if (first === undefined || first.seq <= 1) return null;
    before = first.seq;
  }
}

/** Has a failed task's run, or the message that a failed run answered, worked on once more. */
export function useTryAgain(chatId: string, entries: readonly Entry[]): (runId: string) => Promise<void> {
  const { http, outbox } = useServices();
  return useCallback(
    async (runId) => {
      const taskId = entries.find((entry) => entry.runId === runId)?.taskId ?? null;
      if (taskId !== null) {
        await http.send("POST", `/api/tasks/${encodeURIComponent(taskId)}/retry`, {}, taskSchema);
        return;
      }
      const start = startOf(entries, runId);
      const known = questionOf(entries, runId);
      const question = known === undefined && start !== undefined ? await loadQuestion(http, chatId, start) : known;
      if (question == null) throw new Error(WORDS.noQuestion);
      outbox.send(chatId, question.text, question.files);
    },
    [http, outbox, chatId, entries],
  );
}
