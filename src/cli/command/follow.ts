import type { ChatEvent } from "../../core/events.ts";
import type { ProgressFrame } from "../../wire/frames.ts";
import type { Context } from "./context.ts";

/**
 * A task's events from the first on, live, until the task has ended. A task that was tried several times ends with its
 * last try, so the end is judged only once everything that exists has been read.
 */
export async function* followTask(
  context: Context,
  task: { readonly id: string; readonly chatId: string },
  signal: AbortSignal,
  progressed: (progress: ProgressFrame) => void,
): AsyncGenerator<ChatEvent> {
  let ended = false;
  let live = false;
  const deltas = context.io.stderr.isTerminal;
  for await (const watched of context.watch({ chatId: task.chatId, after: 0, deltas, signal })) {
    switch (watched.kind) {
      case "event":
        if (watched.event.taskId !== task.id) continue;
        ended = endsWork(watched.event) ?? ended;
        yield watched.event;
        break;
      case "live":
        live = true;
        break;
      case "reset":
        ended = false;
        live = false;
        context.out.note("The server's history was cut; showing it from its start.");
        break;
      case "lost":
        live = false;
        context.out.progress("… reconnecting");
        break;
      case "progress":
        progressed(watched.progress);
        break;
      case "delta":
      case "preferences":
        break;
    }
    if (live && ended) return;
  }
}

/** true: the work is over with this event; false: it goes on; null: the event says nothing of it. */
export function endsWork(event: ChatEvent): boolean | null {
  if (event.type !== "status") return null;
  const { state } = event.data;
  return state === "completed" || state === "failed" || state === "cancelled";
}
