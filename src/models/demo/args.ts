import type { Json } from "../../core/events.ts";
import { graphArguments, takesNodes, type KnownNodes } from "./graph.ts";
import { isObject, type JsonObject } from "./json.ts";
import { folderCalled, folderIn, shapesIn, type Shapes } from "./shapes.ts";
import { asksForEdge, statementsIn } from "./statements.ts";
import { zoneIn } from "./zones.ts";
import { isStopWord, isVerb, likeness, wordsOf } from "./words.ts";
import type { ToolSpec } from "../model.ts";

type Filled =
  | { readonly ok: true; readonly args: JsonObject }
  /** What the request would have to say. */
  | { readonly ok: false; readonly missing: string };

interface Request {
  readonly text: string;
  readonly shapes: Shapes;
  readonly words: ReadonlySet<string>;
  readonly tool: ToolSpec;
  /** Earlier results in words: what "write it to a file" means. */
  readonly earlier: string;
}

/** What earlier steps found out. */
interface Earlier {
  readonly words: string;
  readonly nodes: KnownNodes;
}

export const NOTHING_EARLIER: Earlier = { words: "", nodes: new Map() };

/** Arguments for a tool out of the words of a request. Optional ones are given only where the request speaks of them. */
export function fillArguments(tool: ToolSpec, text: string, { words: earlier, nodes }: Earlier): Filled {
  if (takesNodes(tool)) {
    if (!asksForEdge(text) || statementsIn(text).length > 0)
      return { ok: true, args: graphArguments(tool, text, nodes) };
    return { ok: false, missing: "what to connect, such as: connect Ann to Sparky as works_on" };
  }
  return fillObject(tool.parameters, { text, shapes: shapesIn(text), words: new Set(wordsOf(text)), tool, earlier });
}

function fillObject(schema: JsonObject, request: Request): Filled {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
  const args: JsonObject = {};
  for (const [name, property] of Object.entries(properties)) {
    const own = plainSchema(property);
    const must = required.has(name) && own["default"] === undefined;
    const value = valueFor(name, own, must, request);
    if (value !== undefined) args[name] = value;
    else if (must) return { ok: false, missing: `"${name}"` };
  }
  return { ok: true, args };
}

/** The branch of a union that is easiest to fill. */
function plainSchema(schema: Json): JsonObject {
  if (!isObject(schema)) return {};
  const branches = [schema["anyOf"], schema["oneOf"]].find((list) => Array.isArray(list));
  const branch = branches?.find((one) => isObject(one) && one["type"] !== "null");
  return branch === undefined ? schema : { ...plainSchema(branch), ...schema };
}

function valueFor(name: string, schema: JsonObject, must: boolean, request: Request): Json | undefined {
  if (schema["const"] !== undefined) return must ? schema["const"] : undefined;
  if (Array.isArray(schema["enum"])) return enumValue(schema["enum"], must, request);
  switch (Array.isArray(schema["type"]) ? schema["type"].find((type) => type !== "null") : schema["type"]) {
    case "integer":
    case "number":
      return numberFor(name, must, request);
    case "boolean": {
      const said = wordsOf(name).some((word) => !isStopWord(word) && request.words.has(word));
      return said ? true : must ? false : undefined;
    }
    case "array":
      return must ? arrayFor(name, schema, request) : undefined;
    case "object": {
      if (!must) return undefined;
      const filled = fillObject(schema, request);
      return filled.ok ? filled.args : undefined;
    }
    default:
      return textFor(name, schema, must, request);
  }
}

function enumValue(values: readonly Json[], must: boolean, { words }: Request): Json | undefined {
  const said = values.find((value) => typeof value === "string" && wordsOf(value).every((word) => words.has(word)));
  return said ?? (must ? values[0] : undefined);
}

function numberFor(name: string, must: boolean, { text, shapes }: Request): number | undefined {
  const beside = new RegExp(`\\b${name.replace(/[^\w]/g, "")}\\b\\D{0,4}(-?\\d+(?:\\.\\d+)?)`, "i").exec(text)?.[1];
  if (beside !== undefined) return Number(beside);
  const isCount = /^(limit|count|n|max|top|number|amount)/i.test(name);
  const count = /\b(?:first|top|last|at most|up to)\s+(\d+)|\b(\d+)\s+\p{L}+/iu.exec(text);
  if (isCount && count !== null) return Number(count[1] ?? count[2]);
  return must ? shapes.numbers[0] : undefined;
}

function arrayFor(name: string, schema: JsonObject, request: Request): Json[] | undefined {
  const items = plainSchema(schema["items"] ?? {});
  if (items["type"] === "object") {
    const filled = fillObject(items, request);
    return filled.ok && Object.keys(filled.args).length > 0 ? [filled.args] : undefined;
  }
  const listed =
    request.shapes.quotes.length > 0
      ? [...request.shapes.quotes]
      : subjectOf(request)
          .split(/\s*,\s*(?:and\s+)?|\s+and\s+/i)
          .filter((part) => part !== "");
  if (items["type"] === "number" || items["type"] === "integer") return [...request.shapes.numbers];
  return listed.length === 0 ? undefined : listed;
}

const PATH_NAME = /path|file|folder|directory/i;
const CONTENT_NAME = /^(content|contents|text|body|message|data|value)$/i;

function textFor(name: string, schema: JsonObject, must: boolean, request: Request): string | undefined {
  const { text, shapes, earlier } = request;
  if (/^(url|uri|link|href)$/i.test(name)) return shapes.url ?? undefined;
  if (PATH_NAME.test(name)) {
    const listing = `${name} ${words(schema["description"])} ${request.tool.description}`;
    const folder = /folder|director/i.test(listing) && !must ? folderIn(text) : folderCalled(text);
    return shapes.path ?? folder ?? (must ? invented(request) : undefined);
  }
  if (/zone|^tz$/i.test(name)) return zoneIn(text);
  const beside = new RegExp(`\\b${name.replace(/[^\w]/g, "")}\\s*[:=]\\s*["“]?([^"”,]+)`, "i").exec(text)?.[1]?.trim();
  if (beside !== undefined && !CONTENT_NAME.test(name)) return beside;
  if (!must) return undefined;
  // No words can stand for an id; what is quoted or has a digit in it may be one.
  if (/(?:^|_)id$|Id$/.test(name)) return shapes.quotes[0] ?? /\b(?=\p{L}*\d)[\p{L}\d_-]{4,}\b/u.exec(text)?.[0];
  if (CONTENT_NAME.test(name)) {
    const quote = shapes.quotes.find((one) => one !== shapes.path);
    return quote ?? saidAfter(text) ?? saidBefore(text, shapes.path) ?? orNothing(earlier);
  }
  if (/^(instruction|prompt|task|command|question)s?$/i.test(name))
    return workIn(text) ?? orNothing(subjectOf(request));
  const subject = shapes.quotes[0] ?? subjectOf(request);
  // A parameter may say itself that it can be empty.
  return subject !== "" || /\bempty\b/i.test(words(schema["description"])) ? subject : undefined;
}

function words(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** A name for a file that the request does not name; reading needs a name that exists. */
function invented({ tool }: Request): string | undefined {
  return wordsOf(tool.name).some((word) => likeness(word, "write") > 0) ? "notes.md" : undefined;
}

/** `write to a.md: hello`, `a file that says hello`. */
function saidAfter(text: string): string | undefined {
  const match = /(?:\bsaying|\bthat says|\bcontaining|\bwith (?:the )?(?:text|content|words)|:)\s+(.+)$/is.exec(text);
  return match?.[1] === undefined ? undefined : orNothing(match[1].replace(/\s+(?:to|in|into)\s+\S+\.\w+$/, "").trim());
}

/** `write hello to a.md`; "a poem" and "the results" are not the words to write. */
function saidBefore(text: string, path: string | null): string | undefined {
  const before = path === null ? undefined : text.slice(0, text.indexOf(path));
  const said = /^\s*\p{L}+\s+(.+?)\s+(?:to|in|into)\s+(?:the\s+|a\s+)?(?:file\s+)?$/iu.exec(before ?? "")?.[1];
  return said === undefined || /^(an?|the|some|my|your|our|it|them|this|that|these|those|its|all)\b/i.test(said)
    ? undefined
    : said;
}

/** `add a task to water the plants`, `queue a task: water the plants`. */
function workIn(text: string): string | undefined {
  const quote = shapesIn(text).quotes[0];
  if (quote !== undefined) return quote;
  const match =
    /\b(?:tasks?|jobs?|reminder)\b(?:\s+(?:to|for|that)\b|\s*[:,-])?\s+(.+)$/is.exec(text) ?? /:\s+(.+)$/s.exec(text);
  return match?.[1] === undefined ? undefined : orNothing(match[1].trim());
}

/** The words that say what a request is about: without its verb, the tool's own words and small words. */
function subjectOf({ text, tool }: Pick<Request, "text" | "tool">): string {
  const after = /\b(?:for|about|called|named|of|on)\s+(.+?)[?.!]*$/i.exec(text)?.[1];
  const own = wordsOf(tool.name);
  const mine = (word: string): boolean => wordsOf(word).every((part) => own.some((token) => likeness(part, token) > 0));
  const kept = (after ?? text)
    .split(/\s+/)
    .map((word) => word.replace(/^["“'(]+|["”'),.?!:;]+$/g, ""))
    .filter(
      (word, n) => word !== "" && !isStopWord(word) && !mine(word) && !(n === 0 && after === undefined && isVerb(word)),
    );
  return kept.join(" ");
}

function orNothing(text: string): string | undefined {
  return text === "" ? undefined : text;
}
