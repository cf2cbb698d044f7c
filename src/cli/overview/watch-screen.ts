import { callLine } from "../../core/exact.ts";
import type { ChatEvent } from "../../core/events.ts";
import type { Progress } from "../../core/open-parts.ts";
import type { Status } from "../../wire/api.ts";
import type { Label } from "../command/log-lines.ts";
import { cut, pad } from "../console/columns.ts";
import { duration, oneLine, shortId } from "../console/text.ts";

const WAITS: { readonly [reason: string]: string } = {
  approval: "your approval",
  question: "your answer",
  tasks: "what it delegated",
  retry: "a retry",
};

/** What only a newer Sparky waits for is told in its own words. */
function waiting({ reason, message }: { readonly reason: string; readonly message: string }): string {
  const known = Object.hasOwn(WAITS, reason) ? WAITS[reason] : undefined;
  return known === undefined ? message : `waits for ${known}`;
}

interface Running {
  readonly title: string;
  readonly doing: string;
  readonly waits: boolean;
  readonly since: number;
  /** How far a call of it is. */
  readonly progress?: { readonly callId: string; readonly text: string };
}

/** What the last line of the screen tells: the runs that work or wait. A fold of the events that were shown. */
export class RunningRuns {
  readonly #runs = new Map<string, Running>();

  /** What ran before the first event came. */
  seed(running: Status["running"]): void {
    for (const run of running) {
      const waits = run.state === "waiting";
      const doing = waits ? "waits" : (run.current ?? "working");
      this.#runs.set(run.id, { title: run.title, doing, waits, since: Date.parse(run.startedAt ?? run.queuedAt) });
    }
  }

  event(event: ChatEvent, title: string): void {
    if (event.runId === null) return;
    const at = Date.parse(event.at);
    const set = (doing: string, waits = false): void =>
      void this.#runs.set(event.runId ?? "", { title, doing, waits, since: at });
    if (event.type === "tool_use") set(callLine(event.data.name, event.data.summary));
    if (event.type === "usage") set("calling the model");
    if (event.type === "tool_result") this.#ended(event.runId, event.data.callId);
    if (event.type !== "status") return;
    switch (event.data.state) {
      case "starting":
      case "resumed":
        return set("calling the model");
      case "waiting":
        return set(waiting(event.data), true);
      case "stopping":
        return set("stopping");
      case "queued":
      case "interrupted":
      case "completed":
      case "failed":
      case "cancelled":
        this.#runs.delete(event.runId);
    }
  }

  progress({ runId, callId, text }: Progress): void {
    const run = this.#runs.get(runId);
    if (run !== undefined && !run.waits) this.#runs.set(runId, { ...run, progress: { callId, text } });
  }

  line(now: number): string {
    const runs = [...this.#runs.values()];
    if (runs.length === 0) return "○ nothing runs";
    const shown = runs
      .slice(0, 3)
      .map(
        ({ title, doing, waits, since, progress }) =>
          `${waits ? "◔" : "●"} ${cut(oneLine(title), 20)}: ${cut(oneLine(doing), 30)} ${duration(Math.max(now - since, 0))}${
            progress === undefined ? "" : ` ${cut(oneLine(progress.text), 30)}`
          }`,
      );
    const more = runs.length > 3 ? ` · and ${runs.length - 3} more` : "";
    return shown.join(" · ") + more;
  }

  #ended(runId: string, callId: string): void {
    const run = this.#runs.get(runId);
    if (run?.progress?.callId !== callId) return;
    const { progress: _, ...rest } = run;
    this.#runs.set(runId, rest);
  }
}

const TITLE_WIDTH = 20;

/** Whose line it is: the task's id, else the chat's, and the chat's title. */
export function labelOf(event: ChatEvent, title: string): Label {
  const name = pad(cut(oneLine(title), TITLE_WIDTH), TITLE_WIDTH);
  return {
    text: `${shortId(event.taskId ?? event.chatId)} ${name}`,
    cells: [event.chatId, event.taskId ?? "", title],
  };
}
