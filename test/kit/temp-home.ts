import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder for one test's SPARKY_HOME, with the mode that a home has; removed when the test ends. */
export async function tempHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "sparky-home-"));
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  return home;
}
