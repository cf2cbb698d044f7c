import type { ChatEvent } from "../../core/events.ts";
import type { ChatWithView } from "../../wire/api.ts";
import { chatLog } from "./log.ts";
import type { Context } from "../command/context.ts";
import { followedFilter } from "../command/event-filter.ts";
import type { EventOptions } from "../command/events-option.ts";
import { notRunning } from "../console/failure.ts";
import { chatId } from "../command/ids.ts";
import { untilInterrupted } from "../console/interrupt.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { createLogPrinter } from "../command/log-lines.ts";
import { oneLine } from "../console/text.ts";

export type ShowOptions = { follow?: true; last?: number } & EventOptions;

const TICK_MS = 1000;

/** What was said and done in a chat; followed, until the person leaves. */
export async function showChat(context: Context, args: readonly string[], options: ShowOptions): Promise<ExitCode> {
  const { io, out } = context;
  const client = await context.client("any");
  const id = await chatId(client, args[0] ?? "");
  if (options.follow && client.endpoint === null)
    throw notRunning("no server runs, so nothing can come to be followed");
  const chat = await client.request<ChatWithView>("GET", `/api/chats/${id}`);
  const filter = await followedFilter(context, client, options);
  const printer = createLogPrinter(out, io.stdout.columns, "data", { filter: filter.shown });
  if (out.terminal) out.note(`${oneLine(chat.title)} · ${chat.head} events`);
  const show = (event: ChatEvent): void => (out.json ? out.document(event) : printer.event(event));
  if (!options.follow) {
    for await (const event of chatLog(client, id, options.last)) show(event);
    if (!out.json) printer.open(io.now());
    return EXIT.ok;
  }
  const after = options.last === undefined ? 0 : Math.max(chat.head - options.last, 0);
  const ticking = setInterval(() => printer.tick(io.now()), TICK_MS);
  try {
    await untilInterrupted(io, async (signal) => {
      for await (const watched of context.watch({ chatId: id, after, deltas: false, signal })) {
        if (watched.kind === "lost") out.progress("… reconnecting");
        if (watched.kind === "reset") out.note("The server's history was cut; showing it from its start.");
        if (watched.kind === "preferences") await filter.again();
        if (watched.kind === "event") show(watched.event);
      }
    });
    return EXIT.interrupted;
  } finally {
    clearInterval(ticking);
  }
}
