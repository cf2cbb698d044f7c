import { SparkyError } from "./errors.ts";
import { exactLine } from "./exact.ts";
import { nearNames } from "./nearest.ts";
import { shorten } from "./text.ts";

/** A prompt as it is typed: `/NAME`, or `/SERVER:NAME`, and what it wants to know behind it. Pure. */

interface Named {
  /** null: a file's. */
  readonly server: string | null;
  readonly name: string;
}

interface Asking {
  readonly args: readonly { readonly name: string; readonly required: boolean }[];
}

/** As it is typed behind the slash. */
export const promptName = ({ server, name }: Named): string => (server === null ? name : `${server}:${name}`);

/** Where its words are asked for. */
export const promptPath = ({ server, name }: Named): string =>
  ["/api/prompts", ...[...(server === null ? [] : [server]), name].map(encodeURIComponent)].join("/");

/** The prompt that a typed line begins with, and what follows it. A name may have blanks in it: the longest that fits is meant. */
export function promptIn<T extends Named>(typed: string, prompts: readonly T[]): { prompt: T; rest: string } | null {
  const fits = prompts.filter((prompt) => {
    const start = `/${promptName(prompt)}`;
    return typed === start || (typed.startsWith(start) && /\s/.test(typed.charAt(start.length)));
  });
  const [prompt] = fits.toSorted((one, other) => promptName(other).length - promptName(one).length);
  return prompt === undefined ? null : { prompt, rest: typed.slice(promptName(prompt).length + 1).trim() };
}

/** The name behind a slash that a text begins with; null: it begins with none, but with words, or a path like `/etc/hosts`. */
export function slashName(text: string): string | null {
  return /^\/([^\s/]+)(?=\s|$)/.exec(text)?.[1] ?? null;
}

/** Names that may have been meant by one that there is not, as they are typed. */
export const nearSlashes = (name: string, names: readonly string[]): readonly string[] =>
  nearNames(shorten(name, MOST_TYPED), names).map((each) => `/${each}`);

/** Nobody mistypes a name so long, and comparing takes the time of its square. */
const MOST_TYPED = 100;

/**
 * `name=value name="a value"`: a value goes on to the next name that the prompt knows, in quotes to their end. Words at the
 * beginning that name nothing are the first one's. Throws where something belongs to no name.
 */
export function argumentsIn(rest: string, { args }: Asking): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const longestFirst = args.map(({ name }) => name).toSorted((one, other) => other.length - one.length);
  const nameAt = (at: number): string | undefined => longestFirst.find((name) => rest.startsWith(`${name}=`, at));
  const isBare = nameAt(0) === undefined && !/^\S*=/.test(rest);
  for (let at = 0; at < rest.length;) {
    const isFirst = isBare && at === 0;
    const name = isFirst ? args[0]?.name : nameAt(at);
    if (name === undefined || values.has(name)) {
      throw new SparkyError("invalid_input", `${wrong(rest.slice(at), name !== undefined)}. ${usageOf(args)}`);
    }
    const value = rest.slice(isFirst ? at : at + name.length + 1);
    const quoted = /^"((?:[^"\\]|\\[^])*)"(?=\s|$)/.exec(value);
    const gaps = quoted === null ? [...value.matchAll(/\s+/g)] : [];
    const from = rest.length - value.length;
    const gap = gaps.find(({ index, 0: blanks }) => nameAt(from + index + blanks.length) !== undefined);
    const length = quoted?.[0].length ?? gap?.index ?? value.length;
    values.set(name, quoted === null ? value.slice(0, length) : (quoted[1] ?? "").replace(/\\([^])/g, "$1"));
    at = from + length + (/^\s*/.exec(value.slice(length))?.[0].length ?? 0);
  }
  return values;
}

function wrong(rest: string, isTwice: boolean): string {
  const what = exactLine(shorten(rest, 40));
  return isTwice ? `${what} was given already` : `${what} is none of its arguments`;
}

function usageOf(args: Asking["args"]): string {
  if (args.length === 0) return "It takes none";
  const words = args.map(({ name, required }) => (required ? `${exactLine(name)}=…` : `[${exactLine(name)}=…]`));
  return `It takes ${words.join(" ")}; without any it asks`;
}
