import { z } from "zod";

/** Which model is in use and why, and whether one answers. */

const originSchema = z.object({
  variable: z.string(),
  /** `environment`, `env-file` or `home`. */
  origin: z.string(),
});

export const modelsSchema = z.object({
  model: z.string(),
  /** The setting that made it so; null: none, so it is the demo model. */
  chosenBy: originSchema.nullable(),
  providers: z
    .array(
      z.object({
        provider: z.string(),
        inUse: z.boolean(),
        /** The variable of its key that is set; never the key. */
        key: originSchema.nullable(),
        keyNeeded: z.boolean(),
        address: z.string().nullable(),
      }),
    )
    .readonly(),
});
export type Models = z.infer<typeof modelsSchema>;

/** Without a model: the one in use. */
export const newModelTestSchema = z.strictObject({ model: z.string().trim().min(1).max(200) }).exactPartial();

export const modelTestSchema = z.object({
  model: z.string(),
  ok: z.boolean(),
  /** Why not: `model_auth`, `model_not_found`, `model_unreachable` and so on; null: it answered. */
  code: z.string().nullable(),
  /** What it said, or what is wrong and what to do. */
  message: z.string(),
  durationMs: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
});
export type ModelTest = z.infer<typeof modelTestSchema>;
