import { z } from "zod";
import { jsonSchema, QUESTION_STATES } from "../core/events.ts";

/** What crosses the wire about questions: what a call asks of people before it goes on. */

export const questionSchema = z.object({
  id: z.string(),
  chatId: z.string(),
  chatTitle: z.string(),
  runId: z.string(),
  taskId: z.string().nullable(),
  callId: z.string(),
  /** Which tool asks. */
  tool: z.string(),
  text: z.string(),
  /** Answers to choose from; other words are taken too. */
  choices: z.array(z.string()),
  /** The JSON Schema of a form of one level; null: the answer is words. */
  form: jsonSchema,
  state: z.enum(QUESTION_STATES),
  askedAt: z.string(),
  expiresAt: z.string(),
  answer: jsonSchema,
  answeredAt: z.string().nullable(),
  /** Who answered, or declined to, by name. */
  by: z.string().nullable(),
  /** By which credential: `session`, `passkey` (a session that one has begun), `token:NAME` or `token file`; `message`: by what was written in the chat. */
  via: z.string().nullable().default(null),
  /** The caller may answer it. */
  canAnswer: z.boolean(),
});
export type Question = z.infer<typeof questionSchema>;

const MOST_WORDS = 16_000;

export const answerSchema = z.strictObject({
  /** Words; of a form an object with its fields; null: you will not say. */
  answer: z.union(
    [z.string().trim().min(1).max(MOST_WORDS), z.record(z.string().min(1).max(200), jsonSchema), z.null()],
    { error: `must be words (at most ${MOST_WORDS} characters), an object with a form's fields, or null to decline` },
  ),
});
export type NewAnswer = z.infer<typeof answerSchema>;
