import type { ModelMessage } from "ai";
import { chooseTool } from "./demo-choose.ts";
import { clausesOf } from "./demo-clauses.ts";
import { fillArguments } from "./demo-args.ts";
import { readConversation, type Conversation, type Outcome } from "./demo-conversation.ts";
import { promptStages } from "./demo-prompt.ts";
import { answerOf, inWords, smallTalk } from "./demo-say.ts";
import type { Plan, PlannedCall, Stage } from "./demo-stage.ts";
import type { ToolSpec } from "./model.ts";

export type DemoStep =
  | { readonly kind: "calls"; readonly thought: string; readonly calls: Stage }
  | { readonly kind: "answer"; readonly text: string };

/**
 * The demo model's next step: a pure function of the conversation and the tools. Each stage of the plan is asked for
 * once, so a run of n stages has n + 1 steps and always ends.
 */
export function planStep(messages: readonly ModelMessage[], tools: readonly ToolSpec[]): DemoStep {
  const conversation = readConversation(messages);
  const talk = conversation.steps.length === 0 ? smallTalk(conversation.instruction, tools) : null;
  if (talk !== null) return { kind: "answer", text: talk };
  const plan = planOf(conversation, tools);
  const done = stagesDone(plan.stages, conversation.steps);
  const next = plan.stages.find((_, n) => !done.has(n));
  const stuck = done.size > 0 && lastStageFailed(conversation);
  if (next === undefined || stuck) {
    const left = stuck ? plan.stages.filter((_, n) => !done.has(n)).flat() : [];
    return { kind: "answer", text: answerOf(conversation, plan.open, left, tools) };
  }
  return { kind: "calls", thought: thoughtOf(next, conversation, done.size, plan.stages.length), calls: next };
}

function planOf({ instruction, outcomes }: Conversation, tools: readonly ToolSpec[]): Plan {
  return promptStages(instruction, tools) ?? clausePlan(instruction, tools, inWords(outcomes));
}

/** Stands for results while a later stage is only foreseen; its arguments are made anew when its turn comes. */
const TO_COME = "(nothing was found)";

/** More than this is not read clause by clause. */
const LONGEST = 8000;
const MOST_CALLS = 20;

function clausePlan(instruction: string, tools: readonly ToolSpec[], earlier: string): Plan {
  const stages: PlannedCall[][] = [];
  const open: string[] = [];
  if (instruction.length > LONGEST) {
    const length = `${instruction.length} characters`;
    return { stages, open: [`The instruction has ${length}; the demo model reads ${LONGEST} at most.`] };
  }
  let calls = 0;
  const asks = (text: string): boolean => chooseTool(text, tools) !== null;
  for (const { text, later } of clausesOf(instruction, asks)) {
    const choice = chooseTool(text, tools);
    if (choice === null) {
      open.push(`I found no tool for "${text}".`);
      continue;
    }
    const filled = fillArguments(choice.tool, text, earlier === "" && stages.length > 0 ? TO_COME : earlier);
    if (!filled.ok) {
      open.push(`For "${text}" I would use ${choice.tool.name}, but it needs to be told "${filled.missing}".`);
      continue;
    }
    if (calls++ === MOST_CALLS) {
      open.push(`I stopped after ${MOST_CALLS} calls: the request asks for more.`);
      break;
    }
    const call: PlannedCall = { name: choice.tool.name, args: filled.args, because: text };
    const stage = stages.at(-1);
    if (stage === undefined || later) stages.push([call]);
    else if (!stage.some((other) => sameCall(other, call))) stage.push(call);
  }
  return { stages, open };
}

function sameCall(one: PlannedCall, other: PlannedCall): boolean {
  return one.name === other.name && JSON.stringify(one.args) === JSON.stringify(other.args);
}

/** Which stages were asked for, told by the tools' names: arguments may have come from results since. */
function stagesDone(stages: readonly Stage[], steps: Conversation["steps"]): ReadonlySet<number> {
  const done = new Set<number>();
  for (const step of steps) {
    const names = [...step].sort().join(" ");
    const n = stages.findIndex((stage, at) => {
      const planned = stage
        .map((call) => call.name)
        .sort()
        .join(" ");
      return !done.has(at) && planned === names;
    });
    if (n >= 0) done.add(n);
  }
  return done;
}

function lastStageFailed({ steps, outcomes }: Conversation): boolean {
  const last: readonly Outcome[] = outcomes.slice(-(steps.at(-1)?.length ?? 0));
  return last.length > 0 && last.every((outcome) => !outcome.ok);
}

function thoughtOf(stage: Stage, { interrupted }: Conversation, done: number, all: number): string {
  const calls = stage.map((call) => `${call.name} for "${short(call.because)}"`).join(", and ");
  const turn = interrupted ? "There is a new message, so I turn to it. " : "";
  if (done > 0) return `That was part ${done} of ${all}. Next I use ${calls}.`;
  const parts = all > 1 ? `This takes ${all} parts, one after the other. ` : "";
  return `${turn}${parts}I look for tools whose names and descriptions fit, and use ${calls}.`;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
