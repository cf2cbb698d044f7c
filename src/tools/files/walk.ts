import { readdir } from "node:fs/promises";
import { join } from "node:path";
import ignore, { type Ignore } from "ignore";
import { openOrdinary, readBytes } from "./content.ts";
import { TRASH } from "./places.ts";
import { openBelow, type OpenFolder } from "./workspace.ts";

/** All that is in a folder and below, each folder held open while it is walked: none is entered by its path, and no link is followed. */

export interface Entry {
  readonly folder: OpenFolder;
  /** In `folder`. */
  readonly name: string;
  /** From where the walk began. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link" | "other";
}

const MOST_ENTRIES = 200_000;
const DEEPEST = 64;
const NEVER = new Set([".git", TRASH]);
const IGNORE_FILES = [".gitignore", ".ignore"];
const MOST_IGNORE_BYTES = 262_144;

interface Level {
  readonly path: string;
  readonly rules: Ignore;
}

/** In the order of names. `all`: what ignore files leave out too. */
export async function* walk(start: OpenFolder, all: boolean): AsyncGenerator<Entry, void, undefined> {
  let left = MOST_ENTRIES;
  async function* below(
    folder: OpenFolder,
    path: string,
    above: readonly Level[],
  ): AsyncGenerator<Entry, void, undefined> {
    const found = await readdir(folder.at, { withFileTypes: true });
    const own = all ? null : await rulesIn(folder, new Set(found.map(({ name }) => name)));
    const levels = own === null ? above : [...above, { path, rules: own }];
    for (const entry of found.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      const { name } = entry;
      if (left-- <= 0) throw new Error(`there are more than ${MOST_ENTRIES} files: name a smaller folder`);
      if (NEVER.has(name)) continue;
      const way = path === "" ? name : `${path}/${name}`;
      const isFolder = entry.isDirectory();
      if (isIgnored(levels, isFolder ? `${way}/` : way)) continue;
      yield {
        folder,
        name,
        path: way,
        kind: entry.isFile() ? "file" : isFolder ? "folder" : entry.isSymbolicLink() ? "link" : "other",
      };
      if (!isFolder || way.split("/").length >= DEEPEST) continue;
      // It may have been removed or swapped since it was listed.
      const inner = await openBelow(folder, name).catch(() => null);
      if (inner === null) continue;
      await using opened = inner;
      yield* below(opened, way, levels);
    }
  }
  yield* below(start, "", []);
}

/** The nearest folder that has a word to say decides. */
function isIgnored(levels: readonly Level[], way: string): boolean {
  for (const { path, rules } of levels.toReversed()) {
    const { ignored, unignored } = rules.test(path === "" ? way : way.slice(path.length + 1));
    if (ignored || unignored) return ignored;
  }
  return false;
}

async function rulesIn(folder: OpenFolder, names: ReadonlySet<string>): Promise<Ignore | null> {
  const files = IGNORE_FILES.filter((name) => names.has(name));
  if (files.length === 0) return null;
  const rules = ignore();
  for (const name of files) {
    try {
      const opened = await openOrdinary(join(folder.at, name), name);
      await using file = opened.file;
      const bytes = await readBytes(file, 0, Math.min(opened.size, MOST_IGNORE_BYTES));
      rules.add(Buffer.from(bytes).toString("utf8"));
    } catch {
      // What cannot be read rules nothing.
    }
  }
  return rules;
}
