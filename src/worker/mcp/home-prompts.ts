import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { notFound } from "../../core/errors.ts";
import { shorten } from "../../core/text.ts";
import { readNamedFile } from "../../named-file.ts";
import { MAX_TEXT_BYTES } from "../../wire/limits.ts";
import type { OfferedPrompt } from "../../tools/mcp/offers.ts";

/** The owner's own prompts: `prompts/NAME.md` in the home, as they are when somebody looks. */

const ENDING = ".md";
const MAX_FILES = 500;

function namesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.flatMap(({ name }) => (name.endsWith(ENDING) ? [name.slice(0, -ENDING.length)] : []));
  return names
    .filter((name) => name !== "" && !/\p{C}/u.test(name))
    .toSorted()
    .slice(0, MAX_FILES);
}

export function homePrompts(home: string): readonly OfferedPrompt[] {
  return namesIn(join(home, "prompts")).map((name) => ({ name, title: name, description: "", args: [] }));
}

/** Only what is listed is read: a name is no path. */
export function homePrompt(home: string, name: string): string {
  const folder = join(home, "prompts");
  if (!namesIn(folder).includes(name)) throw notFound(`a prompt called ${JSON.stringify(shorten(name, 100))}`);
  return readNamedFile(join(folder, `${name}${ENDING}`), MAX_TEXT_BYTES).trim();
}
