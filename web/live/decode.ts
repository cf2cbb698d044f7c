import { z } from "zod";
import { anyEventSchema, chatEventSchema } from "../../src/core/events.ts";
import type { LogEvent } from "../../src/core/transcript.ts";
import { serverFrameSchema, type ServerFrame } from "../../src/wire/frames.ts";

/** The door for what the server sends. A newer server's event types are kept and shown as such. */

export function decodeEvent(raw: unknown): LogEvent {
  const known = chatEventSchema.safeParse(raw);
  if (known.success) return known.data;
  const { type, ...event } = anyEventSchema.parse(raw);
  return { ...event, type: "unknown", name: type };
}

const eventSchema = z.unknown().transform((raw, context): LogEvent => {
  try {
    return decodeEvent(raw);
  } catch (error) {
    context.addIssue({ code: "custom", message: `not an event: ${String(error)}` });
    return z.NEVER;
  }
});

export const logPageSchema = z.object({
  events: z.array(eventSchema),
  first: z.number(),
  last: z.number(),
  epoch: z.string(),
});

const eventsFrameSchema = z.object({
  type: z.literal("events"),
  sub: z.string(),
  chatId: z.string(),
  events: z.array(eventSchema),
});
export type Frame = Exclude<ServerFrame, { type: "events" }> | z.infer<typeof eventsFrameSchema>;

/** Null for what is not a frame, or of a kind that this version does not know. */
export function decodeFrame(text: string): Frame | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return null;
  }
  const events = eventsFrameSchema.safeParse(raw);
  if (events.success) return events.data;
  const frame = serverFrameSchema.safeParse(raw);
  return frame.success && frame.data.type !== "events" ? frame.data : null;
}
