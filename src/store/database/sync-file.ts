import { closeSync, fsyncSync, openSync } from "node:fs";

/** Files and folders: what was written before is on the disk when this returns. */
export function syncFile(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
