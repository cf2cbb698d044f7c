import type { Job, Looked } from "./look.ts";

const MOST_MB = 256;
const LONGEST_MS = 15_000;

type Answer =
  | { readonly ok: true; readonly looked: Looked }
  | { readonly ok: false; readonly message: string; readonly code?: string };

/** Looks in a thread of its own: a pattern that takes for ever is ended with it, by a stop at once. */
export async function lookInThread(job: Job, signal: AbortSignal): Promise<Looked> {
  signal.throwIfAborted();
  const { Worker } = await import("node:worker_threads");
  const worker = new Worker(new URL("./look-worker.ts", import.meta.url), {
    workerData: job,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MOST_MB },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const onAbort = (): void => reject(signal.reason as Error);
  const slow = new Error(`it took longer than ${LONGEST_MS / 1000} s: use a simpler pattern, or name a smaller folder`);
  const timer = setTimeout(() => reject(slow), LONGEST_MS);
  signal.addEventListener("abort", onAbort, { once: true });
  worker.once("message", resolve);
  worker.once("error", (error) =>
    reject(
      (error as { code?: string }).code === "ERR_WORKER_OUT_OF_MEMORY"
        ? new Error("it took too much memory: name a smaller folder")
        : error,
    ),
  );
  worker.once("exit", () => reject(new Error("the search ended without an answer")));
  try {
    const answer = await promise;
    if (answer.ok) return answer.looked;
    throw Object.assign(new Error(answer.message), answer.code !== undefined && { code: answer.code });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    await worker.terminate();
  }
}
