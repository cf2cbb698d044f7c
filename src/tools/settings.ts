import { z } from "zod";
import { badJson } from "../core/bad-json.ts";
import { SparkyError } from "../core/errors.ts";
import { effectSchema, type Json } from "../core/events.ts";
import { nearest } from "../core/nearest.ts";
import { ORIGINS } from "../core/origins.ts";
import { policyOf } from "./policy.ts";
import type { PolicyCase, Terms, Tool } from "./tool.ts";

/** `tools.json`: what its owner says of a tool, over what the tool says of itself. */

const verdict = z.enum(["allow", "ask", "deny"]);
const settingSchema = z.strictObject({
  policy: z.union([verdict, z.partialRecord(z.enum(ORIGINS), verdict)]).optional(),
  effect: effectSchema.optional(),
  /** May be run again after a crash left its outcome unknown. */
  idempotent: z.boolean().optional(),
  onUnknown: z.enum(["model", "ask", "fail"]).optional(),
  timeoutSeconds: z.number().positive().max(86_400).optional(),
  /** Names of secrets that calls of it may be given unasked. */
  secrets: z.array(z.string()).max(100).optional(),
});
const settingsSchema = z.record(z.string(), settingSchema);
export type ToolSettings = z.infer<typeof settingsSchema>;

/** Throws `invalid_input` that names the place and what is allowed. */
export function parseToolSettings(text: string, path: string): ToolSettings {
  const bad = badJson(text);
  if (bad !== null) throw new SparkyError("invalid_input", `${path} is not JSON: ${bad}`);
  const raw: unknown = JSON.parse(text);
  // Of the folders of the file tools `files/roots.ts` reads more.
  const { roots: _, ...tools } = (raw ?? {}) as { roots?: unknown };
  const result = settingsSchema.safeParse(Array.isArray(raw) ? raw : tools);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new SparkyError("invalid_input", `${path}: ${issue?.path.join(".")}: ${issue?.message}`, {
    hint: 'for example {"shell": {"policy": {"chat": "ask", "schedule": "deny"}}}',
  });
}

/** Tools of servers come and go: what is said of them waits for them. */
const isOfServer = (name: string): boolean => name.startsWith("mcp__");

/** A setting for a tool that does not exist is refused: it would protect nothing. */
export function withSettings<Tx>(tools: readonly Tool<Tx>[], settings: ToolSettings): readonly Tool<Tx>[] {
  const unknown = Object.keys(settings).find((name) => !isOfServer(name) && !tools.some((tool) => tool.name === name));
  if (unknown !== undefined) {
    const near = nearest(
      unknown,
      tools.map(({ name }) => name),
    );
    // All of them: nobody who edits the file has a list of them at hand.
    const hint = near === null ? `there are: ${tools.map(({ name }) => name).join(", ")}` : `did you mean ${near}?`;
    throw new SparkyError("invalid_input", `tools.json: there is no tool called ${JSON.stringify(unknown)}`, { hint });
  }
  return toolsAsSet(tools, settings);
}

export function toolsAsSet<Tx>(tools: readonly Tool<Tx>[], settings: ToolSettings): readonly Tool<Tx>[] {
  return tools.map((tool) => {
    const setting = settings[tool.name];
    if (setting === undefined) return tool;
    const { policy, effect, idempotent, onUnknown, timeoutSeconds, secrets } = setting;
    return {
      ...tool,
      ...(effect !== undefined && { effect }),
      ...(idempotent !== undefined && { idempotent }),
      ...(onUnknown !== undefined && { onUnknown }),
      ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1000 }),
      ...(secrets !== undefined && { secrets }),
      ...(policy !== undefined && { policy: policyOf(dropUndefined(policy), tool.policy) }),
      ...(policy !== undefined && tool.termsFor && { termsFor: settled(tool.termsFor, dropUndefined(policy)) }),
      ...(policy !== undefined && tool.cases && { cases: settledCases(tool.cases, dropUndefined(policy)) }),
    };
  });
}

/** The owner's word stands, whatever the arguments are; an origin that it does not name keeps the tool's own. */
function settled(termsFor: NonNullable<Tool<never>["termsFor"]>, policy: Parameters<typeof policyOf>[0]) {
  return async (args: Json): Promise<Terms> => {
    const terms = await termsFor(args);
    return { ...terms, policy: policyOf(policy, terms.policy) };
  };
}

function settledCases(cases: NonNullable<Tool<never>["cases"]>, policy: Parameters<typeof policyOf>[0]) {
  return async (): Promise<readonly PolicyCase[]> =>
    (await cases()).map((each) => ({ ...each, policy: policyOf(policy, each.policy) }));
}

function dropUndefined<T>(value: T): T extends string ? T : { [K in keyof T]: Exclude<T[K], undefined> } {
  const clean = typeof value === "string" ? value : JSON.parse(JSON.stringify(value));
  return clean as T extends string ? T : { [K in keyof T]: Exclude<T[K], undefined> };
}
