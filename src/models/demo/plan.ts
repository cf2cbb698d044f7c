import type { ModelMessage } from "ai";
import { readConversation, type Conversation, type Outcome } from "./conversation.ts";
import { clausePlan } from "./clause-plan.ts";
import { promptPlan } from "./prompt.ts";
import { answerOf, smallTalk } from "./say.ts";
import type { Plan, Stage } from "./stage.ts";
import type { ToolSpec } from "../model.ts";

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
    return { kind: "answer", text: answerOf(conversation, plan, left, tools) };
  }
  return { kind: "calls", thought: thoughtOf(next, conversation, done.size, plan.stages.length), calls: next };
}

function planOf({ instruction, outcomes }: Conversation, tools: readonly ToolSpec[]): Plan {
  return promptPlan(instruction, tools, outcomes) ?? clausePlan(instruction, tools, outcomes);
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
  const reasons = Map.groupBy(stage, (call) => short(call.because));
  const uses = [...reasons].map(([reason, calls]) => `${calls.map((call) => call.name).join(" and ")} for "${reason}"`);
  const calls = uses.join(", and ");
  const turn = interrupted ? "There is a new message, so I turn to it. " : "";
  if (done > 0) return `That was part ${done} of ${all}. Next I use ${calls}.`;
  const parts = all > 1 ? `This takes ${all} parts, one after the other. ` : "";
  return `${turn}${parts}I look for tools whose names and descriptions fit, and use ${calls}.`;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
