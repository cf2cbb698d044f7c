import { mkdir } from "node:fs/promises";
import { z } from "zod";
import type { Json } from "../../core/events.ts";
import { defineTool, type Tool } from "../tool.ts";
import type { BackgroundCommand, BackgroundCommands } from "./background.ts";
import { environmentOf } from "./environment.ts";
import { commandArg, networkArg, type ShellOptions } from "./shell.ts";
import { commandCases, termsOf } from "./terms.ts";

const MAX_WAIT_SECONDS = 30;

const id = z.string().min(1).max(64).describe("the id that shell_start gave");

/** Commands beside the run: a server to try, a build to watch. They end with the run's work at the latest. */
export function backgroundTools(
  { environment, sandbox, diskFloor }: ShellOptions,
  commands: BackgroundCommands,
): readonly Tool<unknown>[] {
  const facts = { effect: "external", idempotent: false, timeoutMs: 60_000 } as const;
  const start = z.strictObject({ command: commandArg, network: networkArg });
  const read = z.strictObject({
    id,
    offset: z.number().int().min(0).describe("bytes of output to pass over: the `next` of the last read").optional(),
    waitSeconds: z.number().min(0).max(MAX_WAIT_SECONDS).describe("how long to wait for more output").optional(),
  });
  const write = z.strictObject({
    id,
    text: z.string().max(64 * 1024),
    end: z.boolean().describe("true: no more input comes").optional(),
  });
  const stop = z.strictObject({ id });
  return [
    defineTool<z.infer<typeof start>>({
      ...facts,
      name: "shell_start",
      description:
        "Starts a command in the background, as `shell` runs one, and returns its id at once. Read its output with shell_read, " +
        "write to it with shell_write, end it with shell_stop. It ends by itself when this run ends, waits for a person or is " +
        "interrupted.",
      policy: "ask",
      args: start,
      summary: ({ command }) => command,
      commandOf: ({ command }) => command,
      termsFor: ({ network }) => termsOf(sandbox, network),
      cases: () => commandCases(sandbox),
      async execute({ command, network = false }, context) {
        const { workspace, ownsProcess, idempotencyKey, runId } = context;
        await mkdir(workspace, { recursive: true, mode: 0o700 });
        const shelter = await sandbox.look();
        const { words } = await termsOf(sandbox, network);
        const line = ["/bin/sh", "-c", command];
        const started = await commands.start(
          runId,
          words,
          {
            argv: shelter.kind === "sandbox" ? await sandbox.wrap(line, { workspace, network }) : line,
            workspace,
            environment: environmentOf(environment, workspace, idempotencyKey),
            record: ownsProcess,
            diskFloor,
          },
          context,
        );
        return { id: started.id, ...(shelter.kind === "none" && { notSandboxed: true }) };
      },
    }),
    defineTool<z.infer<typeof read>>({
      ...facts,
      name: "shell_read",
      description:
        "Reads what a command in the background has written, stdout and stderr together, from an offset on, at most 64 KB. It " +
        "says whether the command still runs. The newest megabyte is kept.",
      effect: "read",
      idempotent: true,
      args: read,
      summary: ({ id }) => id,
      async execute({ id, offset = 0, waitSeconds = 0 }, { runId, signal }) {
        const command = commands.get(id, runId);
        await moreOf(command, offset, waitSeconds * 1000, signal);
        const { text, skipped, next } = command.output.read(offset, command.exit !== null);
        return { text, next, ...(skipped > 0 && { skipped }), ...stateOf(command) };
      },
    }),
    defineTool<z.infer<typeof write>>({
      ...facts,
      name: "shell_write",
      description: "Writes to the input of a command in the background. A line ends with \\n.",
      policy: "ask",
      args: write,
      summary: ({ id, text }) => `${id} ${text}`,
      // What it is told may be as much as a command of its own.
      async termsFor({ id }) {
        const words = commands.termsOf(id);
        return { verdict: words === null ? "allow" : "ask", words };
      },
      cases: () => commandCases(sandbox),
      async execute({ id, text, end = false }, { runId, signal }) {
        const command = commands.get(id, runId);
        const written = command.command.write(text, end);
        const gone = Promise.withResolvers<false>();
        const onAbort = (): void => gone.resolve(false);
        signal.addEventListener("abort", onAbort, { once: true });
        try {
          const taken = await Promise.race([written, command.ended.then(() => false), gone.promise]);
          signal.throwIfAborted();
          return { taken, ...stateOf(command) };
        } finally {
          signal.removeEventListener("abort", onAbort);
        }
      },
    }),
    defineTool<z.infer<typeof stop>>({
      ...facts,
      name: "shell_stop",
      description: "Ends a command in the background, with all that it has started, and returns how it ended.",
      idempotent: true,
      args: stop,
      summary: ({ id }) => id,
      async execute({ id }, { runId }) {
        const command = commands.get(id, runId);
        if (command.exit === null) command.command.stop("stopped");
        await command.ended;
        return stateOf(command);
      },
    }),
  ];
}

function stateOf({ exit, command }: BackgroundCommand): { readonly [key: string]: Json } {
  if (exit === null) return { running: true };
  const { exitCode, signal } = exit;
  return { running: false, exitCode, signal, ...(command.why === "disk" && { ended: "the disk was nearly full" }) };
}

/** Waits until there is more than the reader has, or it has ended, or the time is over. */
async function moreOf(command: BackgroundCommand, offset: number, ms: number, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<"over">();
  const finish = (): void => over.resolve("over");
  const timer = setTimeout(finish, ms);
  signal.addEventListener("abort", finish, { once: true });
  try {
    while (ms > 0 && command.exit === null && command.output.total <= offset && !signal.aborted)
      if ((await Promise.race([command.changed(), over.promise])) === "over") break;
    signal.throwIfAborted();
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", finish);
  }
}
