import type { Json } from "../../core/events.ts";
import { chooserOf } from "./choose.ts";
import type { Conversation, Outcome } from "./conversation.ts";
import { listed } from "./render.ts";
import { joinTold, resultTold, type Told } from "./results.ts";
import { sameCall, type Plan, type PlannedCall } from "./stage.ts";
import type { ToolSpec } from "../model.ts";

/** What the demo model says: always what it is, and only what the tools really returned. */

const NOTE = "_Answered by the demo model's simple rules. Set SPARKY_MODEL for a real model._";

/** Greetings, thanks and questions about itself need no tool. */
export function smallTalk(instruction: string, tools: readonly ToolSpec[]): string | null {
  const text = instruction.trim().replace(/[!?.\s]+$/, "");
  const said = talk(text, tools);
  return said === null ? null : `${said}\n\n${NOTE}`;
}

const GREETING =
  /^(hi|hello|hey|hiya|yo|hallo|moin|good (morning|day|evening|afternoon)|greetings)( there| sparky| agent| again)?$/i;
const ABOUT =
  /^(help|(who|what) are you|(what|which) tools .{0,30}|what can you do|what can (I|you) .{0,20}|how (can|do) (you|I) .{0,20}help.{0,10})$/i;

function talk(text: string, tools: readonly ToolSpec[]): string | null {
  if (text === "") return `There is nothing to do yet: write what you need. ${invitation(tools)}`;
  if (GREETING.test(text)) return `Hello! I am Sparky. ${invitation(tools)}`;
  if (ABOUT.test(text)) return `I am Sparky. ${abilities(tools)}\n\n${invitation(tools)}`;
  if (/^how (are|is) (you|it going|things)( doing)?( today)?$/i.test(text)) {
    return `All is well here. ${invitation(tools)}`;
  }
  if (/^(thanks|thank you|thx|great|ok|okay|good|bye|perfect|nice)( (a lot|very much|you|sparky))?$/i.test(text)) {
    return "You are welcome.";
  }
  return null;
}

/** The end of a run: the results in words, what failed, what is left open. */
export function answerOf(
  { outcomes }: Pick<Conversation, "outcomes">,
  { open, asides }: Pick<Plan, "open" | "asides">,
  left: readonly PlannedCall[],
  tools: readonly ToolSpec[],
): string {
  const said = [joinTold(newsOf(outcomes, asides).map(outcomeTold))].filter((text) => text !== "");
  if (left.length > 0) said.push(`So I did not go on with ${listed(namesOf(left), left.length)}.`);
  said.push(...open);
  if (outcomes.length === 0) {
    if (open.length === 0) said.push("I did not understand what to do.");
    said.push(invitation(tools));
    if (tools.length > 0)
      said.push(
        `My tools are ${listed(
          tools.map(({ name }) => `\`${name}\``),
          MOST_TOOLS,
        )}.`,
      );
  }
  if (said.length === 0) said.push("Done.");
  return `${said.join("\n\n")}\n\n${NOTE}`;
}

function namesOf(calls: readonly PlannedCall[]): readonly string[] {
  return [...new Set(calls.map((call) => call.name))];
}

/** Good results in words: what "write it to a file" writes. */
export function inWords(outcomes: readonly Outcome[], asides: readonly PlannedCall[]): string {
  return joinTold(
    newsOf(outcomes, asides)
      .filter(({ ok }) => ok)
      .map(outcomeTold),
  );
}

/** A plan is shown by itself, and what was only looked up on the way was not asked for. */
function newsOf(outcomes: readonly Outcome[], asides: readonly PlannedCall[]): readonly Outcome[] {
  return outcomes.filter(
    (outcome) => !outcome.ok || (outcome.name !== "plan_update" && !asides.some((aside) => sameCall(aside, outcome))),
  );
}

function outcomeTold({ name, ok, value }: Outcome): Told {
  return ok ? resultTold(name, value) : { kind: "text", lines: [`${name} failed: ${errorText(value)}`] };
}

function errorText(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 500 ? `${text.slice(0, 499)}…` : text;
}

const MOST_TOOLS = 20;

function abilities(tools: readonly ToolSpec[]): string {
  if (tools.length === 0) return "No tools are set up, so all I can do here is talk.";
  const lines = tools
    .slice(0, MOST_TOOLS)
    .map(({ name, description }) => `- \`${name}\`: ${firstSentence(description)}`);
  const more = tools.length > MOST_TOOLS ? `\n- and ${tools.length - MOST_TOOLS} more` : "";
  return `These are my tools:\n\n${lines.join("\n")}${more}`;
}

/** Requests that show what an agent is for; offered where a tool fits. */
const EXAMPLES = [
  "Check knowledge graph stats",
  "Remember that Ann works on Sparky",
  "Write 'hello' to notes/a.txt, then list the files in notes",
  "What time is it in Tokyo?",
  "Add a task to check the graph for duplicates",
];
const OFFERED = 3;

/** Things to try with the tools that there are. */
function invitation(tools: readonly ToolSpec[]): string {
  const choose = chooserOf(tools);
  const tries = EXAMPLES.filter((example) => choose(example) !== null).map((example) => `- ${example}`);
  if (tries.length < OFFERED) {
    tries.push(...tools.map(({ name, description }) => `- \`${name}\`: ${firstSentence(description)}`));
  }
  return tries.length === 0 ? abilities(tools) : `Things to try:\n\n${tries.slice(0, OFFERED).join("\n")}`;
}

function firstSentence(text: string): string {
  const sentence = /^.*?(?:[.!?]|(?<=.{20}):)(?=\s|$)/s.exec(text)?.[0] ?? text;
  return sentence.replace(/\s+/g, " ").replace(/:$/, ".").trim();
}
