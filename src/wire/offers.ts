import { z } from "zod";
import { THING_KINDS } from "../core/references.ts";
import { listSchema } from "./api.ts";

/** What tool servers offer for a message: resources to refer to by `@`, and prompts to fill in by `/`. */

/** Servers that have not answered, each with why. */
const problems = z.array(z.object({ server: z.string(), message: z.string() }));

export const resourceSchema = z.object({
  server: z.string(),
  /** A template's has `{…}` in it, to be filled in. */
  uri: z.string(),
  template: z.boolean(),
  name: z.string(),
  description: z.string(),
  mime: z.string().nullable(),
  /** As it is written into a message. */
  reference: z.string(),
});
export type Resource = z.infer<typeof resourceSchema>;
export const resourcesSchema = listSchema(resourceSchema).extend({ problems });
export type Resources = z.infer<typeof resourcesSchema>;

/** A thing of Sparky's own that a message can refer to. */
export const thingSchema = z.object({
  kind: z.enum(THING_KINDS),
  id: z.string(),
  title: z.string(),
  /** A node's type, a task's status, what a chat's run does, how much a file holds; empty: nothing is to be said. */
  state: z.string(),
  /** As it is written into a message. */
  reference: z.string(),
});
export type Thing = z.infer<typeof thingSchema>;
export const thingsSchema = listSchema(thingSchema);

export const promptSchema = z.object({
  /** null: a file in the home's `prompts` folder, or one that comes with Sparky. */
  server: z.string().nullable(),
  /** It comes with Sparky. */
  shipped: z.boolean(),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  args: z.array(z.object({ name: z.string(), description: z.string(), required: z.boolean() })),
});
export type Prompt = z.infer<typeof promptSchema>;
export const promptsSchema = listSchema(promptSchema).extend({ problems });
export type Prompts = z.infer<typeof promptsSchema>;

export const fillPromptSchema = z.strictObject({
  arguments: z.record(z.string().max(200), z.string().max(100_000)).default({}),
});
export const promptTextSchema = z.object({ text: z.string() });
export type PromptText = z.infer<typeof promptTextSchema>;
