import { exactLine } from "./exact.ts";
import type { EventOf } from "./events.ts";

/** `@SERVER:URI` in a message: what a tool server offers for reading. Pure. */

export interface Reference {
  readonly server: string;
  readonly uri: string;
}

/** More of them in one message are left as words. */
export const MAX_REFERENCES = 10;
const MAX_URI = 2000;

/** Ends a sentence and no address; what is meant otherwise stands in `<…>`. */
const TRAILING = /[.,;:!?'")\]}]+$/;

/**
 * The references of a text to these servers, each once, in their order. `@` counts at the beginning of a word, before the name of
 * a server that there is; its address ends with the word, or stands between `<` and `>`.
 */
export function referencesIn(text: string, servers: readonly string[]): readonly Reference[] {
  const found = new Map<string, Reference>();
  const longestFirst = servers.toSorted((one, other) => other.length - one.length);
  for (let at = text.indexOf("@"); at !== -1 && found.size < MAX_REFERENCES; at = text.indexOf("@", at + 1)) {
    if (at > 0 && !/[\s([{"'<,;]/.test(text[at - 1] ?? "")) continue;
    const server = longestFirst.find((name) => text.startsWith(`${name}:`, at + 1));
    if (server === undefined) continue;
    const uri = addressAt(text, at + server.length + 2);
    if (uri !== null) found.set(`${server}\0${uri}`, { server, uri });
  }
  return [...found.values()];
}

function addressAt(text: string, from: number): string | null {
  // No more than an address may have is looked at, however long the text is.
  const rest = text.slice(from, from + MAX_URI + 2);
  const word = /^[^\s<>]+/.exec(rest)?.[0];
  // The beginning of an address is another address.
  const goesOn =
    word?.length === MAX_URI + 2 && /^[^\s<>]/.test(text.slice(from + word.length, from + word.length + 1));
  const found = rest.startsWith("<") ? /^<([^<>\n]+)>/.exec(rest)?.[1] : goesOn ? "" : word?.replace(TRAILING, "");
  return found === undefined || found === "" || found.length > MAX_URI ? null : found;
}

/** As it is written into a message; what `referencesIn` reads again. A `{…}` at its end is written over. */
export function referenceText({ server, uri, template = false }: Reference & { readonly template?: boolean }): string {
  const isPlain = /^[^\s<>]+$/.test(uri) && !TRAILING.test(template ? uri.replace(/\}$/, "") : uri);
  return `@${server}:${isPlain ? uri : `<${uri}>`}`;
}

/** What became of one, in a line for people. */
export function resourceWords({ server, uri, ok, error, size }: EventOf<"resource">["data"]): string {
  const what = exactLine(referenceText({ server, uri }));
  if (!ok) return `Could not read ${what}: ${exactLine(error ?? "")}`;
  return `Read ${what}, ${size < 1024 ? `${size} bytes` : `${Math.round(size / 1024)} KB`}`;
}
