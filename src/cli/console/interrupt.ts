import type { Io } from "./io.ts";

/** Runs `body` until it ends or the person presses Ctrl-C; null when they did. */
export async function untilInterrupted<T>(io: Io, body: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
  const controller = new AbortController();
  const release = io.onSignal("SIGINT", () => {
    if (controller.signal.aborted) io.exitNow(130);
    controller.abort();
  });
  try {
    const result = await body(controller.signal);
    return controller.signal.aborted ? null : result;
  } catch (error) {
    if (controller.signal.aborted) return null;
    throw error;
  } finally {
    release();
  }
}
