import type { ChatEvent, EventOf } from "../../core/events.ts";
import type { Chat, EventsPage, MessageAccepted } from "../../wire/api.ts";
import type { Client } from "../client/client.ts";
import type { Context } from "../command/context.ts";
import { Failure } from "../console/failure.ts";
import { uploadFiles } from "../command/files.ts";
import { checkWords, wordsFrom, type PromptOptions } from "../command/prompt-words.ts";
import { endsWork } from "../command/follow.ts";
import { chatId } from "../command/ids.ts";
import { chosenEffort, chosenModel, type EffortWord } from "../command/model.ts";
import { untilInterrupted } from "../console/interrupt.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { createLogPrinter } from "../command/log-lines.ts";
import { createReplyPrinter } from "./reply.ts";
import { shortId } from "../console/text.ts";

export type SendOptions = PromptOptions & {
  chat?: string;
  model?: string;
  effort?: EffortWord;
  file?: readonly string[];
};

export async function sendMessage(context: Context, args: readonly string[], options: SendOptions): Promise<ExitCode> {
  const { io, out } = context;
  checkWords(args[0], options, "message", "sparky chat send");
  const client = await context.client("server");
  const text = await wordsFrom(client, args[0], options);
  const attachments = await uploadFiles(client, out, options.file);
  const known = options.chat === undefined ? null : await chatId(client, options.chat);
  const chat = await chatWith(client, known, options);
  const sent = await client.request<MessageAccepted>("POST", `/api/chats/${chat}/messages`, {
    text,
    key: crypto.randomUUID(),
    ...(attachments.length > 0 && { attachments }),
  });
  if (options.chat === undefined) out.note(`chat ${out.terminal ? shortId(chat) : chat}`);
  const end = await untilInterrupted(io, (signal) => showRun(context, client, chat, sent, signal));
  if (end === null) {
    out.note(`The agent goes on. Stop it: sparky chats stop ${shortId(chat)}`);
    return EXIT.interrupted;
  }
  if (end === undefined || end.data.state === "completed") return EXIT.ok;
  out.failure(
    new Failure(
      EXIT.workFailed,
      end.data.state,
      `the answer has ${end.data.state}: ${end.data.message}`,
      `sparky open`,
    ),
  );
  return EXIT.workFailed;
}

/** The chat, or a new one, with this model and this effort from now on. */
export async function chatWith(
  client: Pick<Client, "request">,
  known: string | null,
  { model, effort }: { model?: string; effort?: EffortWord },
): Promise<string> {
  const patch = {
    ...(model !== undefined && { model: chosenModel(model) }),
    ...(effort !== undefined && { effort: chosenEffort(effort) }),
  };
  const chosen = Object.entries(patch);
  if (known === null) {
    const own = Object.fromEntries(chosen.filter(([, value]) => value !== null));
    return (await client.request<Chat>("POST", "/api/chats", own)).id;
  }
  if (chosen.length > 0) await client.request<Chat>("PATCH", `/api/chats/${known}`, patch);
  return known;
}

/** Shows the run that read the message until it ends; gives its last status. */
async function showRun(
  context: Context,
  client: Client,
  chat: string,
  sent: MessageAccepted,
  signal: AbortSignal,
): Promise<EventOf<"status"> | undefined> {
  const { io, out } = context;
  const reply = createReplyPrinter(out);
  const others = createLogPrinter(out, io.stderr.columns, "notes");
  let { runId } = sent;
  const ticking = setInterval(() => (reply.isOpen ? undefined : others.tick(io.now())), 1000);
  try {
    for await (const watched of context.watch({ chatId: chat, after: sent.seq, deltas: out.terminal, signal })) {
      if (watched.kind === "delta" && watched.delta.runId === runId) reply.delta(watched.delta);
      if (watched.kind === "progress") others.progress(watched.progress);
      if (watched.kind === "lost" && !reply.isOpen) out.progress("… reconnecting");
      if (watched.kind !== "event" || watched.event.runId !== runId) continue;
      const { event } = watched;
      if (out.json) out.document(event);
      else if (!reply.event(event) && isWorthSaying(event)) {
        reply.breakLine();
        others.event(event);
        if (event.type === "approval" && event.data.state === "requested") {
          const id = out.terminal ? shortId(event.data.approvalId) : event.data.approvalId;
          out.note(`  answer it: sparky approvals approve ${id}, or sparky approvals deny ${id}`);
        }
      }
      if (event.type !== "status" || endsWork(event) !== true) continue;
      const next = event.taskId === null ? null : await turnAfter(client, event);
      if (next === null) return event;
      runId = next;
    }
    return undefined;
  } finally {
    clearInterval(ticking);
    reply.breakLine();
    out.progress(null);
  }
}

/** A task's run that ended before it could read the message has left it, in the same commit, to a turn of its own. */
async function turnAfter(client: Client, { chatId, seq }: ChatEvent): Promise<string | null> {
  const page = await client.request<EventsPage>("GET", `/api/chats/${chatId}/events?after=${seq}&limit=1`);
  const [next] = page.events;
  const isTurn = next?.type === "status" && next.data.state === "queued" && next.taskId === null;
  return isTurn ? next.runId : null;
}

/** Of a turn's own life only what is unusual; its words are on stdout already. */
function isWorthSaying(event: ChatEvent): boolean {
  if (event.type === "status") return ["waiting", "interrupted", "stopping"].includes(event.data.state);
  return event.type !== "message";
}
