import { constants } from "node:fs";
import { lstat, mkdir, open, readlink, realpath, type FileHandle } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep, win32 } from "node:path";
import { shorten } from "../../core/text.ts";
import { giveToOwnerOf } from "./belongs.ts";

/**
 * Paths inside one owner's workspace folder. A path is checked as written, and as the file system resolves it, so that neither
 * `..` nor a symbolic link leads out. Then what is used is what was opened, not what the path leads to a moment later.
 */

export class OutsideWorkspaceError extends Error {
  constructor(path: string, hint = "use a path relative to the workspace, such as notes/today.md") {
    super(`"${path}" is outside the workspace: ${hint}`);
    this.name = "OutsideWorkspaceError";
  }
}

/**
 * Where `path` really is, absolute and free of links. What does not exist yet is named below its nearest existing folder.
 * `shown`: how it was named.
 */
export async function resolveInside(workspace: string, way: string, shown = way): Promise<string> {
  const path = shown;
  if (path.includes("\0")) throw new OutsideWorkspaceError(path.replaceAll("\0", "\\0"));
  const root = (await realPathOf(workspace)) ?? resolve(workspace);
  const asWritten = resolve(root, way);
  if (isAbsolute(way) || win32.isAbsolute(way) || !contains(root, asWritten)) throw new OutsideWorkspaceError(path);

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

/** A folder that is held open: what is named below `at` is in this very folder, whatever its path leads to by now. */
export interface OpenFolder extends AsyncDisposable {
  readonly at: string;
  sync(): Promise<void>;
}

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Where the system shows an open descriptor as a path; elsewhere a path is all that there is, and it is checked once more. */
const DESCRIPTORS = process.platform === "linux" ? "/proc/self/fd" : null;

/**
 * Opens a folder that `resolveInside` found, one part of its path after another and following no link, so that a folder
 * that was swapped since leads nowhere. `make`: what is missing of it is made.
 */
export async function openInside(
  workspace: string,
  real: string,
  path: string,
  make: "make" | "find",
): Promise<OpenFolder> {
  if (make === "make") await mkdir(workspace, { recursive: true, mode: 0o700 });
  const root = await realpath(workspace);
  let handle = await open(root, FOLDER);
  try {
    const way = relative(root, real);
    let walked = root;
    for (const part of way === "" ? [] : way.split(sep)) {
      const folder = DESCRIPTORS === null ? walked : `${DESCRIPTORS}/${handle.fd}`;
      const next = join(folder, part);
      walked = join(walked, part);
      const isNew = make === "make" && (await madeNow(next));
      const inner = await openPart(next, path);
      if (isNew) await giveToOwnerOf(folder, inner);
      await handle.close();
      handle = inner;
    }
    if (!contains(root, await placeOf(handle, walked))) throw new OutsideWorkspaceError(path);
    return held(handle, walked);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Opens a folder in an open one. Throws where its name is a link or no folder. */
export async function openBelow(folder: OpenFolder, name: string): Promise<OpenFolder> {
  const next = join(folder.at, name);
  return held(await openPart(next, name), next);
}

function openPart(next: string, path: string): Promise<FileHandle> {
  return open(next, FOLDER).catch((error: unknown) => {
    throw codeOf(error) === "ELOOP" ? new OutsideWorkspaceError(path) : error;
  });
}

const held = (handle: FileHandle, walked: string): OpenFolder => ({
  at: DESCRIPTORS === null ? walked : `${DESCRIPTORS}/${handle.fd}`,
  sync: () => handle.sync(),
  [Symbol.asyncDispose]: () => handle.close(),
});

/** Where the open folder is now. */
async function placeOf(handle: FileHandle, walked: string): Promise<string> {
  return DESCRIPTORS === null ? realpath(walked) : readlink(`${DESCRIPTORS}/${handle.fd}`);
}

/** Makes a folder; false: it is there already. */
function madeNow(folder: string): Promise<boolean> {
  return mkdir(folder, { mode: 0o700 }).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    },
  );
}

/** Only a file that has this one name: another name of it may be anybody's. */
export function checkOrdinary(found: { isFile(): boolean; readonly nlink: number }, path: string): void {
  if (!found.isFile()) throw new Error(`"${path}" is not an ordinary file`);
  if (found.nlink > 1) throw new Error(`"${path}" has a second name somewhere else (a hard link): it is not used`);
}

/** The path as the model should name it: relative, with `/`. */
export async function nameInside(workspace: string, absolute: string): Promise<string> {
  const root = (await realPathOf(workspace)) ?? resolve(workspace);
  return relative(root, absolute).replaceAll(sep, "/") || ".";
}

export function contains(root: string, path: string): boolean {
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
      return new Error(
        `there is no "${path}"${isAbsolute(path) ? "" : " in the workspace"}: file_list shows what there is`,
        {
          cause: error,
        },
      );
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
