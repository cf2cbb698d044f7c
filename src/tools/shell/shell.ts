import { mkdir } from "node:fs/promises";
import { z } from "zod";
import { defineTool, type Tool } from "../tool.ts";
import { Command } from "./command.ts";
import { environmentOf } from "./environment.ts";
import { MaskedOutput } from "./masked-output.ts";
import { Output } from "./output.ts";
import type { Sandbox } from "./sandbox.ts";
import { commandCases, termsOf } from "./terms.ts";

const DEFAULT_SECONDS = 120;
const MAX_SECONDS = 600;

export interface ShellOptions {
  /** All that a command sees of the environment: no key and no setting of the server is in it. */
  readonly environment: { readonly [name: string]: string };
  readonly sandbox: Sandbox;
  /** Bytes that a command must leave on the disk. */
  readonly diskFloor?: number;
}

export const commandArg = z.string().min(1).max(20_000).describe("a line for /bin/sh");
export const networkArg = z
  .boolean()
  .describe("true: with the network, which a person is asked about; without it when left out")
  .optional();

const args = z.strictObject({
  command: commandArg,
  network: networkArg,
  timeoutSeconds: z
    .number()
    .positive()
    .max(MAX_SECONDS)
    .describe(`seconds until it is ended; ${DEFAULT_SECONDS} when left out`)
    .optional(),
});

/** A command in the owner's folder, closed in where that can be had. */
export const shellTool = ({ environment, sandbox, diskFloor }: ShellOptions): Tool<unknown> =>
  defineTool<z.infer<typeof args>>({
    name: "shell",
    description:
      "Runs a command with /bin/sh in your workspace folder and returns its output and exit code. It has no terminal and no " +
      "input. In its sandbox it can write only in the workspace and /tmp, has no network unless you set `network`, and all that " +
      "it starts ends with it. Use it when no other tool does what is needed. Its $SPARKY_IDEMPOTENCY_KEY is the same if the " +
      "call is made again after a crash: give it to services that take such a key.",
    effect: "external",
    idempotent: false,
    policy: "ask",
    timeoutMs: (MAX_SECONDS + 10) * 1000,
    args,
    summary: ({ command }) => command,
    commandOf: ({ command }) => command,
    termsFor: ({ network }) => termsOf(sandbox, network),
    cases: () => commandCases(sandbox),
    async execute({ command, network = false, timeoutSeconds = DEFAULT_SECONDS }, context) {
      const { workspace, signal, ownsProcess, idempotencyKey, masking } = context;
      await mkdir(workspace, { recursive: true, mode: 0o700 });
      const shelter = await sandbox.look();
      const line = ["/bin/sh", "-c", command];
      const [stdout, stderr] = [new Output(), new Output()];
      const masked = {
        stdout: new MaskedOutput(masking, (chunk) => stdout.add(chunk)),
        stderr: new MaskedOutput(masking, (chunk) => stderr.add(chunk)),
      };
      const running = new Command({
        argv: shelter.kind === "sandbox" ? await sandbox.wrap(line, { workspace, network }) : line,
        workspace,
        environment: environmentOf(environment, workspace, idempotencyKey),
        input: "none",
        record: ownsProcess,
        onOutput: (stream, chunk) => masked[stream].add(chunk),
        diskFloor,
      });
      const timer = setTimeout(() => running.stop("timeout"), timeoutSeconds * 1000);
      const onAbort = (): void => running.stop("stopped");
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      try {
        const exit = await running.run();
        signal.throwIfAborted();
        for (const each of Object.values(masked)) each.end();
        return {
          ...exit,
          stdout: stdout.text(),
          stderr: stderr.text(),
          ...(running.why === "timeout" && { timedOutAfterSeconds: timeoutSeconds }),
          ...(running.why === "disk" && { ended: "the disk was nearly full" }),
          ...(shelter.kind === "none" && { notSandboxed: true }),
        };
      } finally {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      }
    },
  });
