import type { EventOf } from "./events.ts";
import type { LogEvent } from "./transcript.ts";

/**
 * What the agent says: its answers, and its words in a step that also calls tools. Null for everything else: what people say,
 * and reasoning, as which the words of old logs count.
 */
export function speechOf(event: LogEvent): EventOf<"thought">["data"] | null {
  if (event.type === "message") return event.data.role === "assistant" ? event.data : null;
  return event.type === "thought" && event.data.said === true ? event.data : null;
}
