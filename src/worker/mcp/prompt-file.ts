import type { Document, Node, Pair } from "yaml";
import { messageOf, SparkyError } from "../../core/errors.ts";
import { spelledOut } from "../../core/exact.ts";
import { shorten, soundText } from "../../core/text.ts";
import type { OfferedPrompt } from "../../tools/mcp/offers.ts";

/**
 * A prompt in a file: words, and before them, between lines of `---`, what it is for and what it wants to know. A file without that
 * is words alone. Nothing in it is ever run, and only YAML is read in which every value is a text.
 */

export interface PromptFile extends Pick<OfferedPrompt, "description" | "args"> {
  /** With `{{name}}` where a value goes; without front matter the words as they are. */
  readonly words: string;
  readonly hasFields: boolean;
}

type Argument = OfferedPrompt["args"][number];

const MAX_HEAD = 16_384;
const MAX_ARGS = 30;
const MAX_WORDS = 1000;
const NAME = /^[A-Za-z_][\w-]{0,63}$/;
const PLACE = /\{\{[ \t]*([A-Za-z_][\w-]*)[ \t]*\}\}/g;
const RULE = /^---[ \t]*$/;

const EXAMPLE = "arguments: [{name: topic, description: What to look into, required: true}]";

/** `path` names it in what is said of it. Throws `invalid_input` where it cannot be understood. */
export async function parsePromptFile(source: string, path: string): Promise<PromptFile> {
  const lines = source.replace(/\r\n?/g, "\n").split("\n");
  if (!RULE.test(lines[0] ?? "")) return { words: source.trim(), description: "", args: [], hasFields: false };
  const end = lines.findIndex((line, at) => at > 0 && RULE.test(line));
  if (end < 0) {
    throw wrong(
      path,
      "its front matter has no end",
      "end it by a line with --- alone, or begin the words with a blank line",
    );
  }
  const head = lines.slice(1, end).join("\n");
  if (head.length > MAX_HEAD)
    throw wrong(path, `its front matter has more than ${MAX_HEAD / 1024} KB`, "make it shorter");
  const fields = await fieldsOf(head, path);
  const args = fields.arguments ?? [];
  const words = lines
    .slice(end + 1)
    .join("\n")
    .trim();
  for (const [place, name = ""] of words.matchAll(PLACE)) {
    if (args.some((arg) => arg.name === name)) continue;
    throw wrong(
      path,
      `${place} is none of its arguments`,
      `tell of it in the front matter: arguments: [{name: ${name}}]`,
    );
  }
  return { words, description: fields.description ?? "", args, hasFields: true };
}

/**
 * Its words with these values in their places, each as it is: what stands in a value is never looked at again. A line whose
 * places all stay empty is left out. Throws `invalid_input` where one is missing, or is none of its arguments.
 */
export function fillPrompt(
  { words, args, hasFields }: PromptFile,
  name: string,
  values: { readonly [name: string]: string },
): string {
  const given = new Map(Object.entries(values).filter(([, value]) => value.trim() !== ""));
  const usage = args.map((arg) => (arg.required ? `${arg.name}=…` : `[${arg.name}=…]`)).join(" ");
  const takes = args.length === 0 ? "it takes none" : `/${name} ${usage}`;
  const strange = Object.keys(values).filter((key) => !args.some((arg) => arg.name === key));
  if (strange.length > 0) {
    const told = shorten(strange.map((key) => spelledOut(key)).join(", "), 200);
    throw new SparkyError("invalid_input", `${told}: no such argument of /${name}`, { hint: takes });
  }
  const missing = args.filter((arg) => arg.required && !given.has(arg.name));
  if (missing.length > 0) {
    const told = missing.map((arg) => (arg.description === "" ? arg.name : `${arg.name} (${arg.description})`));
    throw new SparkyError("invalid_input", `/${name} needs ${told.join(", ")}`, { hint: takes });
  }
  if (!hasFields) return words;
  const lines = words.split("\n").flatMap((line) => {
    const places = [...line.matchAll(PLACE)];
    if (places.length > 0 && places.every(([, place = ""]) => !given.has(place))) return [];
    return [line.replace(PLACE, (_, place: string) => given.get(place) ?? "")];
  });
  return lines.join("\n").trim();
}

async function fieldsOf(
  head: string,
  path: string,
): Promise<{ readonly description?: string; readonly arguments?: readonly Argument[] }> {
  const { isMap, isScalar, isSeq, parseDocument } = await import("yaml");
  let document: Document;
  try {
    // Aliases are never followed: what they would grow to is never made.
    document = parseDocument(head, { schema: "failsafe", logLevel: "silent" });
  } catch (error) {
    throw wrong(path, `its front matter is not YAML: ${messageOf(error)}`, "see docs/guide/prompts.md");
  }
  const [problem] = document.errors;
  if (problem !== undefined) {
    const [first = ""] = problem.message.split("\n");
    throw wrong(path, `its front matter is not YAML: ${first}`, "put a text with a colon in quotes");
  }
  const entries = (node: Node | null): ReadonlyMap<string, unknown> | null =>
    isMap(node)
      ? new Map((node.items as Pair[]).flatMap(({ key, value }) => (isScalar(key) ? [[String(key.value), value]] : [])))
      : null;
  const text = (value: unknown, what: string): string => {
    if (value === undefined || value === null) return "";
    if (!isScalar(value)) throw wrong(path, `${what} is no text`, `write it in one line: ${EXAMPLE}`);
    return shorten(soundText(String(value.value ?? "")).trim(), MAX_WORDS);
  };
  const fields = entries(document.contents);
  if (fields === null) throw wrong(path, "its front matter has no fields", "begin with description: and arguments:");
  const list = fields.get("arguments");
  if (list !== undefined && !isSeq(list) && text(list, "arguments") !== "") {
    throw wrong(path, "arguments is no list", `write it as ${EXAMPLE}`);
  }
  const args = (isSeq(list) ? (list.items as Node[]) : []).map((item): Argument => {
    const arg = entries(item);
    const name = text(arg?.get("name"), "the name of an argument");
    if (!NAME.test(name)) {
      throw wrong(
        path,
        `${name === "" ? "an argument has no name" : `${spelledOut(name)} is no name`}`,
        `write it as ${EXAMPLE}`,
      );
    }
    const required = text(arg?.get("required"), `required of ${name}`);
    if (!["", "true", "false"].includes(required)) {
      throw wrong(path, `required of ${name} is ${spelledOut(required)}`, "write true or false");
    }
    return {
      name,
      description: text(arg?.get("description"), `description of ${name}`),
      required: required === "true",
    };
  });
  const twice = args.find(({ name }, at) => args.findIndex((other) => other.name === name) !== at);
  if (twice !== undefined) throw wrong(path, `the argument ${twice.name} is there twice`, "give each its own name");
  if (args.length > MAX_ARGS) throw wrong(path, `it has more than ${MAX_ARGS} arguments`, "ask for less");
  return { description: text(fields.get("description"), "description"), arguments: args };
}

const wrong = (path: string, what: string, hint: string): SparkyError =>
  new SparkyError("invalid_input", `${path}: ${what}`, { hint });
