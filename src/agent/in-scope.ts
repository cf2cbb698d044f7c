import type { ModelMessage, UserContent } from "ai";
import type { ChatEvent, EventOf } from "../core/events.ts";
import type { RecordedStep } from "./told-steps.ts";

/** Which events of a log are told to whom, and in which words. */

export interface Summary {
  /** Of the event that holds it. */
  readonly seq: number;
  readonly text: string;
  /** The last `seq` that it speaks of. */
  readonly upTo: number;
  /** When it was made. */
  readonly at: string;
}

export interface ContextInput {
  /** Ascending; only the types that matter here are looked at. */
  readonly events: readonly ChatEvent[];
  readonly steps: readonly RecordedStep[];
  /** What was brought in of memory, by the `seq` of its event. */
  readonly recalled?: ReadonlyMap<number, string>;
  /** What is told of the files of a message, behind it. */
  readonly files?: (event: EventOf<"message">) => readonly UserContent[];
  /** What calls of `recall` gave and is forgotten since, by its id. */
  readonly forgotten?: ReadonlySet<string>;
  /** Stands in the place of all that it sums up. */
  readonly summary?: Summary | null;
  readonly run: { readonly id: string; readonly taskId: string | null };
  /**
   * `chat`: everything that was said and done here. `task`: the task's own events, what people said to it, and the final
   * messages of the last runs.
   */
  readonly scope: "chat" | "task";
  /** Who will read it: reasoning and signatures mean something to the server and the model that made them, to no other. */
  readonly reader: Pick<RecordedStep, "provider" | "model">;
  /** Tokens that the conversation may take, as they are estimated. */
  readonly budget: number;
}

/** How many earlier runs' last words a task's run is given. */
export const LAST_RUNS = 3;

/** A run that goes on after so long is told the time again. */
const TIME_AGAIN_MS = 10 * 60_000;

/** A turn in a chat sees other tasks' last words, not their every call. */
export function isOwnWork(input: ContextInput, event: ChatEvent): boolean {
  return event.taskId === null || event.taskId === input.run.taskId;
}

/** `facts`: what of the log it depends on beside the event itself. */
export function scopeOf({ scope, events, run }: ContextInput): {
  readonly isIn: (event: ChatEvent) => boolean;
  readonly facts: readonly number[];
} {
  if (scope === "chat") return { isIn: () => true, facts: [] };
  const from = events.find((event) => event.taskId === run.taskId)?.seq ?? 0;
  const finals = new Map<string, number>();
  for (const event of events) {
    if (event.taskId === run.taskId || event.runId === null || event.type !== "message") continue;
    if (event.data.role === "assistant" && !event.data.partial) finals.set(event.runId, event.seq);
  }
  const last = new Set([...finals.values()].sort((a, b) => a - b).slice(-LAST_RUNS));
  const isIn = (event: ChatEvent): boolean =>
    event.taskId === run.taskId ||
    last.has(event.seq) ||
    (event.runId === null && event.taskId === null && event.type === "message" && event.seq > from);
  return { isIn, facts: [from, ...last] };
}

export function isPartial(event: ChatEvent): boolean {
  return (event.type === "message" || event.type === "thought") && event.data.partial === true;
}

/** Of one answer that was begun over and over, all but the longest beginning. */
export function supersededPartials(events: readonly ChatEvent[]): ReadonlySet<number> {
  const longest = new Map<string, EventOf<"message">>();
  const others = new Set<number>();
  for (const event of events) {
    if (event.type !== "message" || !event.data.partial || event.data.role !== "assistant") continue;
    const key = `${event.runId} ${event.step}`;
    const other = longest.get(key);
    const keeps = other === undefined || event.data.text.length >= other.data.text.length;
    const left = keeps ? other : event;
    if (left !== undefined) others.add(left.seq);
    if (keeps) longest.set(key, event);
  }
  return others;
}

/**
 * Told where a run began, of every run here: so no request differs from the one before it by the time, in the middle of it, and
 * providers can cache it all.
 */
export function timeNote({ at }: Pick<ChatEvent, "at">): ModelMessage {
  return { role: "user", content: `(It is ${at.slice(0, 16)}Z now.)` };
}

export function tellsTime({ data, at, runId }: EventOf<"status">, told: number): boolean {
  if (runId === null) return false;
  return data.state === "starting" || (data.state === "resumed" && Date.parse(at) >= told + TIME_AGAIN_MS);
}

export function wordsOf({ run, scope }: ContextInput, event: EventOf<"message">): ModelMessage | undefined {
  const { role, text, partial } = event.data;
  if (role === "user") {
    const isSaidHere = event.taskId === null && event.actor.kind !== "agent";
    if (isSaidHere || (event.taskId === run.taskId && event.taskId !== null)) return { role: "user", content: text };
    const content = `(A task was given here and is worked on apart from this conversation: ${JSON.stringify(text)})`;
    return { role: "user", content };
  }
  // What the present run began and did not finish it does again; what an ended run left so is part of what was said.
  if (partial && event.runId === run.id) return undefined;
  // Providers want a conversation to begin with the user, so what an earlier run left is told, not said.
  if (scope === "task" && event.taskId !== run.taskId) {
    return { role: "user", content: `(An earlier run here ended with: ${JSON.stringify(text)})` };
  }
  return { role: "assistant", content: partial ? `${text}\n\n[cut off here]` : text };
}
