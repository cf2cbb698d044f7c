import { mkdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

export const dist = join(import.meta.dirname, "../dist");

/** Writes a file in one step, so that a command started meanwhile sees the old one or the new one. */
export function replace(name, text) {
  mkdirSync(dist, { recursive: true });
  const draft = join(dist, `${name}.${process.pid}`);
  writeFileSync(draft, text);
  renameSync(draft, join(dist, name));
}

/** Marks a build as made; bears the time when it began, so that what was edited while it ran counts as newer. */
export function stamp(name, started) {
  replace(name, "");
  utimesSync(join(dist, name), started, started);
}

/** A broken source is the developer's to mend: the message is enough, without this script's own stack. */
export function failPlainly(error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(process.stderr.isTTY ? message : stripVTControlCharacters(message));
  process.exit(1);
}
