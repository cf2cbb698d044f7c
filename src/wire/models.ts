import { z } from "zod";
import { effortSchema } from "../core/effort.ts";

/** Which model is in use and why, whether one answers, and what is set of them. */

const originSchema = z.object({
  variable: z.string(),
  /** `environment`, `env-file` or `home`. */
  origin: z.string(),
});

const rates = {
  input: z.number(),
  output: z.number(),
  /** Input that the provider had in its cache, and what it has put there; without one as other input. */
  cached: z.number().optional(),
  cacheWrite: z.number().optional(),
};

/** US dollars for a million tokens. */
const modelPriceSchema = z.object({
  ...rates,
  /** What all of a call costs whose input is more than so many tokens. */
  above: z.object({ ...rates, tokens: z.number() }).optional(),
  /** The day from which Sparky knows it; without one it is set, or the model is free. */
  asOf: z.string().optional(),
});
export type ModelPrice = z.infer<typeof modelPriceSchema>;

/** Tokens; `isGuess`: nobody has said how many. */
const modelWindowSchema = z.object({ tokens: z.number(), isGuess: z.boolean() });

export const modelsSchema = z.object({
  model: z.string(),
  /** Why it cannot be used, and what to do; null: it can, as far as the settings tell. */
  problem: z.string().nullable(),
  /** null: it cannot be used. */
  window: modelWindowSchema.nullable(),
  /** null: not known. */
  price: modelPriceSchema.nullable(),
  /** How hard models think where nothing else is chosen; null: as each provider has it. */
  effort: effortSchema.nullable(),
  /** Those that stand in for it when it is overloaded, out of credit or gone, in their order. */
  standIns: z.array(z.object({ model: z.string(), problem: z.string().nullable() })).readonly(),
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
        addressNeeded: z.boolean(),
        addressFixed: z.boolean(),
        /** What is taken where no model is named; null: one has to be. */
        usualModel: z.string().nullable(),
      }),
    )
    .readonly(),
  /** Model servers of one's own that answer now: Ollama, LM Studio, llama.cpp, and the one at `SPARKY_MODEL_URL`. */
  local: z
    .array(
      z.object({
        provider: z.string(),
        address: z.string(),
        /** Tokens of its window, as the server says; null: it does not. */
        models: z.array(z.object({ id: z.string(), window: z.number().nullable() })).readonly(),
      }),
    )
    .readonly(),
  /** Other nodes may answer from the same database: each reads settings of its own. */
  severalNodes: z.boolean(),
  /** The home's settings file, where what is set here is written. */
  file: z.string(),
  /** It says something else than at the server's start of what is read at the start alone. */
  restartNeeded: z.boolean(),
});
export type Models = z.infer<typeof modelsSchema>;

/** Which models a chat may have, and why it may not have others. */
export const modelChoicesSchema = z.object({
  /** The instance's own: of chats that have chosen none. */
  model: z.string(),
  /** How hard models think where nothing else is chosen; null: as each provider has it. */
  effort: effortSchema.nullable(),
  items: z
    .array(
      z.object({
        id: z.string(),
        /** Why it cannot answer here; null: it can, as far as the settings tell. */
        why: z.string().nullable(),
        /** A server of one's own says now that it has it. */
        isFound: z.boolean(),
        /** null: it cannot be used. */
        window: modelWindowSchema.nullable(),
        /** null: not known. */
        price: modelPriceSchema.nullable(),
        /** false: it is known not to, and is told no effort. */
        mayThink: z.boolean(),
      }),
    )
    .readonly(),
  /** Of which any model can be named, as `ollama/MODEL`. */
  forms: z.array(z.object({ form: z.string(), why: z.string().nullable() })).readonly(),
});
export type ModelChoices = z.infer<typeof modelChoicesSchema>;

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

/** A key or an address is one line: what is pasted with a line break in it is more than that. */
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), "must be one line, without control characters");

const modelName = line(200);

export const newModelKeySchema = z
  .strictObject({
    /** Without it the one that is set stays. */
    key: line(4096),
    url: line(2000),
    /** As the provider calls it, without the provider's name before it. */
    model: modelName,
    /** It answers from now on, where a chat has no choice of its own. */
    use: z.boolean(),
    /** Kept even if it does not answer now. */
    untested: z.boolean(),
  })
  .exactPartial();
export type NewModelKey = z.infer<typeof newModelKeySchema>;

export const modelsSetSchema = z.object({
  /** The call that it was tried with; null: none was made. */
  test: modelTestSchema.nullable(),
  /** False: it did not answer, and nothing was changed. */
  kept: z.boolean(),
  /** Variables that are set outside of the home's file as well, which wins. */
  overruled: z.array(z.string()).readonly(),
  models: modelsSchema,
});
export type ModelsSet = z.infer<typeof modelsSetSchema>;

/** null: found from the keys that are set. */
export const defaultModelSchema = z.strictObject({ model: modelName.nullable() });
