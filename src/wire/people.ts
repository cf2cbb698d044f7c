import { z } from "zod";
import { MOST_TASKS_AT_ONCE, type LimitName } from "../core/limit-words.ts";
import { userSchema } from "./api.ts";
import { ROLES } from "./roles.ts";

/** Accounts, and who may have which name. */

const MAX_NAME = 32;
const NAME = /^[a-z][a-z0-9._-]*$/;
/** Those that the log itself speaks of. */
const TAKEN = ["sparky", "system"];

export const NAME_RULE = `small letters from a to z, digits, dots, "_" and "-", a letter first, at most ${MAX_NAME} of them`;

/** Letters that look like others are none: a name says who somebody is. */
export const nameSchema = z
  .string()
  .refine((name) => NAME.test(name) && name.length <= MAX_NAME, { error: `must be ${NAME_RULE}` })
  .refine((name) => !TAKEN.includes(name), { error: "must be another name: this one is Sparky’s own" });

export const accountSchema = userSchema.extend({
  /** Shut out until somebody enables it again. */
  disabled: z.boolean(),
  createdAt: z.string(),
});
export type Account = z.infer<typeof accountSchema>;

const roleSchema = z.enum(ROLES);

export const newAccountSchema = z.strictObject({ name: nameSchema, role: roleSchema.optional() });

export const newInviteSchema = z.strictObject({ role: roleSchema.optional() });

/** One that is neither spent nor over; its link was shown once, when it was made. */
export const inviteSchema = z.object({
  id: z.string(),
  /** What whoever invites calls them. */
  name: z.string(),
  role: roleSchema,
  by: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type OpenInvite = z.infer<typeof inviteSchema>;

export const accountPatchSchema = z.strictObject({ role: roleSchema, disabled: z.boolean() }).partial();

export const FEWEST_OF_PASSWORD = 10;
export const MOST_OF_PASSWORD = 128;

export const PASSWORD_RULE = `a password has ${FEWEST_OF_PASSWORD} to ${MOST_OF_PASSWORD} characters`;

/** Also for a form, whose fields hold text. */
export const passwordSchema = z
  .string()
  .refine((password) => password.length >= FEWEST_OF_PASSWORD && password.length <= MOST_OF_PASSWORD, {
    error: PASSWORD_RULE,
  })
  .refine((password) => password.trim() !== "", { error: "a password is more than spaces" });

export const newPasswordSchema = z.strictObject({
  password: passwordSchema,
  /** The one that there is: for yourself, in a browser. */
  current: z.string().max(1000).optional(),
});

/** `ended`: how many browsers were signed out by it. */
export const passwordSetSchema = z.object({ name: z.string(), ended: z.number().int() });
export type PasswordSet = z.infer<typeof passwordSetSchema>;

export const sessionSchema = z.object({
  id: z.string(),
  user: z.string(),
  createdAt: z.string(),
  usedAt: z.string(),
  expiresAt: z.string(),
  browser: z.string().nullable(),
  /** The one that asks. */
  current: z.boolean(),
});
export type OpenSession = z.infer<typeof sessionSchema>;

const countLimit = z.number().int().min(1).max(1_000_000_000_000).nullable();
const dollarLimit = z.number().positive().max(1_000_000).nullable();

/** null: none. */
const limits = {
  requestsPerDay: countLimit,
  requestsPerMonth: countLimit,
  tokensPerDay: countLimit,
  tokensPerMonth: countLimit,
  dollarsPerDay: dollarLimit,
  dollarsPerMonth: dollarLimit,
  tasksAtOnce: z.number().int().min(1).max(MOST_TASKS_AT_ONCE).nullable(),
} satisfies Readonly<Record<LimitName, z.ZodType>>;

export const personLimitsPatchSchema = z.strictObject(limits).partial();
export type PersonLimitsPatch = z.infer<typeof personLimitsPatchSchema>;

/** What was spent in somebody’s name, and when it begins anew to be counted. */
const spentSchema = z.object({ requests: z.number(), tokens: z.number(), dollars: z.number(), endsAt: z.string() });

export const personLimitsSchema = z.object({
  name: z.string(),
  limits: z.object(limits),
  day: spentSchema,
  month: spentSchema,
  /** Their tasks that are at work now, and those that wait for their turn. */
  tasks: z.object({ working: z.number().int(), queued: z.number().int() }),
  /** Whose days and months: the server’s. */
  zone: z.string(),
});
export type PersonLimits = z.infer<typeof personLimitsSchema>;
