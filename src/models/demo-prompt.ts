import type { Json } from "../core/events.ts";
import { fillArguments } from "./demo-args.ts";
import { isObject } from "./demo-json.ts";
import type { Plan, PlannedCall, Stage } from "./demo-stage.ts";
import { wordsOf } from "./demo-words.ts";
import type { ToolSpec } from "./model.ts";

/** From here on an instruction is a page to follow, not a request to take word for word. */
const PAGE = 300;
const PLAN_TOOL = "plan_update";
const CHANGES = new Set(["add", "write", "update", "delete", "remove", "send", "create", "set", "put", "merge", "run"]);

/**
 * The stages of a prompt that names its tools. A page of prose does not say what to change and how, so of a page only
 * the tools are called that look and need to be told nothing. Null for other instructions.
 */
export function promptStages(instruction: string, tools: readonly ToolSpec[]): Plan | null {
  const named = namedTools(instruction, tools);
  const page = instruction.length > PAGE;
  const inOrder = /\b(then|after that|afterwards|finally)\b/i.test(instruction);
  const wanted = named.filter(({ tool }) => tool.name !== PLAN_TOOL);
  if (wanted.length === 0 || (!page && (named.length < 2 || inOrder))) return null;
  const calls: PlannedCall[] = [];
  const open: string[] = [];
  for (const { tool, sentence } of wanted) {
    const filled = fillArguments(tool, page ? "" : sentence, "");
    const leave = page && (changes(tool) || needs(tool));
    if (filled.ok && !leave) calls.push({ name: tool.name, args: filled.args, because: sentence });
    else open.push(`I leave ${tool.name} to a real model: what to give it takes judgement.`);
  }
  const plan = tools.find((tool) => tool.name === PLAN_TOOL);
  if (plan === undefined || !named.some(({ tool }) => tool === plan) || calls.length === 0) {
    return { stages: calls.length === 0 ? [] : [calls], open };
  }
  return { stages: [planStage(calls, "doing"), calls, planStage(calls, "done")], open };
}

function planStage(calls: readonly PlannedCall[], status: "doing" | "done"): Stage {
  const items: Json[] = calls.map((call) => ({ text: title(call), status: status === "done" ? "done" : "todo" }));
  items.push({ text: "Report what was found", status: status === "done" ? "doing" : "todo" });
  const first = items[0];
  if (status === "doing" && isObject(first)) first["status"] = "doing";
  return [{ name: PLAN_TOOL, args: { items }, because: "keep a plan" }];
}

function title(call: PlannedCall): string {
  const text = call.name.replace(/_/g, " ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
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
