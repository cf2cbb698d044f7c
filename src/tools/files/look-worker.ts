import { parentPort, workerData } from "node:worker_threads";
import { look, type Job } from "./look.ts";

/** The thread of one search. */

try {
  parentPort?.postMessage({ ok: true, looked: await look(workerData as Job) });
} catch (error) {
  const { code } = error as { code?: unknown };
  parentPort?.postMessage({ ok: false, message: String((error as Error).message), code });
}
