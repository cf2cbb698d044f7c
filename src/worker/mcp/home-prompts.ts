import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { isSparkyError, messageOf, notFound, SparkyError } from "../../core/errors.ts";
import { namesHint } from "../../core/nearest.ts";
import { shorten } from "../../core/text.ts";
import { readNamedFile } from "../../named-file.ts";
import { MAX_TEXT_BYTES } from "../../wire/limits.ts";
import type { OfferedPrompt } from "../../tools/mcp/offers.ts";
import { fillPrompt, parsePromptFile, type PromptFile } from "./prompt-file.ts";

/** Prompts that are files `NAME.md`, as they are when somebody looks: those that come with Sparky, and the owner's own. */

const ENDING = ".md";
const MAX_FILES = 500;

export interface PromptFolder {
  readonly path: string;
  /** It comes with Sparky. */
  readonly shipped: boolean;
}

export interface FilePrompts {
  readonly items: readonly (OfferedPrompt & { readonly server: null; readonly shipped: boolean })[];
  /** What cannot be listed, or understood, and why. */
  readonly problems: readonly { readonly server: string; readonly message: string }[];
}

/** Throws where there is something in its place that cannot be listed. */
function namesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  if (!statSync(folder).isDirectory()) {
    throw new SparkyError("conflict", `${folder} is no folder`, {
      hint: "make it one, with a file NAME.md for each prompt",
    });
  }
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.flatMap(({ name }) => (name.endsWith(ENDING) ? [name.slice(0, -ENDING.length)] : []));
  return names
    .filter((name) => name !== "" && !/\p{C}/u.test(name))
    .toSorted()
    .slice(0, MAX_FILES);
}

function read(folder: string, name: string): Promise<PromptFile> {
  const path = join(folder, name + ENDING);
  return parsePromptFile(readNamedFile(path, MAX_TEXT_BYTES), path);
}

/**
 * Those of an earlier folder win over others of their name. Where some cannot be read, the others still are. Those that say what
 * they are for come first: the others are mostly a schedule's.
 */
export async function filePrompts(folders: readonly PromptFolder[]): Promise<FilePrompts> {
  const items = new Map<string, FilePrompts["items"][number]>();
  const problems = new Map<string, string>();
  for (const { path, shipped } of folders) {
    let names: readonly string[] = [];
    try {
      names = namesIn(path);
    } catch (error) {
      problems.set(basename(path), told(error));
    }
    for (const name of names) {
      if (items.has(name) || problems.has(name + ENDING)) continue;
      try {
        const { description, args } = await read(path, name);
        items.set(name, { name, title: name, description, args, server: null, shipped });
      } catch (error) {
        problems.set(name + ENDING, told(error));
      }
    }
  }
  return {
    items: [...items.values()].toSorted(
      (one, other) => Number(one.description === "") - Number(other.description === ""),
    ),
    problems: [...problems].map(([server, message]) => ({ server, message })),
  };
}

/** With what to do about it. */
function told(error: unknown): string {
  const hint = isSparkyError(error) && error.hint !== undefined ? ` (${error.hint})` : "";
  return messageOf(error) + hint;
}

/** Only what is listed is read: a name is no path. Throws `not_found` with the names that are near. */
export async function filePrompt(
  folders: readonly PromptFolder[],
  name: string,
  values: { readonly [name: string]: string },
): Promise<string> {
  const known = folders.map(({ path }) => ({ path, names: namesIn(path) }));
  const folder = known.find(({ names }) => names.includes(name));
  if (folder === undefined) throw noPrompt(name, new Set(known.flatMap(({ names }) => names)));
  return fillPrompt(await read(folder.path, name), name, values);
}

/** With the names that are near, as they are typed: `/NAME`. */
export function noPrompt(name: string, names: Iterable<string>): SparkyError {
  const given = shorten(name, 100);
  const hint = namesHint(
    `/${given}`,
    [...names].map((each) => `/${each}`),
  );
  return notFound(`a prompt called ${JSON.stringify(given)}`, hint);
}
