import { constants } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { giveToOwnerOf } from "./belongs.ts";

/** A file holds either what it held before or the whole new text, on disk, whatever happens in between. */

/** What a crash left at this name, or somebody else has put there, is replaced. */
export async function writeDraft(draft: string, content: string, mode: number, signal: AbortSignal): Promise<void> {
  try {
    await rm(draft, { force: true });
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    await using file = await open(draft, flags, mode);
    await giveToOwnerOf(dirname(draft), file);
    await file.writeFile(content, { signal });
    await file.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

export async function writeWhole(
  draft: string,
  target: string,
  content: string,
  mode: number,
  signal: AbortSignal,
): Promise<void> {
  await writeDraft(draft, content, mode, signal);
  try {
    signal.throwIfAborted();
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
