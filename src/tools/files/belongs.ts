import { stat, type FileHandle } from "node:fs/promises";

/**
 * What a server that is root's makes in somebody's folder is that somebody's, as the rest of it: what works there as another
 * user, such as a command in its sandbox, must find it usable whenever it was made.
 */
export async function giveToOwnerOf(folder: string, made: FileHandle): Promise<void> {
  if (process.getuid?.() !== 0) return;
  try {
    const { uid, gid } = await stat(folder);
    if (uid !== 0) await made.chown(uid, gid);
  } catch {
    // Where root may not do that, as on some network drives and in some containers, it stays root's.
  }
}
