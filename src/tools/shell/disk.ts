import { statfs } from "node:fs/promises";

/** How often it is looked whether the disk fills up, and what must be left of it: less where there is little. */
const LOOK_MS = 250;
const FLOOR_BYTES = 512 * 1024 * 1024;

/**
 * Says once when there is less room than `floor` on the disk that `folder` is on: whoever fills it is ended before others
 * cannot write. What is returned ends the watch.
 */
export async function watchDisk(folder: string, onLow: () => void, floor: number | undefined): Promise<() => void> {
  const free = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  };
  const least = floor ?? Math.min(FLOOR_BYTES, (await free()) / 2);
  let isOver = false;
  let timer = setTimeout(() => void look(), LOOK_MS);
  const look = async (): Promise<void> => {
    const left = await free().catch(() => least);
    if (isOver) return;
    if (left < least) onLow();
    else timer = setTimeout(() => void look(), LOOK_MS);
  };
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
