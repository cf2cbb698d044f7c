import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep, win32 } from "node:path";
import { shorten } from "../../core/text.ts";

/**
 * Paths inside one owner's workspace folder. A path is checked twice: as written, and as the file system resolves it,
 * so that neither `..` nor a symbolic link leads out.
 */

export class OutsideWorkspaceError extends Error {
  constructor(path: string) {
    super(`"${path}" is outside the workspace: use a path relative to the workspace, such as notes/today.md`);
    this.name = "OutsideWorkspaceError";
  }
}

/** Where `path` really is, absolute and free of links. What does not exist yet is named below its nearest existing folder. */
export async function resolveInside(workspace: string, path: string): Promise<string> {
  if (path.includes("\0")) throw new OutsideWorkspaceError(path.replaceAll("\0", "\\0"));
  const root = (await realPathOf(workspace)) ?? resolve(workspace);
  const asWritten = resolve(root, path);
  if (isAbsolute(path) || win32.isAbsolute(path) || !contains(root, asWritten)) throw new OutsideWorkspaceError(path);

  const missing: string[] = [];
  let existing = asWritten;
  while (existing !== root) {
    const real = await realPathOf(existing);
    if (real !== undefined) {
      if (!contains(root, real)) throw new OutsideWorkspaceError(path);
      return join(real, ...missing);
    }
    if (await isLink(existing)) throw new OutsideWorkspaceError(path);
    missing.unshift(basename(existing));
    existing = dirname(existing);
  }
  return join(root, ...missing);
}

/** The path as the model should name it: relative, with `/`. */
export async function nameInside(workspace: string, absolute: string): Promise<string> {
  const root = (await realPathOf(workspace)) ?? resolve(workspace);
  return relative(root, absolute).replaceAll(sep, "/") || ".";
}

function contains(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function realPathOf(path: string): Promise<string | undefined> {
  return realpath(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
}

/** A link whose target is missing: writing through it would create a file wherever it points. */
async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

/** `ENOENT` and the like; undefined for what is no system error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Turns a system error about `path` into words for the model, without the machine's own paths. */
export function fileError(path: string, error: unknown): Error {
  switch (codeOf(error)) {
    case "ENOENT":
      return new Error(`there is no "${path}" in the workspace: file_list shows what there is`, { cause: error });
    case "ENOTDIR":
      return new Error(`a part of "${path}" is a file, not a folder`, { cause: error });
    case "EISDIR":
      return new Error(`"${path}" is a folder: name a file in it`, { cause: error });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new Error(`no permission for "${path}"`, { cause: error });
    case "ENAMETOOLONG":
      return new Error(`the name "${shorten(path, 60)}" is too long`, { cause: error });
    case "ENOSPC":
    case "EDQUOT":
      return new Error(`the disk is full: "${path}" was not written`, { cause: error });
    case "ELOOP":
      return new Error(`"${path}" is a link that leads to itself`, { cause: error });
    case undefined:
      return error instanceof Error ? error : new Error(String(error));
    default:
      return new Error(`"${path}" cannot be used (${codeOf(error)})`, { cause: error });
  }
}
