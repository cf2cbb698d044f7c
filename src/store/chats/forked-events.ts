import { happenedAt, type ChatEvent, type EventOf, type NewEvent } from "../../core/events.ts";
import { AGENT_ACTOR } from "../people/actors.ts";

/**
 * What a chat that is made from another begins with: what was said, thought and done there. Runs, tasks, plans, what was asked
 * and what it cost stay behind, so that nothing of it works, waits or counts twice. An effect that happened stays told, and one
 * whose outcome was not known yet as just that; each says when it happened. The first of them gets `firstSeq` in the new chat.
 */
export function forkedEvents(events: readonly ChatEvent[], firstSeq: number): NewEvent[] {
  const calls = callsIn(events);
  const added = addedByRuns(events);
  const copies: NewEvent[] = [];
  const seqs = new Map<number, number>();
  const copiesOf = (event: ChatEvent): NewEvent[] => {
    const place = { runId: null, taskId: null, step: null, actor: event.actor };
    const originAt = happenedAt(event);
    switch (event.type) {
      case "message": {
        // Nobody else sees the new chat yet: who is let in later was not meant there.
        const { key: _, part: __, mentions: ___, ...data } = event.data;
        // What a run has told its own task is no person's word here either.
        const isAgents = data.role === "user" && event.taskId !== null && added.has(event.taskId);
        return [{ type: "message", data: { ...data, originAt }, ...place, ...(isAgents && { actor: AGENT_ACTOR }) }];
      }
      case "thought": {
        const { part: _, ...data } = event.data;
        return [{ type: "thought", data: { ...data, originAt }, ...place }];
      }
      case "tool_use": {
        const call = calls.get(event.data.callId);
        // What was only asked for is left out.
        if (call === undefined || (call.result === null && !call.isStarted)) return [];
        return [{ type: "tool_use", data: { ...event.data, originAt }, ...place }];
      }
      case "tool_start":
        if (!calls.has(event.data.callId)) return [];
        return [{ type: "tool_start", data: { ...event.data, originAt }, ...place }];
      case "tool_result":
        if (!calls.has(event.data.callId)) return [];
        return [{ type: "tool_result", data: { ...event.data, originAt }, ...place }];
      case "resource": {
        // What a message refers to is read once: where the message goes it goes too.
        const messageSeq = seqs.get(event.data.messageSeq);
        return messageSeq === undefined
          ? []
          : [{ type: "resource", data: { ...event.data, originAt, messageSeq }, ...place }];
      }
      default:
        return [];
    }
  };
  for (const event of events) {
    seqs.set(event.seq, firstSeq + copies.length);
    copies.push(...copiesOf(event));
  }
  return [...copies, ...[...calls.values()].flatMap(unknownOutcome)];
}

interface Call {
  readonly use: EventOf<"tool_use">;
  readonly isStarted: boolean;
  readonly result: EventOf<"tool_result">["data"] | null;
}

/** Tasks that no person has given. */
function addedByRuns(events: readonly ChatEvent[]): ReadonlySet<string> {
  return new Set(
    events.flatMap(({ type, taskId, data }) =>
      type === "status" && data.state === "queued" && data.from !== undefined && taskId !== null ? [taskId] : [],
    ),
  );
}

function callsIn(events: readonly ChatEvent[]): ReadonlyMap<string, Call> {
  const calls = new Map<string, Call>();
  for (const event of events) {
    if (event.type === "tool_use") calls.set(event.data.callId, { use: event, isStarted: false, result: null });
    if (event.type !== "tool_start" && event.type !== "tool_result") continue;
    const call = calls.get(event.data.callId);
    if (call === undefined) continue;
    const more = event.type === "tool_start" ? { isStarted: true } : { result: event.data };
    calls.set(event.data.callId, { ...call, ...more });
  }
  return calls;
}

function unknownOutcome({ use, isStarted, result }: Call): NewEvent[] {
  if (!isStarted || result !== null) return [];
  const { callId, name } = use.data;
  const error = "interrupted: this chat was made while it worked, so its outcome is not known here";
  const data = { callId, name, ok: false, error, durationMs: 0, size: 0, interrupted: true } as const;
  return [{ type: "tool_result", data, runId: null, taskId: null, step: null, actor: use.actor }];
}
