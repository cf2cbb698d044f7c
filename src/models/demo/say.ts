import type { Json } from "../../core/events.ts";
import { shorten } from "../../core/text.ts";
import type { ToolSpec } from "../model.ts";
import { isObject } from "./arguments.ts";
import { firstSentence, short, understand, type PlannedCall } from "./choose.ts";
import type { Outcome } from "./conversation.ts";
import { recalledInWords } from "./recalled.ts";
import { wordsIn } from "./words.ts";

/** What the demo model says: always what it is, and only what the tools really returned. */

const REAL_MODEL =
  "_I am the demo model: plain rules, no language model. For a real one: `sparky config set OPENAI_API_KEY` (or " +
  "`ANTHROPIC_API_KEY`, `GEMINI_API_KEY`: it asks for the key), or `sparky config set SPARKY_MODEL ollama/MODEL` " +
  "(`sparky models list` finds local servers). It answers from your next message on._";

const GREETING =
  /^(?:(?:hi|hello|hey|hallo|moin|namaste|good (?:morning|day|evening|afternoon)|thanks|thank you|ok|okay|bye|help|(?:who|what) are you|what can (?:you|i) (?:do|ask|try)|how can you help(?: me)?|test)\b(?:,? (?:there|sparky|agent|here|now)\b)?[\s.!?,]*)*$/i;

const EXAMPLES = (
  'Check knowledge graph stats|Remember that Alice is a person|Write "hello" to notes/a.txt, then read notes/a.txt|' +
  "What time is it?|Add a task to check the graph"
).split("|");

/** A greeting, thanks, a call for help, or nothing. */
export const isGreeting = (instruction: string): boolean => GREETING.test(instruction);

/** "I am the demo model; this is what I can do", after a word on what was said. */
export function introduction(lead: string, tools: readonly ToolSpec[]): string {
  const can = bullets(tools.map(({ name, description }) => `\`${name}\`: ${firstSentence(description)}`));
  const tries = EXAMPLES.filter((example) => "calls" in understand(example, tools)).map((example) => `> ${example}`);
  const what =
    can === "" ? "No tools are set up: I can do nothing." : "What I can do is call these tools, on a plain command:";
  return [lead, what, can, tries.join("\n>\n"), REAL_MODEL].filter((part) => part !== "").join("\n\n");
}

/** The end of a run: the results in words, what failed, what was not done. */
export function report(outcomes: readonly Outcome[], left: readonly PlannedCall[], judged: readonly string[]): string {
  const told = outcomes.filter(({ ok, name }) => !ok || name !== "plan_update").map(outcomeInWords);
  if (left.length > 0) told.push(`So I did not go on with ${listed([...new Set(left.map(({ name }) => name))])}.`);
  if (judged.length > 0)
    told.push(`Nothing was changed: what to give ${listed(judged)} takes judgement, as people have it.`);
  return `${told.join("\n\n")}\n\n${REAL_MODEL}`;
}

const MOST_TEXT = 2000;
const MOST_ROWS = 20;

/** A result: first what fits into a line, then texts, lists and objects, each by itself. */
function outcomeInWords({ name, ok, value }: Outcome): string {
  if (!ok) return `${name} failed: ${line(value)}`;
  const recalled = name === "recall" ? recalledInWords(value) : null;
  if (recalled !== null) return recalled;
  if (!isObject(value)) return `${name}: ${below(value)}`;
  const { leftOut, ...given } = value;
  const entries = Object.entries(given).filter(([, one]) => one !== null && one !== "");
  const stands = ([, one]: readonly [string, Json]): boolean => typeof one === "object" || /\n/.test(String(one));
  const head = entries.filter((entry) => !stands(entry)).map(([key, one]) => pair(key, one));
  const rest = entries.filter(stands).map(([key, one]) => `${labelOf(key)}: ${below(one)}`);
  const more = typeof leftOut === "string" ? [leftOut] : [];
  return [`${name}: ${head.length > 0 ? listed(head) : "done"}.`, ...rest, ...more].join("\n\n");
}

function below(value: Json): string {
  if (Array.isArray(value) && value.length > 0) return `${value.length}\n\n${bullets(value.map((one) => line(one)))}`;
  if (typeof value !== "string" || !value.includes("\n")) return line(value);
  const text = shorten(value, MOST_TEXT);
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return `\n\n${fence}\n${text.replace(/\n$/, "")}\n${fence}`;
}

/** Anything in one line; what lies deep in it is left out. */
function line(value: Json, depth = 0): string {
  const items = Array.isArray(value) ? value.slice(0, 5).map((one) => (depth > 3 ? "…" : line(one, depth + 1))) : null;
  if (items !== null) return items.join("; ") || "none";
  if (!isObject(value)) return value === "" || value === null ? "nothing" : short(String(value), 200);
  const { name, ...more } = value;
  const pairs = Object.entries(more).filter(([key, one]) => one !== null && one !== "" && !/^id$|Id$/.test(key));
  const told = pairs.slice(0, 8).map(([key, one]) => (depth > 3 ? "…" : pair(key, one, depth + 1)));
  return typeof name === "string" ? `**${short(name)}** ${told.join(", ")}`.trim() : told.join(", ") || "none";
}

/** `nodes: 2` → `2 nodes`. */
function pair(key: string, value: Json, depth = 0): string {
  const label = labelOf(key);
  if (typeof value !== "number" || !/[a-z]s$/.test(key)) return `${label} ${line(value, depth)}`;
  return `${value} ${value === 1 ? label.slice(0, -1) : label}`;
}

function bullets(lines: readonly string[]): string {
  const more = lines.length > MOST_ROWS ? [`and ${lines.length - MOST_ROWS} more`] : [];
  return [...lines.slice(0, MOST_ROWS), ...more].map((text) => `- ${text}`).join("\n");
}

/** `nodeTypes` → `node types`. */
const labelOf = (key: string): string => wordsIn(key).join(" ").toLowerCase();

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}
