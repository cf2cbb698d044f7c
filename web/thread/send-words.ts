import type { RunView } from "../../src/core/run-state.ts";
import { WORDS } from "../words/thread.ts";

type Run = Pick<RunView, "state" | "reason" | "taskId">;

/** What becomes of a message that is sent now; null: it is answered at once. */
export function sendWords(run: Run | null, isConnected: boolean): string | null {
  if (!isConnected) return WORDS.whenSent.offline;
  if (run === null) return null;
  switch (run.state) {
    case "queued":
      return run.taskId === null ? WORDS.whenSent.queued : WORDS.whenSent.taskQueued;
    case "working":
      return WORDS.whenSent.working;
    case "waiting":
      return waitWords(run.reason);
    case "stopping":
      return WORDS.whenSent.stopping;
    default:
      return null;
  }
}

/** A person's word ends every wait but one. */
function waitWords(reason: string | null): string {
  if (reason === "limit") return WORDS.whenSent.limit;
  if (reason === "question") return WORDS.whenSent.question;
  if (reason === "approval") return WORDS.whenSent.approval;
  return WORDS.whenSent.waiting;
}
