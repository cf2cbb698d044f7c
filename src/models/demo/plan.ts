import type { ModelMessage } from "ai";
import type { ToolSpec } from "../model.ts";
import { firstSentence, short, understand, type PlannedCall } from "./choose.ts";
import { readConversation, TOOL_CALL, TOOL_SEARCH } from "./conversation.ts";
import { introduction, isGreeting, report } from "./say.ts";
import { foundTools, searchFor, throughOne } from "./search.ts";

/**
 * The next step, a pure function of the conversation and the tools: a thought and its calls, or the last words. Each stage is
 * asked for once, so a run of n stages has n + 1 steps and always ends. `why`: it did nothing, and this is why.
 */
export function planStep(messages: readonly ModelMessage[], told: readonly ToolSpec[]) {
  const { instruction, hasFiles, steps: all, outcomes: came } = readConversation(messages);
  const outcomes = came.filter(({ name, ok }) => name !== TOOL_SEARCH || !ok);
  const hasSearched = came.some(({ name }) => name === TOOL_SEARCH);
  const steps = hasSearched ? all - 1 : all;
  const found = foundTools(came);
  const tools = [...told.filter(({ name }) => name !== TOOL_SEARCH && name !== TOOL_CALL), ...found];
  const unread = hasFiles ? "I cannot read what you sent along.\n\n" : "";
  const answer = (text: string, why: string | null = null) => {
    return { text: unread + text, calls: [] as readonly PlannedCall[], why };
  };
  if (isGreeting(instruction)) return answer(introduction("Hello!", tools));
  const page = followed(instruction, tools);
  const understood = page === null ? understand(instruction, tools) : { calls: [] };
  if ("why" in understood) {
    const search = hasSearched || !told.some(({ name }) => name === TOOL_SEARCH) ? null : searchFor(instruction);
    if (search === null) {
      return answer(introduction(`I cannot do that, and did nothing: ${understood.why}.`, tools), understood.why);
    }
    const text = "None of the tools that I was told of fits, so I search among the others.";
    return { text, calls: [search], why: null };
  }
  const stages = page?.stages ?? understood.calls.map((call) => [call]);
  const calls = stages[steps];
  const isStuck = page === null && outcomes.at(-1)?.ok === false;
  if (calls === undefined || isStuck) return answer(report(outcomes, stages.slice(steps).flat(), page?.left ?? []));
  const used = `use ${calls.map(({ name }) => name).join(" and ")} for "${short(calls[0]?.because ?? "")}"`;
  const part = stages.length > 1 ? `This is part ${steps + 1} of ${stages.length}. ` : "";
  const text = `${part}I look for a tool whose name, description and arguments fit, and ${used}.`;
  return { text, calls: calls.map((call) => throughOne(call, found)), why: null };
}

const PLAN_TOOL = "plan_update";
/** From here on an instruction is a page to follow, not a request to take word for word. */
const PAGE = 300;

/**
 * A page of prose that names its tools, such as the prompt of smart_maintenance. It does not say word for word what to change,
 * so only the tools are called that look and need to be told nothing; `left` are the others. Null: it is no such page.
 */
function followed(instruction: string, tools: readonly ToolSpec[]) {
  if (instruction.length < PAGE || instruction.includes("?")) return null;
  const placeOf = ({ name }: ToolSpec): number =>
    instruction.search(
      new RegExp(`(?<!\\b(?:not|never|without) [^.\\n]{0,40})(?<![\\w-])${name.replace(/\W/g, "\\$&")}(?![\\w-])`),
    );
  const places = tools.map((tool) => ({ tool, at: placeOf(tool) })).filter(({ at }) => at >= 0);
  const named = places.sort((one, other) => one.at - other.at).map(({ tool }) => tool);
  const looks = named.filter(({ effect, parameters: { required } }) => {
    return effect === "read" && !(Array.isArray(required) && required.length > 0);
  });
  if (looks.length === 0) return null;
  const calls = looks.map(({ name }) => ({ name, args: {}, because: `the instruction names ${name}` }));
  const left = named.filter((tool) => tool.name !== PLAN_TOOL && !looks.includes(tool)).map(({ name }) => name);
  if (!named.some(({ name }) => name === PLAN_TOOL)) return { stages: [calls], left };
  const titles = [...looks.map(({ description }) => firstSentence(description)), "Report what was found"];
  const plan = (status: (n: number) => string): readonly PlannedCall[] => {
    const items = titles.map((text, n) => ({ text, status: status(n) }));
    return [{ name: PLAN_TOOL, args: { items }, because: "keep a plan" }];
  };
  // The last plan has all done: right after it comes the report, and nothing can be called behind that.
  return { stages: [plan((n) => (n === 0 ? "doing" : "todo")), calls, plan(() => "done")], left };
}
