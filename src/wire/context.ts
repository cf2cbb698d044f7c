import { z } from "zod";
import { effortSchema } from "../core/effort.ts";
import { jsonSchema } from "../core/events.ts";

/** What a model was given for a step, or would be given for an answer that began now. */
export const chatContextSchema = z.object({
  chatId: z.string(),
  /** null: what an answer would begin with that began now. */
  runId: z.string().nullable(),
  step: z.number().nullable(),
  model: z.string(),
  /** How hard it was asked to think, or would be; null: as its provider has it. */
  effort: effortSchema.nullable(),
  /** The system text. */
  instructions: z.string(),
  tools: z
    .array(
      z.object({
        name: z.string(),
        description: z.string(),
        /** JSON Schema. */
        parameters: z.record(z.string(), jsonSchema),
        tokens: z.number(),
      }),
    )
    .readonly(),
  /** The conversation, oldest first, as it goes to every provider before that one's own form. */
  messages: z.array(z.object({ role: z.string(), content: jsonSchema, tokens: z.number() })).readonly(),
  /** As they are estimated. */
  tokens: z.object({ instructions: z.number(), tools: z.number(), messages: z.number(), total: z.number() }),
  /** How many of somebody's words, and of steps with their results, had no room. */
  leftOut: z.number(),
  /** In US dollars, of the estimated input; null: nobody has said what the model costs. */
  costUsd: z.number().nullable(),
  /**
   * The conversation is to the byte what was sent. false: something in it was forgotten since, or another version of Sparky
   * sent it. null: nothing was sent yet.
   */
  asSent: z.boolean().nullable(),
});
export type ChatContext = z.infer<typeof chatContextSchema>;
