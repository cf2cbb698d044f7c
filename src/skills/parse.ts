import type { Document, Pair } from "yaml";
import { messageOf } from "../core/errors.ts";
import { spelledOut } from "../core/exact.ts";

/**
 * A `SKILL.md` of the Agent Skills format, read leniently: what other programs write is loaded where it can be understood, and
 * told about. Nothing in it is ever run: only YAML is read, in which every value is a text.
 */

export interface ParsedSkill {
  readonly name: string;
  readonly description: string;
  /** Only a person begins it: it is not in the list that the model is given. */
  readonly byPersonOnly: boolean;
  /** What follows the front matter. */
  readonly body: string;
  readonly warnings: readonly string[];
}

export type Parsed =
  | { readonly ok: true; readonly skill: ParsedSkill }
  | { readonly ok: false; readonly problem: string };

export const NAME = /^(?=.{1,64}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;
const MAX_DESCRIPTION = 1024;
/** The specification's advice, above which a body crowds the model's window. */
const LONG_BODY_LINES = 500;
const MAX_HEAD = 16_384;

/** What says something here. */
const READ = ["name", "description", "when_to_use", "disable-model-invocation"];
/** What is for people, or harmless to leave out. */
const KNOWN = ["license", "compatibility", "metadata", "version", "argument-hint", "user-invocable"];

/** `folder`: what its folder is called, which is its name where it says none. */
export async function parseSkill(source: string, folder: string): Promise<Parsed> {
  const lines = source
    .replace(/^\ufeff/, "")
    .replace(/\r\n?/g, "\n")
    .split("\n");
  const [first = ""] = lines;
  if (!/^---[ \t]*$/.test(first)) return bad(headProblem(first));
  const end = lines.findIndex((line, at) => at > 0 && /^---[ \t]*$/.test(line));
  if (end < 0) return bad("its front matter has no end: a line with --- and nothing else");
  const head = lines.slice(1, end).join("\n");
  if (head.length > MAX_HEAD) return bad(`its front matter has more than ${MAX_HEAD / 1024} KB`);
  if (isDeep(head)) return bad("its front matter is nested too deeply");
  const warnings: string[] = [];
  const fields = await fieldsOf(head, warnings);
  if (typeof fields === "string") return bad(fields);

  const said = fields.get("name")?.trim() ?? "";
  const name = NAME.test(said) ? said : folder;
  if (!NAME.test(name)) {
    return bad(
      `${JSON.stringify(said || folder)} is no name: use small letters, digits and single hyphens, at most 64`,
    );
  }
  if (said === "") warnings.push("it has no name: its folder's is used");
  else if (name !== said) warnings.push(`${JSON.stringify(said)} is no name: its folder's is used`);
  else if (name !== folder) warnings.push(`its name is not its folder's, ${JSON.stringify(folder)}`);

  const words = [fields.get("description"), fields.get("when_to_use")].flatMap((each) => each?.trim() || []);
  const description = words.join(" ").replace(/\s+/g, " ");
  if (description === "") return bad("it has no description: the model would not know when to use it");
  if (description.length > MAX_DESCRIPTION)
    warnings.push(`its description has more than ${MAX_DESCRIPTION} characters`);
  const body = lines
    .slice(end + 1)
    .join("\n")
    .trim();
  if (body === "") warnings.push("it says nothing beyond its description");
  if (lines.length - end > LONG_BODY_LINES)
    warnings.push(`it has more than ${LONG_BODY_LINES} lines: put details into files`);
  warnings.push(...promises(fields, body));
  const byPersonOnly = fields.get("disable-model-invocation") === "true";
  return { ok: true, skill: { name, description, byPersonOnly, body, warnings } };
}

const bad = (problem: string): Parsed => ({ ok: false, problem });

/** Deeper than any that is meant: reading it would take seconds. */
const MAX_NESTING = 32;
const DEEP_BLOCKS = new RegExp(`(?:[-?][ \\t]+){${MAX_NESTING}}`);

function isDeep(head: string): boolean {
  let depth = 0;
  for (const [bracket] of head.matchAll(/[[\]{}]/g)) {
    depth = bracket === "[" || bracket === "{" ? depth + 1 : Math.max(0, depth - 1);
    if (depth > MAX_NESTING) return true;
  }
  return DEEP_BLOCKS.test(head);
}

function headProblem(first: string): string {
  if (first.startsWith("---")) {
    return `it begins with ${JSON.stringify(first.slice(0, 40))}: only --- with YAML is read, and nothing is ever run`;
  }
  return "it has no front matter: it must begin with ---, then name: and description:, then ---";
}

/** What a person may believe that it does, and it does not. */
function promises(fields: ReadonlyMap<string, string>, body: string): string[] {
  const told: string[] = [];
  if (fields.has("allowed-tools")) told.push("allowed-tools grants nothing here: each tool's own policy decides");
  if (fields.has("hooks")) told.push("its hooks are never run");
  const unused = [...fields.keys()].filter((key) => ![...READ, ...KNOWN, "allowed-tools", "hooks"].includes(key));
  if (unused.length > 0) told.push(`not used here: ${unused.map((key) => spelledOut(key)).join(", ")}`);
  if (/!`[^`]+`/.test(body)) told.push("a command in !`…` is only text here: it is not run");
  if (spelledOut(body) !== body) told.push("it has characters that are not seen: look at it with skills show");
  return told;
}

/** The texts at the top; a text instead says why there are none. */
async function fieldsOf(head: string, warnings: string[]): Promise<ReadonlyMap<string, string> | string> {
  const { isMap, isScalar, isSeq, parseDocument } = await import("yaml");
  const read = (text: string): Document | string => {
    try {
      // Aliases are never followed: what they would grow to is never made.
      const document = parseDocument(text, { schema: "failsafe", uniqueKeys: false, logLevel: "silent" });
      return document.errors[0]?.message.split("\n")[0] ?? document;
    } catch (error) {
      return messageOf(error);
    }
  };
  let document = read(head);
  if (typeof document === "string") {
    const quoted = read(
      head.replace(PLAIN_LINE, (_, key: string, value: string) => `${key}: ${JSON.stringify(value)}`),
    );
    if (typeof quoted === "string") return `its front matter is not YAML: ${document}`;
    warnings.push("its front matter is not quite YAML: a text with a colon must be in quotes");
    document = quoted;
  }
  if (!isMap(document.contents)) return "its front matter has no fields: it needs name: and description:";
  const fields = new Map<string, string>();
  for (const { key, value } of document.contents.items as readonly Pair[]) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (fields.has(name)) warnings.push(`${spelledOut(name)} is there twice: the first counts`);
    else if (isScalar(value)) fields.set(name, String(value.value ?? ""));
    else if (isSeq(value) || isMap(value)) fields.set(name, "");
    else warnings.push(`${spelledOut(name)} is no text: it is not used`);
  }
  return fields;
}

/** A field whose value is in one line, without quotes. */
const PLAIN_LINE = /^([A-Za-z_][\w-]*):[ \t]+(?!["'|>[{])(.+)$/gm;
