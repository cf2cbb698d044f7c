import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const KEEP_MS = 7 * 86_400_000;

/**
 * Removes what earlier builds left in a folder of content-hashed files. The younger ones stay: a running server and
 * open browser tabs load parts of the build they began with only when they need them.
 */
export function prune(folder, keep) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!keep.has(name) && Date.now() - statSync(path).mtimeMs > KEEP_MS) rmSync(path, { recursive: true });
  }
}
