import type { ChatEvent } from "../../core/events.ts";
import type { Status } from "../../wire/api.ts";
import { currentEndpoint } from "../client/connect.ts";
import type { Context } from "../command/context.ts";
import { followedFilter } from "../command/event-filter.ts";
import type { EventOptions } from "../command/events-option.ts";
import { untilInterrupted } from "../console/interrupt.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { createLogPrinter } from "../command/log-lines.ts";
import type { Moment } from "../command/moment.ts";
import { oneLine, shortId } from "../console/text.ts";
import { watchAll } from "./watch-all.ts";
import { labelOf, RunningRuns } from "./watch-screen.ts";

export type WatchOptions = { since?: Moment } & EventOptions;

const TICK_MS = 1000;
/** What is read before it is live is put in the order of time, as long as it is no more than this. */
const SORTED = 20_000;

/** Everything that happens in the chats that the caller may see, one line an event, until Ctrl-C. */
export async function watchEverything(
  context: Context,
  _args: readonly string[],
  options: WatchOptions,
): Promise<ExitCode> {
  const { io, out, deps } = context;
  const client = await context.client("server");
  const config = await context.config();
  const since = options.since?.(io.now()) ?? null;
  const running = new RunningRuns();
  const titles = new Map<string, string>();
  const titleOf = (event: ChatEvent): string => titles.get(event.chatId) ?? "";
  const filter = await followedFilter(context, client, options);
  const printer = createLogPrinter(out, io.stdout.columns, "data", {
    filter: filter.shown,
    labelOf: (event) => labelOf(event, titleOf(event)),
  });
  let early: ChatEvent[] | null = [];
  const show = (event: ChatEvent): void => {
    running.event(event, titleOf(event));
    if (out.json) out.document(event);
    else printer.event(event);
  };
  const flush = (): void => {
    const order = (a: ChatEvent, b: ChatEvent): number =>
      a.at < b.at ? -1 : a.at > b.at ? 1 : a.chatId === b.chatId ? a.seq - b.seq : a.chatId < b.chatId ? -1 : 1;
    for (const event of (early ?? []).toSorted(order)) show(event);
    early = null;
  };
  running.seed((await client.request<Status>("GET", "/api/status")).running);
  const tick = (): void => out.progress(running.line(io.now()));
  const ticking = setInterval(tick, TICK_MS);
  try {
    await untilInterrupted(io, async (signal) => {
      const endpoint = () => currentEndpoint(deps, config);
      for await (const watched of watchAll(io, { endpoint, since, progress: io.stderr.isTerminal, signal })) {
        switch (watched.kind) {
          case "event":
            titles.set(watched.event.chatId, watched.title);
            if (early === null) show(watched.event);
            else if (early.push(watched.event) >= SORTED) flush();
            break;
          case "live":
            flush();
            tick();
            break;
          case "preferences":
            await filter.again();
            break;
          case "progress":
            running.progress(watched.progress);
            break;
          case "gone":
            out.note(`${shortId(watched.chatId)} ${oneLine(watched.title)}: deleted, or no longer shared with you`);
            break;
          case "reset":
            out.note("The server's history was cut; going on from the end of the new one.");
            break;
          case "lost":
            flush();
            out.progress("… reconnecting");
            break;
        }
      }
    });
    return EXIT.interrupted;
  } finally {
    clearInterval(ticking);
  }
}
