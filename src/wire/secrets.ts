import { z } from "zod";

/** Secrets cross the wire one way: a value goes in, names come out. */

export const SECRET_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

export const secretNameSchema = z
  .string()
  .regex(SECRET_NAME, { error: "must be 1 to 64 letters, digits and _, a letter first" });

export const newSecretSchema = z.strictObject({ name: secretNameSchema, value: z.string().min(1).max(4096) });

const secretSetSchema = z.object({ name: z.string(), setAt: z.string() });

/** `usedBy`: servers whose definition names it, and tools that `tools.json` lets have it unasked. */
export const secretSchema = secretSetSchema.extend({
  usedBy: z.object({ servers: z.array(z.string()), tools: z.array(z.string()) }),
});
export type SecretInfo = z.infer<typeof secretSchema>;

/** `masked`: it has eight characters at least, so it is masked wherever text comes in. */
export const setSecretSchema = secretSetSchema.extend({ masked: z.boolean() });
export type SetSecret = z.infer<typeof setSecretSchema>;
