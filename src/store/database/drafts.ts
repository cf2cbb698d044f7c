import { isoTime } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";
import type { ChatEvent, NewEvent } from "../../core/events.ts";
import { soundJson, wellFormedJson } from "../../core/text.ts";
import type { Append, Numbered } from "./store.ts";

/** An event as its row keeps it: everything but the chat and the `seq`, which only the commit gives. */
export interface Draft {
  readonly event: NewEvent & { readonly at: string };
  readonly atMs: number;
  readonly body: string;
}

export function draft(event: NewEvent, now: number): Draft {
  const { type, runId, taskId, step, actor, data } = event;
  const at = isoTime(now);
  const json = JSON.stringify({ type, at, runId, taskId, step, actor, data });
  const body = soundJson(json);
  // Whoever is told of the event must be told what is stored.
  const sound = body === json ? event : { ...event, ...(JSON.parse(body) as Pick<NewEvent, "actor" | "data">) };
  return { event: { ...sound, at } as Draft["event"], atMs: now, body };
}

/** The event as JSON, spliced from its row without parsing it. */
export function eventJson(chatId: string, seq: number, body: string): string {
  return `{"chatId":${JSON.stringify(chatId)},"seq":${seq},${wellFormedJson(body).slice(1)}`;
}

export function numbered(chatId: string, drafts: readonly Draft[], head: number): Numbered {
  const first = head - drafts.length + 1;
  return {
    // The union of bodies and the place make up the event; TypeScript cannot spread a union member by member.
    events: drafts.map((d, i) => ({ ...d.event, chatId, seq: first + i }) as ChatEvent),
    wire: drafts.map((d, i) => ({ seq: first + i, json: eventJson(chatId, first + i, d.body) })),
  };
}

/** Why an append matched no row: the run is no longer this worker's, or the chat is gone. */
export function refused(append: Pick<Append, "chatId" | "fence">): SparkyError {
  return append.fence === undefined
    ? new SparkyError("not_found", "the chat was not found")
    : new SparkyError("fenced", `run ${append.fence.runId} is no longer held by lease ${append.fence.lease}`);
}
