import { SparkyError } from "../../core/errors.ts";
import type { Communities, Joined } from "./found.ts";

const MOST_MB = 768;
const LONGEST_MS = 60_000;

/** Groups a graph in a thread of its own, which a stop ends at once. Its libraries are loaded there and nowhere else. */
export async function communitiesInThread(joined: Joined, signal: AbortSignal): Promise<Communities> {
  const { Worker } = await import("node:worker_threads");
  if (signal.aborted) throw stopped();
  const thread = new Worker(new URL("./communities-worker.ts", import.meta.url), {
    workerData: joined,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MOST_MB },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Communities>();
  const onAbort = (): void => reject(stopped());
  const timer = setTimeout(() => reject(tooMuch(`it took longer than ${LONGEST_MS / 1000} s`)), LONGEST_MS);
  signal.addEventListener("abort", onAbort, { once: true });
  thread.once("message", resolve);
  thread.once("error", (error: NodeJS.ErrnoException) =>
    reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? tooMuch(`it needs more than ${MOST_MB} MB`) : error),
  );
  thread.once("exit", () => reject(new Error("the thread that looks for communities ended without an answer")));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    await thread.terminate();
  }
}

export const stopped = (): SparkyError => new SparkyError("unavailable", "looking for communities was stopped");

const tooMuch = (why: string): SparkyError =>
  new SparkyError("too_large", `the communities of this memory cannot be found: ${why}`, {
    hint: "ask for the plain counts, without `deep`",
  });
