import type { Json } from "../core/events.ts";
import type { Conversation, Outcome } from "./demo-conversation.ts";
import { resultInWords } from "./demo-render.ts";
import type { PlannedCall } from "./demo-stage.ts";
import type { ToolSpec } from "./model.ts";

/** What the demo model says: always what it is, and only what the tools really returned. */

const NOTE =
  "_This is the offline demo model: it follows simple rules. For a real one set SPARKY_MODEL and its key, " +
  "for example OPENAI_API_KEY, and start again._";

/** Greetings, thanks and questions about itself need no tool. */
export function smallTalk(instruction: string, tools: readonly ToolSpec[]): string | null {
  const text = instruction.trim().replace(/[!?.\s]+$/, "");
  if (text === "") return `There is nothing to do yet: write what you need.\n\n${abilities(tools)}\n\n${NOTE}`;
  if (/^(hi|hello|hey|hallo|good (morning|day|evening|afternoon))( there| sparky| agent)?$/i.test(text)) {
    return `Hello! I am Sparky, running on the built-in demo model.\n\n${abilities(tools)}\n\n${NOTE}`;
  }
  if (
    /^(help|(who|what) are you|(what|which) tools .{0,30}|what can you do|what can (I|you) .{0,20}|how (can|do) (you|I) .{0,20}help.{0,10})$/i.test(
      text,
    )
  ) {
    return `I am Sparky. ${abilities(tools)}\n\n${NOTE}`;
  }
  if (/^how (are|is) (you|it going|things)( doing)?( today)?$/i.test(text)) {
    return `All is well here. ${abilities(tools)}\n\n${NOTE}`;
  }
  if (/^(thanks|thank you|thx|great|ok|okay|good|bye|perfect|nice)( (a lot|very much|you|sparky))?$/i.test(text)) {
    return `You are welcome.\n\n${NOTE}`;
  }
  return null;
}

/** The end of a run: the results in words, what failed, what is left open. */
export function answerOf(
  { outcomes }: Conversation,
  open: readonly string[],
  left: readonly PlannedCall[],
  tools: readonly ToolSpec[],
): string {
  const said = [...new Set(outcomes.filter(isNews).map(outcomeInWords))];
  if (left.length > 0) said.push(`So I did not go on with ${left.map((call) => call.name).join(", ")}.`);
  said.push(...open);
  if (outcomes.length === 0) {
    if (open.length === 0) said.push("I did not understand what to do.");
    said.push(abilities(tools));
  }
  if (said.length === 0) said.push("Done.");
  return `${said.join("\n\n")}\n\n${NOTE}`;
}

/** Good results in words: what "write it to a file" writes. */
export function inWords(outcomes: readonly Outcome[]): string {
  return outcomes
    .filter((outcome) => outcome.ok && isNews(outcome))
    .map(outcomeInWords)
    .join("\n\n");
}

/** A plan is shown by itself; repeating it is noise. */
function isNews(outcome: Outcome): boolean {
  return !outcome.ok || outcome.name !== "plan_update";
}

function outcomeInWords({ name, ok, value }: Outcome): string {
  return ok ? resultInWords(name, value) : `${name} failed: ${errorText(value)}`;
}

function errorText(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 500 ? `${text.slice(0, 499)}…` : text;
}

function abilities(tools: readonly ToolSpec[]): string {
  if (tools.length === 0) return "No tools are set up, so all I can do here is talk.";
  const lines = tools.slice(0, 20).map(({ name, description }) => `- \`${name}\`: ${firstSentence(description)}`);
  const more = tools.length > 20 ? `\n- and ${tools.length - 20} more` : "";
  return `With these tools I can help, for example "Check knowledge graph stats":\n${lines.join("\n")}${more}`;
}

function firstSentence(text: string): string {
  const sentence = /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
  return sentence.replace(/\s+/g, " ").trim();
}
