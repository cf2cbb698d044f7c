import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { z } from "zod";
import { endMarked, MARK, signalGroup } from "./processes.ts";
import { characterEnd, characterStart } from "../utf8.ts";
import { defineTool, type Tool } from "../tool.ts";

const MAX_OUTPUT = 256 * 1024;
const DEFAULT_SECONDS = 120;
const MAX_SECONDS = 600;
/** Between the request to end and the end. */
const KILL_AFTER_MS = 500;
/** Between a command's end and its output's. */
const DRAIN_MS = 200;

const args = z.strictObject({
  command: z.string().min(1).max(20_000).describe("a line for /bin/sh"),
  timeoutSeconds: z
    .number()
    .positive()
    .max(MAX_SECONDS)
    .describe(`seconds until it is ended; ${DEFAULT_SECONDS} when left out`)
    .optional(),
});

/**
 * A command in a process group of its own, in the owner's folder. The group waits for a line before it does anything, so
 * that it is on record first. `environment` is all that the command sees: no key and no setting of the server is in it.
 */
export const shellTool = (environment: { readonly [name: string]: string }): Tool<unknown> =>
  defineTool<z.infer<typeof args>>({
    name: "shell",
    description:
      "Runs a command with /bin/sh in your workspace folder and returns its output and exit code. It has no terminal and no " +
      "input. Use it when no other tool does what is needed. Its $SPARKY_IDEMPOTENCY_KEY is the same if the call is made again " +
      "after a crash: give it to services that take such a key.",
    effect: "external",
    idempotent: false,
    policy: "ask",
    timeoutMs: (MAX_SECONDS + 10) * 1000,
    args,
    summary: ({ command }) => command,
    async execute({ command, timeoutSeconds = DEFAULT_SECONDS }, context) {
      const { workspace, signal, ownsProcess, idempotencyKey } = context;
      await mkdir(workspace, { recursive: true, mode: 0o700 });
      const mark = randomBytes(16).toString("hex");
      const child = spawn("/bin/sh", ["-c", 'read -r _ && exec /bin/sh -c "$1" </dev/null', "sh", command], {
        cwd: workspace,
        env: { ...environment, HOME: workspace, SPARKY_IDEMPOTENCY_KEY: idempotencyKey, [MARK]: mark },
        detached: true,
        stdio: ["pipe", "pipe", "pipe"],
      });
      const ended = outcome(child);
      const { pid } = child;
      if (pid === undefined) return ended;
      const stop = stopper(pid);
      const timer = setTimeout(() => stop("timeout"), timeoutSeconds * 1000);
      const onAbort = (): void => stop("stopped");
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        await ownsProcess(pid);
        if (signal.aborted) onAbort();
        else child.stdin?.end("go\n");
        const result = await ended;
        signal.throwIfAborted();
        return { ...result, ...(stop.why === "timeout" && { timedOutAfterSeconds: timeoutSeconds }) };
      } catch (error) {
        signalGroup(pid, "SIGKILL");
        throw error;
      } finally {
        clearTimeout(timer);
        stop.done();
        await endMarked(mark);
        signal.removeEventListener("abort", onAbort);
      }
    },
  });

/** Asks the group to end, and ends it a little later. */
function stopper(pgid: number) {
  let timer: NodeJS.Timeout | undefined;
  const stop = (why: "timeout" | "stopped"): void => {
    stop.why ??= why;
    signalGroup(pgid, "SIGTERM");
    timer ??= setTimeout(() => signalGroup(pgid, "SIGKILL"), KILL_AFTER_MS);
  };
  stop.why = undefined as "timeout" | "stopped" | undefined;
  stop.done = (): void => {
    clearTimeout(timer);
    // Children in the background do not outlive the call.
    signalGroup(pgid, "SIGKILL");
  };
  return stop;
}

interface Output {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function outcome(child: ChildProcess): Promise<Output & { readonly [key: string]: string | number | null }> {
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdin?.on("error", () => {});
    child.once("exit", (exitCode, signal) => {
      const done = (): void => resolve({ exitCode, signal, stdout: stdout(), stderr: stderr() });
      // What is in the pipes is still read; but a child in the background may hold them open for ever.
      const timer = setTimeout(done, DRAIN_MS);
      child.once("close", () => {
        clearTimeout(timer);
        done();
      });
    });
  });
}

/** The beginning and the end of a long output; what lay between is counted. */
function collect(stream: NodeJS.ReadableStream | null): () => string {
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let total = 0;
  stream?.on("data", (chunk: Buffer) => {
    total += chunk.length;
    const room = Math.max(0, MAX_OUTPUT / 2 - head.length);
    head = Buffer.concat([head, chunk.subarray(0, room)]);
    if (chunk.length > room) tail = Buffer.concat([tail, chunk.subarray(room)]).subarray(-MAX_OUTPUT / 2);
  });
  return () => {
    const left = total - head.length - tail.length;
    if (left === 0) return Buffer.concat([head, tail]).toString("utf8");
    const [end, start] = [characterEnd(head), characterStart(tail)];
    const out = left + head.length - end + start;
    return `${head.toString("utf8", 0, end)}\n[${out} bytes left out]\n${tail.toString("utf8", start)}`;
  };
}
