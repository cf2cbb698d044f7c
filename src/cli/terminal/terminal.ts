import type { Chat, List, User } from "../../wire/api.ts";
import type { Context } from "../command/context.ts";
import { followedFilter } from "../command/event-filter.ts";
import type { EventOptions } from "../command/events-option.ts";
import { Failure, usage } from "../console/failure.ts";
import { chatId } from "../command/ids.ts";
import type { EffortWord } from "../command/model.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { shortId } from "../console/text.ts";

export type TerminalOptions = { chat?: string; new?: true; model?: string; effort?: EffortWord } & EventOptions;

/** The conversation at the terminal: `sparky chat` without a command. */
export async function terminalChat(
  context: Context,
  _args: readonly string[],
  options: TerminalOptions,
): Promise<ExitCode> {
  const { io, out } = context;
  if (!out.terminal || !io.stdinIsTerminal || io.env["TERM"] === "dumb") {
    throw usage("this needs a terminal to talk in", 'sparky chat send "What time is it?"');
  }
  if (options.chat !== undefined && options.new) throw usage("--chat and --new exclude each other");
  const client = await context.client("server");
  const me = await client.request<User>("GET", "/api/me");
  const filter = await followedFilter(context, client, options);
  const known = options.new
    ? null
    : options.chat === undefined
      ? await lastChat(client)
      : await chatId(client, options.chat);
  const chat =
    options.model === undefined && options.effort === undefined
      ? known
      : await (await import("../chats/send.ts")).chatWith(client, known, options);
  const { home } = await context.config();
  const [{ TerminalSession }, { openLink }, { openHistory }] = await Promise.all([
    import("./session.ts"),
    import("./link.ts"),
    import("./history.ts"),
  ]);
  const request = await openLink(context);
  const { exit, left, isWorking, unsent } = await (async () => {
    using device = await io.openTerminal();
    using session = new TerminalSession({ context, device, request, me, filter, history: openHistory(home) });
    const signals = (["SIGTERM", "SIGINT", "SIGHUP"] as const).map((signal) =>
      io.onSignal(signal, () => session.leave(EXIT.interrupted)),
    );
    try {
      if (chat === null) session.startAnew();
      else await session.open(chat);
      session.ready();
      const code = await session.ended;
      return { exit: code, left: session.chat, isWorking: session.isWorking, unsent: session.unsent };
    } finally {
      signals.forEach((release) => release());
    }
  })();
  if (left !== null) out.note(`Go on: sparky chat --chat ${shortId(left.id)}`);
  if (left !== null && isWorking) out.note(`The agent goes on. Stop it: sparky chats stop ${shortId(left.id)}`);
  if (unsent.length === 0) return exit;
  throw new Failure(
    EXIT.error,
    "unavailable",
    `not sent: ${unsent.map(({ text }) => JSON.stringify(text)).join(", ")}`,
  );
}

/** The newest that the person began; null when there is none. */
async function lastChat(client: Awaited<ReturnType<Context["client"]>>): Promise<string | null> {
  const { items } = await client.request<List<Chat>>("GET", "/api/chats?limit=500");
  return items.find((chat) => chat.origin === "user" && chat.canWrite)?.id ?? null;
}
