import { basename, dirname, isAbsolute, join, normalize, relative, resolve } from "node:path";
import type { ToolContext } from "../tool.ts";
import {
  contains,
  nameInside,
  openInside,
  OutsideWorkspaceError,
  resolveInside,
  type OpenFolder,
} from "./workspace.ts";

/** Where a tool may reach: the owner's workspace, named by relative paths, and the roots of `tools.json`, by absolute ones. */

/** A folder beyond the workspace. */
export interface Root {
  /** Absolute. */
  readonly path: string;
  readonly access: "read" | "write";
  /** The names of those whose runs may use it. */
  readonly users: readonly string[];
}

export interface Place {
  /** The folder that it is in and that nothing may lead out of: the workspace, or a root. */
  readonly base: string;
  /** Absolute and free of links. */
  readonly real: string;
  /** As a model names it. */
  readonly name: string;
  /** As it was named. */
  readonly path: string;
}

/** What was deleted, in its workspace or root: only a move out of it may change it. */
export const TRASH = ".trash";

/** `take`: it is moved away or deleted, so a link is meant itself, not what it leads to. */
type Use = "read" | "write" | "take";

export async function placeOf(
  roots: readonly Root[],
  context: Pick<ToolContext, "workspace" | "principal">,
  path: string,
  use: Use,
): Promise<Place> {
  const root = isAbsolute(path) ? rootOf(roots, context, path, use) : null;
  const base = root?.path ?? context.workspace;
  const way = root === null ? path : relative(root.path, normalize(path)) || ".";
  const real =
    use === "take" && normalize(way) !== "."
      ? join(await resolveInside(base, dirname(normalize(way)), path), basename(way))
      : await resolveInside(base, way === "" ? "." : way, path);
  const inside = await nameInside(base, real);
  if (use === "write" && inside.split("/")[0] === TRASH) {
    throw new Error(`"${path}" is in the trash: file_move takes out of it what shall be used again`);
  }
  if (use === "write" && isGits(inside)) {
    throw new Error(
      `"${path}" is git's own: what stands there names programs that git runs. Use git itself to change it`,
    );
  }
  return { base, real, name: root === null ? inside : inside === "." ? base : `${base}/${inside}`, path };
}

/**
 * What decides which programs git runs: a rule for `git status` would cover them all. On some systems case does not count in
 * names, nor do characters that are not seen.
 */
const isGits = (inside: string): boolean =>
  /(^|\/)\.git(\/|$)|^\.(gitconfig|config\/git)(\/|$)/i.test(inside.replace(/\p{Default_Ignorable_Code_Point}/gu, ""));

export const isBase = ({ base, name }: Place): boolean => name === "." || name === base;

function rootOf(roots: readonly Root[], { principal }: Pick<ToolContext, "principal">, path: string, use: Use): Root {
  const own = roots.filter(({ users }) => users.includes(principal.name));
  const holding = own.filter((each) => contains(each.path, resolve(path)));
  const root = holding.toSorted((a, b) => b.path.length - a.path.length)[0];
  if (root === undefined) {
    const known = own.map((each) => `${each.path}${each.access === "read" ? " (to read)" : ""}`).join(", ");
    throw new OutsideWorkspaceError(
      path,
      own.length === 0 ? undefined : `use a path relative to the workspace, or one in ${known}`,
    );
  }
  if (use !== "read" && root.access === "read") {
    throw new Error(`"${path}" may only be read: tools.json gives no right to write in ${root.path}`);
  }
  return root;
}

/** The folder that holds the place, open, and the place's path in it. */
export async function openParent(
  place: Place,
  make: "make" | "find",
): Promise<{ readonly folder: OpenFolder; readonly target: string } & AsyncDisposable> {
  const folder = await openInside(place.base, dirname(place.real), place.path, make);
  return {
    folder,
    target: join(folder.at, basename(place.real)),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
