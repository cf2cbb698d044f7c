import { z } from "zod";
import { SKILL_PLACES } from "./skill-places.ts";

/** What crosses the wire about tools and skills that are new or changed: no run has them as they are until a person says yes. */

const howSchema = z.enum(["new", "changed"]);

/** What a person has kept out of a tool: their name and when, where that is known. */
export const refusalSchema = z.object({ by: z.string().nullable(), at: z.string().nullable() });

export const changedToolSchema = z.object({
  tool: z.string(),
  change: howSchema,
  /** What an answer is given to. */
  digest: z.string(),
  /** Of the last form that was kept out: another one than this. */
  refusal: refusalSchema.nullable(),
});
export type ChangedTool = z.infer<typeof changedToolSchema>;

export const changeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("tools"), server: z.string(), at: z.string(), tools: z.array(changedToolSchema) }),
  z.object({
    kind: z.literal("skill"),
    name: z.string(),
    place: z.enum(SKILL_PLACES),
    folder: z.string(),
    description: z.string(),
    change: howSchema,
    /** What an answer is given to. */
    hash: z.string(),
  }),
]);
export type Change = z.infer<typeof changeSchema>;

/** A part of what a server tells of its tool, line by line: `- ` what was approved, `+ ` what there is now, two blanks the same. */
const partSchema = z.object({ part: z.enum(["description", "schema", "hints"]), diff: z.string() });
export type ToolPart = z.infer<typeof partSchema>;

export const toolChangeShownSchema = changedToolSchema.extend({ parts: z.array(partSchema) });
export type ToolChangeShown = z.infer<typeof toolChangeShownSchema>;

export const decideToolsSchema = z.strictObject({
  decision: z.enum(["approve", "refuse"]),
  /** As they were shown: all of them, or none where one is something else by now. */
  tools: z
    .array(z.strictObject({ tool: z.string().min(1).max(128), digest: z.string().length(64) }))
    .min(1)
    .max(500),
});
export type DecideTools = z.infer<typeof decideToolsSchema>;

export const decidedToolsSchema = z.object({ server: z.string(), decided: z.number() });

/** How many tools and skills that is. */
export const countOf = (changes: readonly Change[]): number =>
  changes.reduce((sum, each) => sum + (each.kind === "tools" ? each.tools.length : 1), 0);

/** "2 tools of github wait for you": what a person is told where only that much has room. */
export function changeWords(change: Change): string {
  if (change.kind === "skill") return `The skill ${change.name} waits for you`;
  const { length } = change.tools;
  return `${length} ${length === 1 ? "tool" : "tools"} of ${change.server} ${length === 1 ? "waits" : "wait"} for you`;
}
