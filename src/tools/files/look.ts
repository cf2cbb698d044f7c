import { join } from "node:path";
import picomatch from "picomatch";
import { decoded, MAX_WHOLE_BYTES, openOrdinary, readBytes } from "./content.ts";
import { lineAround, type Line } from "./long-lines.ts";
import { walk } from "./walk.ts";
import { openInside } from "./workspace.ts";

/** Looks for files by name or by what they hold. Patterns can take for ever, so this runs in a thread that can be ended. */

export interface Job {
  readonly base: string;
  readonly real: string;
  readonly path: string;
  /** Names files, for both. */
  readonly glob: string | null;
  /** null: names alone are looked for. */
  readonly text: {
    readonly pattern: string;
    readonly flags: string;
    readonly around: number;
    /** As long as a secret may be, where there are any. */
    readonly reach: number;
  } | null;
  readonly all: boolean;
  readonly limit: number;
}

export type Looked =
  | { readonly found: readonly { readonly path: string; readonly type: string }[]; readonly more: boolean }
  | { readonly matches: readonly Match[]; readonly searched: number; readonly passed: number; readonly more: boolean };

export interface Match {
  readonly path: string;
  readonly line: number;
  readonly text: Line;
  readonly before?: readonly Line[];
  readonly after?: readonly Line[];
}

const MOST_CHARACTERS = 200_000;

export async function look(job: Job): Promise<Looked> {
  const named = job.glob === null ? () => true : picomatch(job.glob, { dot: true, basename: !job.glob.includes("/") });
  await using start = await openInside(job.base, job.real, job.path, "find");
  if (job.text === null) {
    const found: { path: string; type: string }[] = [];
    for await (const { path, kind } of walk(start, job.all)) {
      if (!named(path)) continue;
      if (found.length === job.limit) return { found, more: true };
      found.push({ path, type: kind });
    }
    return { found, more: false };
  }
  const { pattern, flags, around, reach } = job.text;
  const wanted = new RegExp(pattern, flags);
  const matches: Match[] = [];
  const counts = { searched: 0, passed: 0 };
  let characters = 0;
  for await (const { folder, name, path, kind } of walk(start, job.all)) {
    if (kind !== "file" || !named(path)) continue;
    const text = await textOf(join(folder.at, name), path);
    if (text === null) {
      counts.passed++;
      continue;
    }
    counts.searched++;
    const lines = text.split(/\r?\n/);
    for (const [at, line] of lines.entries()) {
      const match = wanted.exec(line);
      if (match === null) continue;
      if (matches.length === job.limit || characters > MOST_CHARACTERS) return { matches, ...counts, more: true };
      const shown: Match = {
        path,
        line: at + 1,
        text: lineAround(line, match.index, reach),
        ...(around > 0 && {
          before: lines.slice(Math.max(at - around, 0), at).map((each) => lineAround(each, 0, reach)),
          after: lines.slice(at + 1, at + 1 + around).map((each) => lineAround(each, 0, reach)),
        }),
      };
      characters += JSON.stringify(shown).length;
      matches.push(shown);
    }
  }
  return { matches, ...counts, more: false };
}

/** null: it is no text, too big, no ordinary file, or gone. */
async function textOf(target: string, path: string): Promise<string | null> {
  try {
    const { file: opened, size } = await openOrdinary(target, path);
    await using file = opened;
    return size > MAX_WHOLE_BYTES ? null : decoded(await readBytes(file, 0, size), path, size);
  } catch {
    return null;
  }
}
