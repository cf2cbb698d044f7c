import { z } from "zod";

/** What the work of a span came to. Durations are milliseconds. */

const spreadSchema = z.object({ p50: z.number(), p95: z.number(), max: z.number() }).nullable();

const sums = {
  completed: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  /** Of the input: what providers had from the call before, and charge less for. */
  cachedTokens: z.number(),
  /** null: no model told what it costs. */
  costUsd: z.number().nullable(),
  /** In the queue, and from its first start to its end. null: nothing started. */
  wait: spreadSchema,
  took: spreadSchema,
};
const sumsSchema = z.object(sums);
export type Sums = z.infer<typeof sumsSchema>;

/** Of whoever asks, in the calendar month that it is on the server: what was spent in their name, and what may be; null: no limit. */
const monthSchema = z.object({
  zone: z.string(),
  start: z.string(),
  endsAt: z.string(),
  requests: z.number(),
  tokens: z.number(),
  dollars: z.number(),
  limits: z.object({ requests: z.number().nullable(), tokens: z.number().nullable(), dollars: z.number().nullable() }),
});

export const statsSchema = z.object({
  since: z.string(),
  until: z.string(),
  zone: z.string(),
  /** Attempts at tasks, answers to people, and both. */
  tasks: sumsSchema,
  answers: sumsSchema,
  all: sumsSchema,
  month: monthSchema,
  /** Every day of the span, by when the runs ended. */
  days: z.array(z.object({ day: z.string(), ...sums })),
  /** What the work was for, the most tokens first. */
  origins: z.array(
    z.object({ origin: z.enum(["schedule", "task", "chat"]), schedule: z.string().nullable(), ...sums }),
  ),
  /** The most frequent first, with the chat and task of the last one. */
  failures: z.array(
    z.object({
      reason: z.string(),
      count: z.number(),
      chatId: z.string(),
      taskId: z.string().nullable(),
      at: z.string(),
    }),
  ),
});
export type Stats = z.infer<typeof statsSchema>;
