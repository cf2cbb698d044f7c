import type { EventOf } from "./events.ts";
import type { LogEvent } from "./transcript.ts";

/** Which events of a chat a person wants to see, in the page and at the terminal alike. */

/** What can be put out of sight. Words, failures, and what asks a person are always shown. */
export const EVENT_KINDS = ["thoughts", "tools", "plans", "states", "notes", "bookkeeping"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];
export type EventFilter = { readonly [kind in EventKind]: boolean };

/** Bookkeeping is what hardly anybody looks for. */
export const USUAL_EVENTS: EventFilter = {
  thoughts: true,
  tools: true,
  plans: true,
  states: true,
  notes: true,
  bookkeeping: false,
};
export const ALL_EVENTS: EventFilter = { ...USUAL_EVENTS, bookkeeping: true };

export const EVENT_KIND_WORDS: { readonly [kind in EventKind]: string } = {
  thoughts: "thoughts, as far as the model tells them",
  tools: "tool calls that went well",
  plans: "the agent's plans",
  states: "how runs begin, wait, go on and end well",
  notes: "summaries, what was recalled and what was read for a message",
  bookkeeping: "that chats were created, or named or shared by themselves",
};

/** The kind that the event is of; null: it is always shown. */
export function eventKind(event: LogEvent): EventKind | null {
  switch (event.type) {
    case "thought":
      return event.data.said === true ? null : "thoughts";
    case "tool_result":
      return event.data.ok ? "tools" : null;
    case "plan":
      return "plans";
    case "status":
      return ["failed", "cancelled", "interrupted", "stopping"].includes(event.data.state) ? null : "states";
    case "summary":
    case "recall":
      return "notes";
    case "resource":
      return event.data.ok ? "notes" : null;
    case "chat":
      return isBookkeeping(event) ? "bookkeeping" : null;
    default:
      return null;
  }
}

function isBookkeeping({ data, actor }: EventOf<"chat">): boolean {
  if (data.change === "created") return true;
  if (data.change === "renamed") return data.by === "agent";
  // Nobody shares a chat with themselves, but whoever gives the agent a task sees the chat that is made for it.
  return data.change === "shared" && data.name === undefined && data.userId === actor.id;
}

export function isShown(event: LogEvent, filter: EventFilter): boolean {
  const kind = eventKind(event);
  return kind === null || filter[kind];
}
