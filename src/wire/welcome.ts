import { z } from "zod";
import { userSchema } from "./api.ts";

/** Who somebody is, and what the page shows them first. */

export const WELCOME_STEPS = ["model", "tools", "schedules"] as const;
export type WelcomeStep = (typeof WELCOME_STEPS)[number];

export const meSchema = userSchema.extend({
  /** Where the owner's welcome goes on; absent: it is over, or for somebody else. */
  welcome: z.enum(WELCOME_STEPS).optional(),
});
export type Me = z.infer<typeof meSchema>;

export const mePatchSchema = z.strictObject({ welcome: z.enum([...WELCOME_STEPS, "done"]) });
