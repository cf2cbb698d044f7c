import type { Json } from "../../core/events.ts";
import type { ToolSpec } from "../model.ts";
import { isGeneric, isStopWord, isVerb, likeness, wordsOf } from "./words.ts";
import { shapesIn, type Shapes } from "./shapes.ts";

interface Choice {
  readonly tool: ToolSpec;
  readonly score: number;
}

/** Below this a tool has hardly a word in common with the request. */
const ENOUGH = 1.4;

type Chooser = (text: string) => Choice | null;

/** Finds the tool that fits a request best, by its name, its description and its parameters; null when none fits. */
export function chooserOf(tools: readonly ToolSpec[]): Chooser {
  const known = tools.map(wordedTool);
  const rare = rarity(known);
  const search = known.find(({ tool }) => searchParameter(tool) !== undefined);
  const choose: Chooser = (text) => {
    const named = known.find(({ exactly }) => exactly?.test(text));
    if (named !== undefined) return { tool: named.tool, score: 100 };
    // "Add a task to check the stats" asks for a task.
    const head = /^(.*?\b(?:task|job|reminder)s?\b)(?=\s+(?:to|that|for)\b)|^([^:"]+)(?=:\s)/is.exec(text)?.[0];
    const chosen = head === undefined ? null : choose(head);
    if (chosen !== null) return chosen;
    if (search !== undefined && asksAbout(text)) return { tool: search.tool, score: ENOUGH };
    const request = requestIn(text);
    let best: Choice | null = null;
    for (const worded of known) {
      const score = scoreOf(request, worded, rare);
      if (score >= ENOUGH && (best === null || score > best.score + 1e-9)) best = { tool: worded.tool, score };
    }
    return best ?? (search !== undefined && asksOfName(text) ? { tool: search.tool, score: ENOUGH } : null);
  };
  return choose;
}

interface WordedTool {
  readonly tool: ToolSpec;
  readonly name: readonly string[];
  readonly description: ReadonlySet<string>;
  readonly parameters: ReadonlySet<string>;
  /** Finds the name as it is; null for a name that is an ordinary word. */
  readonly exactly: RegExp | null;
}

function wordedTool(tool: ToolSpec): WordedTool {
  return {
    tool,
    name: wordsOf(tool.name),
    description: new Set(wordsOf(tool.description)),
    parameters: new Set(parameterNames(tool).flatMap((parameter) => wordsOf(parameter))),
    exactly: /^\p{L}+$/u.test(tool.name) ? null : new RegExp(`(?<![\\w-])${escaped(tool.name)}(?![\\w-])`, "i"),
  };
}

/** "Who is Ann?", "what do you know about trains". */
function asksAbout(text: string): boolean {
  return (
    /^(who|what) (is|are|was|were) (\p{Lu}|")/u.test(lowerFirst(text)) ||
    /^(what do (you|we) know|(tell|show)( me)?( all| everything| more| something)?) about /i.test(text) ||
    // "List all nodes": no file or task is one.
    /^(list|show)( me)?( all| every| the| my)* (nodes|entities|people|memories)\b/i.test(text)
  );
}

/** "What does Ann like?", "where does Bob live" */
function asksOfName(text: string): boolean {
  return (
    /^(?:who|whom|what|where|which|when|does|do|is|are|was|has)\s[^]*\s(?!I\b)\p{Lu}/u.test(lowerFirst(text)) &&
    text.length < 200
  );
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** The parameter that takes the words to look for; undefined for a tool that does not search. */
export function searchParameter(tool: ToolSpec): string | undefined {
  return wordsOf(tool.name).some((word) => likeness("search", word) > 0)
    ? parameterNames(tool).find((name) => /^(q|query|search|text|keywords?)$/i.test(name))
    : undefined;
}

interface Request {
  readonly text: string;
  readonly words: readonly string[];
  readonly shapes: Shapes;
  /** It begins with no verb: it may be a fact. */
  readonly stated: boolean;
}

function requestIn(text: string): Request {
  const shapes = shapesIn(text);
  const words = [...new Set(wordsOf(wordsOnly(text, shapes)))].filter((word) => !isStopWord(word));
  return { text, words, shapes, stated: !isVerb(/^\s*(\p{L}*)/u.exec(text)?.[1] ?? "") };
}

function scoreOf(request: Request, worded: WordedTool, rare: (word: string) => number): number {
  const { text, words, shapes, stated } = request;
  const { tool, name, description, parameters } = worded;
  let score = 0;
  let inName = false;
  for (const word of words) {
    const weight = isGeneric(word) ? 0.4 : 1;
    const hits = name.map((token) => likeness(word, token) * rare(token));
    const best = Math.max(0, ...hits);
    if (best > 0) inName = true;
    score += weight * (best > 0 ? 3 * best : description.has(word) ? 0.6 : parameters.has(word) ? 0.4 : 0);
  }
  // The shape of what the request holds speaks for the tools that take such a thing.
  if (inName || words.length <= 3 || stated) {
    if (shapes.statements.length > 0 && hasParameter(tool, /^(nodes|entities|edges|relations)$/i)) score += 1.5;
    if (!inName && words.length > 3) return score - 0.1 * required(tool).length;
    const runs = /^\s*(?:please\s+)?(?:run|execute)\b/i.test(text) && shapes.quotes.length > 0;
    if (runs && hasParameter(tool, /^(command|cmd|script)$/i)) score += 2;
    if (shapes.url !== null && hasParameter(tool, /^(url|uri|link|href)$/i)) score += 2;
    const path = parameterNames(tool).find((parameter) => /^(path|file|filename|file_?path)$/i.test(parameter));
    // A tool that can do without a path may be given a folder, one that cannot needs a file.
    const isFile = /\.\w+$/.test(shapes.path ?? "");
    if (shapes.path !== null && path !== undefined) score += required(tool).includes(path) === isFile ? 1.6 : 0.8;
  }
  // Of two that fit alike, the one that must be told less.
  return score - 0.1 * required(tool).length;
}

/** A word in one tool's name tells more than a word in five. */
function rarity(tools: readonly WordedTool[]): (word: string) => number {
  const counts = new Map<string, number>();
  for (const { name } of tools) {
    for (const word of new Set(name)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return (word) => 1 / Math.sqrt(counts.get(word) ?? 1);
}

function parameterNames(tool: ToolSpec): readonly string[] {
  const properties = tool.parameters["properties"];
  return typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
}

function hasParameter(tool: ToolSpec, pattern: RegExp): boolean {
  return parameterNames(tool).some((name) => pattern.test(name));
}

function required(tool: ToolSpec): readonly Json[] {
  const names = tool.parameters["required"];
  return Array.isArray(names) ? names : [];
}

/** Without what is quoted, addresses and file names: their words are not the request's. */
function wordsOnly(text: string, { url, path }: Shapes): string {
  const plain = text.replace(/"[^"]*"|“[^”]*”|`[^`]*`/g, " ");
  return [url, path].reduce<string>((rest, shape) => (shape === null ? rest : rest.replaceAll(shape, " ")), plain);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
