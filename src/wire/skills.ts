import { z } from "zod";
import { SKILL_PLACES } from "./skill-places.ts";

/** What crosses the wire about skills: what lies where, what was approved of it, and what a yes would change. */

export const SKILL_STATES = ["approved", "changed", "waiting", "refused", "off", "broken"] as const;

export const skillSchema = z.object({
  name: z.string(),
  description: z.string(),
  /** Where it lies: the home, your workspace, that of unattended work, `~/.agents` of the server's account, Sparky itself. */
  place: z.enum(SKILL_PLACES),
  folder: z.string(),
  path: z.string(),
  /**
   * `changed`: another than was approved, and the approved one is used. `refused`: a person keeps it out as it is now, and what was
   * approved before is used. `broken`: it cannot be read.
   */
  state: z.enum(SKILL_STATES),
  /** Your runs are given it: it was approved, and is the first of its name. */
  used: z.boolean(),
  /** The model is not told of it: it is begun by a person. */
  byPersonOnly: z.boolean(),
  /** Of what lies there now; null: it cannot be read. */
  hash: z.string().nullable(),
  approvedHash: z.string().nullable(),
  /** Who has approved it, or turned it off. */
  by: z.string().nullable(),
  at: z.string().nullable(),
  files: z.number(),
  bytes: z.number(),
  warnings: z.array(z.string()),
  problem: z.string().nullable(),
  /** The caller may approve and remove it. */
  canDecide: z.boolean(),
});
export type Skill = z.infer<typeof skillSchema>;

export const skillFileSchema = z.object({
  path: z.string(),
  bytes: z.number(),
  /** null: a binary file. */
  text: z.string().nullable(),
});
export type SkillFile = z.infer<typeof skillFileSchema>;

export const skillWithFilesSchema = skillSchema.extend({
  /** Its SKILL.md, as a run reads it. */
  text: z.string(),
  contents: z.array(skillFileSchema.omit({ text: true })),
  /** What approving it would change, as `diff -u` writes it; "" for nothing. */
  diff: z.string(),
});
export type SkillWithFiles = z.infer<typeof skillWithFilesSchema>;

const file = z.union([
  z.strictObject({ path: z.string().min(1).max(500), text: z.string() }),
  z.strictObject({ path: z.string().min(1).max(500), base64: z.base64() }),
]);

export const checkSkillSchema = z.strictObject({
  folder: z.string().min(1).max(200),
  files: z.array(file).min(1).max(500),
});
export type CheckSkill = z.infer<typeof checkSkillSchema>;

export const newSkillSchema = checkSkillSchema.extend({
  /** In the place of one that is there. */
  replace: z.boolean().optional(),
});
export type NewSkill = z.infer<typeof newSkillSchema>;

export const checkedSkillSchema = z.object({
  ok: z.boolean(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  problem: z.string().nullable(),
  warnings: z.array(z.string()),
});
export type CheckedSkill = z.infer<typeof checkedSkillSchema>;

/** Of a yes, and of a no. */
export const decideSkillSchema = z.strictObject({
  /** What was seen: something else is not approved. */
  hash: z.string().length(64),
  place: z.enum(SKILL_PLACES).optional(),
});

export const removedSkillSchema = z.object({
  name: z.string(),
  place: z.enum(SKILL_PLACES),
  /** false: it is not the home's, so it is only not used any more. */
  deleted: z.boolean(),
});
export type RemovedSkill = z.infer<typeof removedSkillSchema>;
