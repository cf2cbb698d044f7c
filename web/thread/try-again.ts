import { useCallback } from "react";
import { isEnded } from "../../src/core/run-state.ts";
import type { Entry } from "../../src/core/transcript.ts";
import { taskSchema } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
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

/** What a run that answered a message had read last; null where it lies further up. */
export function questionOf(entries: readonly Entry[], runId: string): Question | null {
  const start = entries.find((entry) => entry.runId === runId);
  return start === undefined ? null : questionBefore(entries, start.seq + 1);
}

/** The last message before `seq`; null where it is what a task was given, which may be nobody's word. */
export function questionBefore(entries: readonly Entry[], seq: number): Question | null {
  for (const entry of entries.filter((each) => each.seq < seq).toReversed()) {
    if (entry.kind !== "event" || entry.event.type !== "message" || entry.event.data.role !== "user") continue;
    const { text, attachments: files } = entry.event.data;
    return entry.event.taskId === null ? { seq: entry.seq, text, files } : null;
  }
  return null;
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
      const question = questionOf(entries, runId);
      if (question === null) throw new Error(WORDS.furtherUp);
      outbox.send(chatId, question.text, question.files);
    },
    [http, outbox, chatId, entries],
  );
}
