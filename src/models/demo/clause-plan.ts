import { fillArguments } from "./args.ts";
import { chooserOf, searchParameter } from "./choose.ts";
import { clausesOf } from "./clauses.ts";
import type { Outcome } from "./conversation.ts";
import { knownNodes, lookupTool, takesNodes } from "./graph.ts";
import { inWords } from "./say.ts";
import { sameCall, type Plan, type PlannedCall } from "./stage.ts";
import { statementsIn } from "./statements.ts";
import type { ToolSpec } from "../model.ts";

/** Stands for results while a later stage is only foreseen; its arguments are made anew when its turn comes. */
const TO_COME = "(nothing was found)";

/** More than this is not read clause by clause. */
const LONGEST = 8000;
const MOST_CALLS = 20;
const MOST_LOOKUPS = 6;

/**
 * One call for each thing that a request asks for. Which calls there are follows from the request alone, so that the
 * plan stays the same while it is worked on; only their arguments may come from results.
 */
export function clausePlan(instruction: string, tools: readonly ToolSpec[], outcomes: readonly Outcome[]): Plan {
  const stages: PlannedCall[][] = [];
  const asides: PlannedCall[] = [];
  const open: string[] = [];
  if (instruction.length > LONGEST) {
    const length = `${instruction.length} characters`;
    open.push(`The instruction has ${length}; the demo model reads ${LONGEST} at most.`);
    return { stages, asides, open };
  }
  /** Names that the request has spoken of before, the latest last. */
  const told = new Set<string>();
  let calls = 0;
  const choose = chooserOf(tools);
  for (const { text: said, later } of clausesOf(instruction, (piece) => choose(piece) !== null)) {
    const text = withNames(said, [...told]);
    const choice = choose(text);
    if (choice === null) {
      open.push(`I found no tool for "${text}".`);
      continue;
    }
    const { tool } = choice;
    const words = inWords(outcomes, asides);
    const earlier = { words: words === "" && stages.length > 0 ? TO_COME : words, nodes: knownNodes(tool, outcomes) };
    const filled = fillArguments(tool, text, earlier);
    if (!filled.ok) {
      open.push(`For "${text}" I would use ${tool.name}, but it needs to be told ${filled.missing}.`);
      continue;
    }
    if (calls++ === MOST_CALLS) {
      open.push(`I stopped after ${MOST_CALLS} calls: the request asks for more.`);
      break;
    }
    const names = takesNodes(tool) ? namesIn(text) : { all: [], ends: [] };
    const unknown = names.ends.filter((name) => !told.has(name));
    const back = unknown.length < names.ends.length;
    const lookups = lookupsOf(tool, unknown.slice(0, MOST_LOOKUPS), tools);
    for (const name of names.all) {
      told.delete(name);
      told.add(name);
    }
    const query = filled.args[searchParameter(tool) ?? ""];
    if (typeof query === "string") told.add(query);
    const call: PlannedCall = { name: tool.name, args: filled.args, because: text };
    asides.push(...lookups);
    if (lookups.length > 0) stages.push([...lookups]);
    const stage = stages.at(-1);
    if (stage === undefined || later || back || lookups.length > 0) stages.push([call]);
    else if (!stage.some((other) => sameCall(other, call))) stage.push(call);
  }
  return { stages, asides, open };
}

/** The nodes that statements speak of; of `ends` they do not say what they are. */
function namesIn(text: string): { readonly all: readonly string[]; readonly ends: readonly string[] } {
  const statements = statementsIn(text);
  const links = statements.filter(({ relation }) => relation !== "is_a");
  const said = statements.filter(({ relation }) => relation === "is_a").map(({ source }) => source);
  const ends = [...new Set(links.flatMap(({ source, target }) => [source, target]))];
  return { all: [...said, ...ends], ends: ends.filter((name) => !said.includes(name)) };
}

/** What an edge leads to may be in the graph already, under a type that the request does not say. */
function lookupsOf(tool: ToolSpec, names: readonly string[], tools: readonly ToolSpec[]): readonly PlannedCall[] {
  const search = lookupTool(tool, tools);
  const parameter = search === undefined ? undefined : searchParameter(search);
  if (search === undefined || parameter === undefined) return [];
  return names.map((name) => ({ name: search.name, args: { [parameter]: name }, because: `is ${name} known?` }));
}

/** "Connect them as friends": the two that were spoken of last. */
function withNames(text: string, told: readonly string[]): string {
  const [one, other] = told.slice(-2);
  if (one === undefined || other === undefined) return text;
  return text.replace(/^(connect|link|relate|join)\s+(?:them|both|the two|these)\b/i, `$1 "${one}" and "${other}"`);
}
