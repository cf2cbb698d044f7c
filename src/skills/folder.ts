import { constants } from "node:fs";
import { open, opendir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { checkOrdinary, codeOf, openInside } from "../tools/files/workspace.ts";

/**
 * A skill's folder as it is read: bounded, without following a link, and race-free, as the file tools read. What is wrong
 * with it is a value for people: somebody else may have written it.
 */

export const LIMITS = {
  files: 500,
  bytes: 4_194_304,
  fileBytes: 1_048_576,
  /** SKILL.md itself, which the model reads. */
  bodyBytes: 131_072,
  depth: 6,
  /** Skills in one place. */
  skills: 200,
} as const;

/** What belongs to the tools that made a folder. */
const SKIPPED = [".git", "node_modules", "__pycache__", ".venv", ".DS_Store"];

export interface FolderFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Throws an `Error` for people where it cannot be read, or holds what is not read. */
export async function readFolder(root: string, folder: string): Promise<readonly FolderFile[]> {
  const real = await realpath(root);
  const files: FolderFile[] = [];
  let left: number = LIMITS.bytes;
  const walk = async (within: string, depth: number): Promise<void> => {
    if (depth > LIMITS.depth) throw new Error(`it has folders more than ${LIMITS.depth} deep`);
    await using opened = await openInside(root, join(real, within), within, "find").catch(refuse(within));
    for await (const entry of await opendir(opened.at)) {
      const path = `${within}/${entry.name}`;
      const shown = path.slice(folder.length + 1);
      if (SKIPPED.includes(entry.name)) continue;
      if (entry.isSymbolicLink()) throw new Error(`${shown} is a link: only files of the folder itself are read`);
      if (entry.isDirectory()) await walk(path, depth + 1);
      else {
        if (files.length === LIMITS.files) throw new Error(`it has more than ${LIMITS.files} files`);
        const bytes = await readFile(join(opened.at, entry.name), shown);
        left -= bytes.length;
        if (left < 0) throw new Error(`it has more than ${LIMITS.bytes / 1_048_576} MB`);
        files.push({ path: shown, bytes });
      }
    }
  };
  await walk(folder, 1);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function readFile(real: string, path: string): Promise<Uint8Array> {
  // Not blocking: a named pipe must not hang. Not following: what took its place meanwhile may be a link.
  await using file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(
    refuse(path),
  );
  const found = await file.stat();
  checkOrdinary(found, path);
  const most = path === "SKILL.md" ? LIMITS.bodyBytes : LIMITS.fileBytes;
  const pieces: Uint8Array[] = [];
  // Its size is only what it was a moment ago.
  for (let size = 0; ;) {
    const piece = new Uint8Array(Math.min(65_536, most + 1 - size));
    const { bytesRead } = await file.read(piece, 0, piece.length, null);
    if (bytesRead === 0) return Buffer.concat(pieces);
    pieces.push(piece.subarray(0, bytesRead));
    size += bytesRead;
    if (size > most) throw new Error(`${path} has more than ${most / 1024} KB`);
  }
}

const refuse =
  (path: string) =>
  (error: unknown): never => {
    const code = codeOf(error);
    if (code === "ELOOP" || code === "ENOTDIR") throw new Error(`${path} is a link: only what is there itself is read`);
    throw code === undefined ? error : new Error(`${path} cannot be read (${code})`, { cause: error });
  };

/** The folders in a place that may be skills, by name; none where there is no such place. */
export async function foldersIn(root: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(root)) {
      if (entry.name.startsWith(".") || !(entry.isDirectory() || entry.isSymbolicLink())) continue;
      names.push(entry.name);
      if (names.length === LIMITS.skills) break;
    }
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && codeOf(error) !== "ENOTDIR") throw error;
  }
  return names.sort();
}
