import { shorten } from "../../core/text.ts";
import type { ToolSpec } from "../model.ts";
import { fillArguments, isObject, type JsonObject } from "./arguments.ts";
import { memoryArguments } from "./remember.ts";
import { partsOf, requestOf, type Request, type Token } from "./request.ts";
import { AMOUNT, CONDITION, isVerb, likeness, LOOK, SMALL, wordsOf } from "./words.ts";

export interface PlannedCall {
  readonly name: string;
  readonly args: JsonObject;
  /** The words of the request that asked for it. */
  readonly because: string;
}

/** The calls that a request asks for, one after the other; or, as a sentence, why it is not understood. */
export type Understood = { readonly calls: readonly PlannedCall[] } | { readonly why: string };

/** More is not read. */
const LONGEST = 4000;
const MOST_CALLS = 20;

/** Of a request with a part that is not understood nothing is done. */
export function understand(instruction: string, tools: readonly ToolSpec[]): Understood {
  if (instruction.length > LONGEST) return { why: `I read ${LONGEST} characters at most` };
  const names = new Set(tools.map(({ name }) => name));
  const whole = callFor(requestOf(instruction, names), tools);
  const parts = partsOf(instruction, names);
  if ("calls" in whole || parts.length < 2) return whole;
  if (parts.length > MOST_CALLS) return { why: `I make ${MOST_CALLS} calls at most` };
  const calls: PlannedCall[] = [];
  for (const part of parts) {
    const one = callFor(requestOf(part, names), tools);
    if ("why" in one) return { why: `in "${short(part)}", ${one.why}` };
    calls.push(...one.calls);
  }
  return { calls };
}

function callFor(request: Request, tools: readonly ToolSpec[]): Understood {
  const fits = tools.flatMap((tool) => fitOf(tool, request)).sort((one, other) => other.score - one.score);
  const [best, second] = fits.filter(({ lacks }) => lacks === "");
  if (best === undefined) return { why: fits[0]?.lacks ?? "no tool of mine fits each word of it" };
  const { tool, args, score } = best;
  if (second?.score === score) return { why: `it may mean \`${tool.name}\` or \`${second.tool.name}\`` };
  if (tool.effect === "read" || !request.asks) return { calls: [{ name: tool.name, args, because: request.text }] };
  return { why: `it may be a question, and \`${tool.name}\` changes things. To have it done, say "${request.text}"` };
}

/** Each word of a request must be the tool's, or of an argument, or mean nothing: what is understood in part is not done. */
function fitOf(tool: ToolSpec, request: Request) {
  const { text, tokens, asks } = request;
  const said = tokens.flatMap((token) => (/^(word|number)$/.test(token.kind) ? [token.text] : []));
  if (CONDITION.test(said.join(" ")) || DEFINITION.test(text)) return [];
  const memory = memoryArguments(tool, text);
  if (memory !== null) return [{ tool, ...memory, lacks: "" }];
  const reads = tool.effect === "read";
  const properties = isObject(tool.parameters["properties"]) ? tool.parameters["properties"] : {};
  const name = wordsOf(tool.name);
  const told = wordsOf(/^[^.!?]*/.exec(tool.description)?.[0] ?? "");
  // Other people name their tools as they like: "echo", "navigate".
  const own = tool.name.startsWith("mcp__") ? wordsOf(tool.name.replace(/^mcp__.*?__/, "")) : null;
  const verbs = [...name.filter(isVerb), ...(own?.slice(0, 1) ?? []), told[0] ?? ""];
  const isMeant = tokens.some((token) => token.text === tool.name);
  const commands = isMeant || verbs.some((verb) => likeness(tokens[0]?.stem ?? "", verb) > 0);
  const { args, taken, lacks } = fillArguments(tool, request, commands || asks);
  // What an argument is called says something where it is given, and is not passed over where it is not.
  const known = new Set([...told, ...[...Object.keys(args), ...lacks].flatMap(wordsOf)]);
  /** What a piece says for the tool; null: the tool has nothing to do with it. */
  const worth = ({ kind, text: piece, stem }: Token): number | null => {
    if (kind === "tool") return piece === tool.name ? 100 : null;
    if (kind !== "word") return kind === "mark" && /^[,.:!?()-]$/.test(piece) ? 0 : null;
    const like = Math.max(...name.map((each) => likeness(stem, each)));
    if (like > 0 || known.has(stem)) return Math.max(like, 1);
    if (SMALL.has(stem) || (isMeant && /^(use|call|run)$/.test(stem))) return 0;
    return reads && (LOOK.has(stem) || (AMOUNT.has(stem) && taken.size === 0)) ? 0 : null;
  };
  const left = tokens.filter((token) => !taken.has(token));
  const worths = left.map(worth);
  const nouns = (reads ? name : [...name, ...told]).filter((word) => !isVerb(word) && !SMALL.has(word));
  const things = left.filter(({ stem }) => !AMOUNT.has(stem));
  const isNamed = things.some(({ stem }) => nouns.some((noun) => likeness(stem, noun) > 0));
  const isShown = isMeant || nouns.length === 0 || [...taken].some(({ kind }) => kind === "path" || kind === "url");
  const isLine = commands && /\b(command|cmd|script)\b/.test([...Object.keys(args), ...lacks].join(" "));
  if (!isShown && !isLine && !isNamed) return [];
  // Nothing is changed by a call that is told nothing of all it could be told.
  if (!reads && Object.keys(properties).length > 0 && taken.size === 0 && lacks.length === 0) return [];
  if (lacks.length === 0 ? worths.includes(null) || !(reads || commands) : !commands) return [];
  // A path says more for a tool that takes one than for a tool that takes any text.
  const onPath = "path" in args && [...taken].some(({ kind }) => kind === "path") ? 3 : 0;
  // Of two that fit alike the one that has fewer words which nobody said.
  const unsaid = own?.filter((word) => !left.some(({ stem }) => likeness(stem, word) > 0)).length ?? 0;
  const score = worths.reduce<number>((sum, each) => sum + (each ?? 0), taken.size + onPath) - unsaid / 100;
  const open = lacks.map((each) => `"${each}"`).join(" and ");
  const why = open === "" ? "" : `\`${tool.name}\` needs ${open}, word for word and in quotes`;
  return [{ tool, score, args, lacks: why }];
}

/** "What is a task?" asks for no list of tasks. */
const DEFINITION = /^(?:what|who)(?:['’]?s| is| are)\s+(?!(?:the|my|our|your|in|on|current)\b|["“`']|\S*[./])/i;

export function firstSentence(text: string): string {
  return short(/^.*?[.!?:](?=\s|$)/s.exec(text)?.[0] ?? text, 150).replace(/:$/, ".");
}

/** In one line, and not too long. */
export const short = (text: string, most = 80): string => shorten(text.replace(/\s+/g, " ").trim(), most);
