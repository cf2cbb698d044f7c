import { createHash } from "node:crypto";
import { z } from "zod";
import { jsonSchema, type Json } from "../../core/events.ts";
import { shorten, soundValue } from "../../core/text.ts";
import { isRecord } from "./definition.ts";

/** A tool as its server tells of it, within bounds: what is pinned, shown, and given to models. */
export const offeredToolSchema = z.object({
  name: z.string(),
  description: z.string(),
  schema: z.record(z.string(), jsonSchema),
  /** What the server says of its own tool, such as `readOnlyHint`: shown, and never obeyed. */
  hints: z.record(z.string(), jsonSchema),
});
export type OfferedTool = z.infer<typeof offeredToolSchema>;

export const MAX_TOOLS = 500;
const MAX_NAME = 128;
const MAX_DESCRIPTION = 4000;
const MAX_SCHEMA_BYTES = 64 * 1024;
const MAX_SCHEMA_DEPTH = 40;

/** Or why it is not taken. */
export function offeredTool(tool: {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: unknown;
  readonly annotations?: unknown;
}): OfferedTool | { readonly name: string; readonly refused: string } {
  const name = shorten(tool.name, MAX_NAME);
  if (tool.name === "" || name !== tool.name || /\p{C}/u.test(name)) {
    return { name, refused: "its name is empty, too long, or has control characters" };
  }
  const { inputSchema: schema } = tool;
  if (!isRecord(schema)) return { name, refused: "its schema is no object" };
  const refused = whyNot(schema);
  if (refused !== null) return { name, refused };
  const hints = isRecord(tool.annotations) && whyNot(tool.annotations) === null ? tool.annotations : {};
  // What came as JSON is JSON.
  const offered = { name, description: shorten(tool.description ?? tool.title ?? "", MAX_DESCRIPTION), schema, hints };
  return soundValue(offered) as OfferedTool;
}

function whyNot(value: { readonly [key: string]: unknown }): string | null {
  if (deeperThan(value, MAX_SCHEMA_DEPTH)) return `its schema is nested more than ${MAX_SCHEMA_DEPTH} deep`;
  const json = JSON.stringify(value);
  if (Buffer.byteLength(json) > MAX_SCHEMA_BYTES) return `its schema has more than ${MAX_SCHEMA_BYTES / 1024} KB`;
  // Within itself a schema may refer as it likes, in circles too: nothing here follows it.
  const elsewhere = /"\$(?:dynamicR|r)ef":"(?!#)([^"]*)"/.exec(json)?.[1];
  return elsewhere === undefined ? null : `its schema refers to ${shorten(elsewhere, 100)}, which is not in it`;
}

function deeperThan(value: unknown, most: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return most === 0 || Object.values(value).some((each) => deeperThan(each, most - 1));
}

/** The same for the same tool, in whatever order its server writes the keys. */
export function digestOf({ name, description, schema, hints }: OfferedTool): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted({ name, description, schema, hints })))
    .digest("hex");
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
