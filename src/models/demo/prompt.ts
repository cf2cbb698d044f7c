import type { Json } from "../../core/events.ts";
import { fillArguments, NOTHING_EARLIER } from "./args.ts";
import type { Outcome } from "./conversation.ts";
import { findingsIn } from "./findings.ts";
import { listed } from "./render.ts";
import type { Plan, PlannedCall, Stage } from "./stage.ts";
import { wordsOf } from "./words.ts";
import type { ToolSpec } from "../model.ts";

/** From here on an instruction is a page to follow, not a request to take word for word. */
const PAGE = 300;
const PLAN_TOOL = "plan_update";
const CHANGES = new Set(["add", "write", "update", "delete", "remove", "send", "create", "set", "put", "merge", "run"]);

/**
 * The plan of a prompt that names its tools. A page of prose does not say what to change and how, so of a page only
 * the tools are called that look and need to be told nothing. Null for other instructions.
 */
export function promptPlan(instruction: string, tools: readonly ToolSpec[], outcomes: readonly Outcome[]): Plan | null {
  const named = namedTools(instruction, tools);
  const page = instruction.length > PAGE;
  const inOrder = /\b(then|after that|afterwards|finally)\b/i.test(instruction);
  const wanted = named.filter(({ tool }) => tool.name !== PLAN_TOOL);
  if (wanted.length === 0 || (!page && (named.length < 2 || inOrder))) return null;
  const calls: PlannedCall[] = [];
  const titles: string[] = [];
  const left: ToolSpec[] = [];
  for (const { tool, sentence } of wanted) {
    const filled = fillArguments(tool, page ? "" : sentence, NOTHING_EARLIER);
    if (filled.ok && !(page && (changes(tool) || needs(tool)))) {
      calls.push({ name: tool.name, args: filled.args, because: sentence });
      titles.push(titleOf(tool));
    } else left.push(tool);
  }
  const open = leftInWords(left, outcomes);
  const planned = calls.length > 0 && named.some(({ tool }) => tool.name === PLAN_TOOL);
  const stages = calls.length === 0 ? [] : [calls];
  if (!planned) return { stages, asides: [], open };
  return { stages: [planStage(titles, "doing"), calls, planStage(titles, "done")], asides: [], open };
}

/** What was not done, and why. */
function leftInWords(left: readonly ToolSpec[], outcomes: readonly Outcome[]): readonly string[] {
  if (left.length === 0) return [];
  const names = listed(
    left.map((tool) => `\`${tool.name}\``),
    left.length,
  );
  const checks = outcomes.flatMap(({ ok, value }) => (ok ? (findingsIn(value) ?? []) : []));
  const untouched = left.some(changes) ? "Nothing was changed" : "I stopped here";
  if (checks.length > 0 && checks.every(({ count }) => count === 0)) {
    return [`${untouched}, and nothing needs to be: ${names} had no work to do.`];
  }
  return [`${untouched}: what to give ${names} takes judgement, so that is left for a person or a real model.`];
}

/** The last plan has all done: right after it comes the report, and nothing can be called behind that. */
function planStage(titles: readonly string[], status: "doing" | "done"): Stage {
  const items: Json[] = [...titles, "Report what was found"].map((text, n) => ({
    text,
    status: status === "done" ? "done" : n === 0 ? "doing" : "todo",
  }));
  return [{ name: PLAN_TOOL, args: { items }, because: status === "done" ? "all parts are done" : "keep a plan" }];
}

const LONGEST_TITLE = 80;

/** "Counts the nodes of the graph, in all and by type." → "Count the nodes of the graph". */
function titleOf({ name, description }: ToolSpec): string {
  const clause = /^[^.,:;\n]+/.exec(description.trim())?.[0].trim() ?? "";
  if (clause === "" || clause.length > LONGEST_TITLE || !clause.includes(" ")) return name.replace(/_/g, " ");
  return clause.replace(/^(\w+?(?:ch|sh|ss|x))es\b|^(\w+[^s\W])s\b/, "$1$2");
}

/** Tools whose exact names stand in the text, in order, but for those that it says to leave alone. */
function namedTools(text: string, tools: readonly ToolSpec[]): { tool: ToolSpec; sentence: string; at: number }[] {
  return tools
    .flatMap((tool) => {
      const places = [
        ...text.matchAll(new RegExp(`(?<![\\w-])${tool.name.replace(/[^\w-]/g, "\\$&")}(?![\\w-])`, "g")),
      ];
      const place = places.find(
        ({ index }) => !/\b(not|never|don't|avoid|without)\b[^.\n]{0,40}$/i.test(text.slice(0, index)),
      );
      return place === undefined ? [] : [{ tool, sentence: sentenceAt(text, place.index), at: place.index }];
    })
    .sort((one, other) => one.at - other.at);
}

function sentenceAt(text: string, at: number): string {
  const start = Math.max(text.lastIndexOf("\n", at), text.lastIndexOf(". ", at) + 1) + 1;
  const ends = [text.indexOf("\n", at), text.indexOf(". ", at)].filter((end) => end >= 0);
  return text
    .slice(start, Math.min(text.length, ...ends))
    .replace(/^\s*(?:[-*•]|\d+[.)])\s*/, "")
    .trim();
}

function changes(tool: ToolSpec): boolean {
  return wordsOf(tool.name).some((word) => CHANGES.has(word));
}

function needs(tool: ToolSpec): boolean {
  const required = tool.parameters["required"];
  return Array.isArray(required) && required.length > 0;
}
