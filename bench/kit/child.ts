import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A process of its own that answers one question at a time. */
export interface Child extends AsyncDisposable {
  ask<T>(question: object): Promise<T>;
}

type Answer = { readonly ok: unknown } | { readonly error: string };

/** Starts a file of `bench/` that calls `answerQuestions`. */
export function startChild(file: string): Child {
  const child = fork(join(import.meta.dirname, "..", file), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`${file} ended with ${String(code)}`)));
  ended.catch(() => {});
  return {
    async ask<T>(question: object): Promise<T> {
      const answered = once(child, "message");
      child.send(question);
      const [answer] = (await Promise.race([answered, ended])) as [Answer];
      if ("error" in answer) throw new Error(`${file}: ${answer.error}`);
      // Whoever asks knows what the answer is: both ends are files of this folder.
      return answer.ok as T;
    },
    [Symbol.asyncDispose]: () => end(child),
  };
}

/** The child's side; the process ends when its parent hangs up. */
export function answerQuestions<Question>(answer: (question: Question) => Promise<unknown>): void {
  process.on("message", (question) => {
    // Both ends are files of this folder.
    answer(question as Question).then(
      (ok) => process.send?.({ ok: ok ?? null }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
    );
  });
  process.on("disconnect", () => process.exit(0));
}

const END_MS = 10_000;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  // Left to end by itself it writes the profile that somebody may have asked Node for.
  child.disconnect();
  const late = setTimeout(() => child.kill("SIGKILL"), END_MS);
  await gone;
  clearTimeout(late);
}

/** Runs a program to its end; how long it took, in milliseconds, from the call on. */
export async function timeOf(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const started = performance.now();
  const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, "exit")) as [number | null];
  const took = performance.now() - started;
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${said}`);
  return took;
}
