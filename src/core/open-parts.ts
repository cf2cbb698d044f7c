import { isEnded } from "./run-state.ts";

/**
 * Text that streams in before it is an event, and how far calls are. Nothing here is kept: a part lives until the event that
 * replaces it, or until its run's status changes, so what is on screen is always the log plus what is still under way.
 */

export interface Delta {
  readonly runId: string;
  /** `<lease>.<n>`, never reused. */
  readonly part: string;
  readonly kind: "message" | "thought";
  /** UTF-16 units. */
  readonly offset: number;
  readonly text: string;
}

export interface OpenPart {
  readonly runId: string;
  readonly part: string;
  readonly kind: "message" | "thought";
  readonly text: string;
}

/** How far a call is that works, in its tool's words. */
export interface Progress {
  readonly runId: string;
  readonly callId: string;
  readonly text: string;
}

export interface OpenParts {
  /** In the order in which they began. */
  readonly parts: readonly OpenPart[];
  /** Of each run that has not ended. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** The newest of each call, by its id. */
  readonly progress: ReadonlyMap<string, Progress>;
}

interface Mark {
  /** The highest lease seen: a worker with a lower one has lost its right to speak. */
  readonly lease: number;
  /** The number of that lease's last part that has become an event, as they do in their order: no late delta opens it again. */
  readonly closed: number;
}

export const noOpenParts: OpenParts = { parts: [], marks: new Map(), progress: new Map() };

/** What a part's events need to say. */
interface PartEvent {
  readonly type: string;
  readonly runId: string | null;
  readonly data: object;
}

/** The lease and the number in it. */
function placeOf(part: string): readonly [lease: number, number: number] {
  const [lease = 0, number = 0] = part.split(".", 2).map((digits) => Number.parseInt(digits, 10) || 0);
  return [lease, number];
}

/** Cuts the part at the delta's offset and appends; a delta that would leave a hole, or of an old lease, is ignored. */
export function applyDelta(open: OpenParts, delta: Delta): OpenParts {
  const [lease, number] = placeOf(delta.part);
  const mark = open.marks.get(delta.runId);
  if (mark !== undefined && (lease < mark.lease || (lease === mark.lease && number <= mark.closed))) return open;
  const at = open.parts.findIndex((part) => part.runId === delta.runId && part.part === delta.part);
  const before = open.parts[at]?.text ?? "";
  if (delta.offset > before.length) return open;
  const { runId, part, kind } = delta;
  const grown: OpenPart = { runId, part, kind, text: before.slice(0, delta.offset) + delta.text };
  const parts = (at === -1 ? [...open.parts, grown] : open.parts.with(at, grown)).filter(
    (other) => other.runId !== runId || placeOf(other.part)[0] >= lease,
  );
  return { ...open, parts, marks: marked(open.marks, runId, lease, 0) };
}

/** It takes the place of what the call told before. */
export function applyProgress(open: OpenParts, { runId, callId, text }: Progress): OpenParts {
  return { ...open, progress: new Map(open.progress).set(callId, { runId, callId, text }) };
}

/** A part's event replaces it, and a call's result its progress; a run's status ends all that is open of it. */
export function closeParts(open: OpenParts, event: PartEvent): OpenParts {
  const { runId } = event;
  if (runId === null) return open;
  if (event.type === "status") {
    const parts = open.parts.filter((part) => part.runId !== runId);
    const progress = new Map([...open.progress].filter(([, each]) => each.runId !== runId));
    const hasEnded = "state" in event.data && isEnded(String(event.data.state)) && open.marks.has(runId);
    if (parts.length === open.parts.length && progress.size === open.progress.size && !hasEnded) return open;
    return { parts, marks: hasEnded ? without(open.marks, runId) : open.marks, progress };
  }
  if (event.type === "tool_result") {
    const callId = "callId" in event.data ? String(event.data.callId) : "";
    return open.progress.has(callId) ? { ...open, progress: without(open.progress, callId) } : open;
  }
  if (event.type !== "message" && event.type !== "thought") return open;
  const part = "part" in event.data ? event.data.part : undefined;
  if (typeof part !== "string") return open;
  return {
    ...open,
    parts: open.parts.filter((other) => other.runId !== runId || other.part !== part),
    marks: marked(open.marks, runId, ...placeOf(part)),
  };
}

/** One run at a time works in a chat, so that few are marked. */
function marked(marks: OpenParts["marks"], runId: string, lease: number, closed: number): OpenParts["marks"] {
  const mark = marks.get(runId) ?? { lease: -1, closed: 0 };
  if (lease < mark.lease || (lease === mark.lease && closed <= mark.closed)) return marks;
  return new Map(marks).set(runId, { lease, closed });
}

function without<T>(all: ReadonlyMap<string, T>, id: string): ReadonlyMap<string, T> {
  const left = new Map(all);
  left.delete(id);
  return left;
}
