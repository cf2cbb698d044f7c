import { shorten } from "../../core/text.ts";
import { toldParts, type ToldPart } from "../../core/told-parts.ts";
import type { EventsPage } from "../../wire/api.ts";
import type { ChatContext } from "../../wire/context.ts";
import type { Client } from "../client/client.ts";
import type { Context } from "../command/context.ts";
import { chatId } from "../command/ids.ts";
import { failureOfCode, usage } from "../console/failure.ts";
import { clean, oneLine, shortId, tokens } from "../console/text.ts";

/** Characters of a part, unless all are wanted. */
const MOST = 160;

export type ContextOptions = { step?: number; at?: number; full?: true };

const MARKS = { text: "", thought: "(thought) ", call: "→ ", result: "← ", file: "[file] " } as const;

export async function showContext(context: Context, args: readonly string[], options: ContextOptions): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const id = await chatId(client, args[0] ?? "");
  if (options.step !== undefined && options.at !== undefined) throw usage("give --step or --at, not both");
  const query = new URLSearchParams();
  if (options.step !== undefined) query.set("step", String(options.step));
  if (options.at !== undefined) {
    const { runId, step } = await stepAt(client, id, options.at);
    query.set("runId", runId);
    query.set("step", String(step));
  }
  const told = await client.request<ChatContext>("GET", `/api/chats/${id}/context?${query}`);
  if (out.json) return out.document(told);
  const line = (text: string): void => out.print(options.full ? clean(text) : shorten(oneLine(text), MOST));
  out.note(headOf(told));
  out.print(`SYSTEM  ${tokens(told.tokens.instructions)}`);
  line(told.instructions);
  out.print("");
  out.print(`TOOLS  ${told.tools.length}, ${tokens(told.tokens.tools)}`);
  for (const { name, description, parameters } of told.tools) {
    line(`${name}  ${description}`);
    if (options.full) line(JSON.stringify(parameters));
  }
  out.print("");
  out.print(`CONVERSATION  ${told.messages.length}, ${tokens(told.tokens.messages)}`);
  for (const { role, content } of told.messages) {
    for (const part of toldParts(content)) line(`${role}  ${partText(part)}`);
  }
}

/** Of an event that a model's step made, or that came of it. */
async function stepAt(client: Client, id: string, seq: number): Promise<{ runId: string; step: number }> {
  const page = await client.request<EventsPage>("GET", `/api/chats/${id}/events?after=${seq - 1}&limit=1`);
  const event = page.events[0];
  if (event?.seq !== seq) throw failureOfCode("not_found", `this chat has no event ${seq}`, "sparky chats show ID");
  const { runId, step } = event;
  if (runId !== null && step !== null) return { runId, step };
  throw usage(
    `event ${seq} is of no step of a model`,
    "take an answer, a thought or a call: sparky chats show ID --json tells the step of each",
  );
}

function headOf({ model, effort, runId, step, tokens: taken, costUsd, leftOut, asSent }: ChatContext): string {
  const cost = costUsd === null || costUsd === 0 ? "" : `, $${costUsd.toFixed(4)}`;
  return [
    runId === null ? "What an answer would begin with now" : `Step ${step} of run ${shortId(runId)}`,
    effort === null ? model : `${model}, effort ${effort}`,
    `about ${tokens(taken.total)}${cost}`,
    ...(leftOut > 0 ? [`${leftOut} left out for want of room`] : []),
    ...(asSent === false ? ["not wholly as it was sent: something was forgotten since, or Sparky was updated"] : []),
  ].join(" · ");
}

const partText = ({ kind, name, text }: ToldPart): string => `${MARKS[kind]}${name === null ? "" : `${name} `}${text}`;
