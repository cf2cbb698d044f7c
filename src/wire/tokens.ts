import { z } from "zod";
import { label } from "../core/bounds.ts";
import { exactLine } from "../core/exact.ts";
import { SCOPES } from "../core/scopes.ts";
import { timeSchema } from "./api.ts";

const scopesSchema = z
  .array(z.enum(SCOPES, { error: `must be ${SCOPES.join(", ")}` }))
  .min(1)
  .max(SCOPES.length);

export const newTokenSchema = z.strictObject({
  name: label(60)
    .refine((name) => !/^token file/i.test(name), { error: "is what the home's own token is called" })
    // The audit says by it who did what.
    .refine((name) => exactLine(name) === name, { error: "must be one line of characters that are seen as they are" }),
  scopes: scopesSchema,
  /** When it ends; left out: never. */
  expiresAt: timeSchema.optional(),
});
export type NewToken = z.infer<typeof newTokenSchema>;

export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** null: everything. */
  scopes: z.array(z.enum(SCOPES)).nullable(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  /** To the minute. */
  lastUsedAt: z.string().nullable(),
  /** It is that of the home's file. */
  isFile: z.boolean(),
});
export type Token = z.infer<typeof tokenSchema>;

/** `token`: shown this once, and kept only as a hash. */
export const madeTokenSchema = tokenSchema.extend({ token: z.string() });
export type MadeToken = z.infer<typeof madeTokenSchema>;
