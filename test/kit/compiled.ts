import { join } from "node:path";
import { inject } from "vitest";

/**
 * For the environment of a process that runs our sources: most of its start is that they are compiled, which is kept for the
 * next one of this run. One that will be killed has to write it down itself, by `flushCompileCache`.
 */
export const compiled = (): { readonly NODE_COMPILE_CACHE: string } => ({
  NODE_COMPILE_CACHE: join(inject("runFolder"), "compiled"),
});
