import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf, notFound, SparkyError } from "../../core/errors.ts";
import { shorten } from "../../core/text.ts";
import { readNamedFile } from "../../named-file.ts";
import { MAX_TEXT_BYTES } from "../../wire/limits.ts";
import type { OfferedPrompt } from "../../tools/mcp/offers.ts";

/** The owner's own prompts: `prompts/NAME.md` in the home, as they are when somebody looks. */

const FOLDER = "prompts";
const ENDING = ".md";
const MAX_FILES = 500;

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

/** Where they cannot be listed, those of servers still are. */
export function homePrompts(home: string): {
  readonly items: readonly (OfferedPrompt & { readonly server: null })[];
  readonly problems: readonly { readonly server: string; readonly message: string }[];
} {
  try {
    const names = namesIn(join(home, FOLDER));
    return {
      items: names.map((name) => ({ name, title: name, description: "", args: [], server: null })),
      problems: [],
    };
  } catch (error) {
    return { items: [], problems: [{ server: FOLDER, message: messageOf(error) }] };
  }
}

/** Only what is listed is read: a name is no path. */
export function homePrompt(home: string, name: string): string {
  const folder = join(home, FOLDER);
  if (!namesIn(folder).includes(name)) throw notFound(`a prompt called ${JSON.stringify(shorten(name, 100))}`);
  return readNamedFile(join(folder, `${name}${ENDING}`), MAX_TEXT_BYTES).trim();
}
