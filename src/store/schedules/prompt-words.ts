import { resolve } from "node:path";
import { isSparkyError, messageOf, SparkyError } from "../../core/errors.ts";
import { isWholePath, promptPath } from "../../core/prompt-file.ts";
import { readNamedFile } from "../../named-file.ts";
import type { Store } from "../database/store.ts";
import { mayHere } from "../people/access.ts";
import type { User } from "../people/user.ts";

const MAX_PROMPT_BYTES = 64 * 1024;

/** The prompt's words; throws with a reason for people when its file is missing, empty or too long. A relative path is below this node's home. */
export function readPrompt({ home }: Pick<Store, "home">, prompt: string): string {
  const named = promptPath(prompt);
  if (named === undefined) return prompt;
  const path = home === null ? named : resolve(home, named);
  let words: string;
  try {
    words = readNamedFile(path, MAX_PROMPT_BYTES).replaceAll("\r\n", "\n");
  } catch (error) {
    if (isSparkyError(error)) throw error;
    throw new Error(`${path} cannot be read: ${whyUnreadable(error)}`, { cause: error });
  }
  if (words.trim() === "") throw new Error(`${path} is empty`);
  return words;
}

function whyUnreadable(error: unknown): string {
  const words: { readonly [code: string]: string } = {
    ENOENT: "there is no such file",
    EACCES: "this server may not read it",
  };
  return words[(error as NodeJS.ErrnoException).code ?? ""] ?? messageOf(error);
}

/** The server reads such a file with its own rights: only the instance's owner may name one. */
export function checkPrompt(store: Pick<Store, "home">, viewer: User, prompt: string): void {
  const path = promptPath(prompt);
  if (path === undefined) return;
  if (!mayHere(viewer, "prompts.use")) throw new SparkyError("forbidden", "only the owner may use file(…) as a prompt");
  if (!isWholePath(path) && store.home === null) {
    throw new SparkyError("invalid_input", `prompt: file(${path}) must be named from the root`, {
      hint: "the command line does so by itself, from its own folder",
    });
  }
  try {
    readPrompt(store, prompt);
  } catch (error) {
    throw new SparkyError("invalid_input", `prompt: ${(error as Error).message}`, {
      hint: "name a text file that this server can read",
    });
  }
}
