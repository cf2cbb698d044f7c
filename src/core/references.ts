import { exactLine } from "./exact.ts";
import type { EventOf } from "./events.ts";
import { ID_LENGTH } from "./ids.ts";

/** `@SERVER:URI` in a message: what a tool server offers for reading; `@KIND:ID`: a thing of Sparky's own. Pure. */

export interface Reference {
  readonly server: string;
  readonly uri: string;
}

/** Things of Sparky's own; a tool server of such a name is meant in their place. */
export const THING_KINDS = ["node", "chat", "task", "file"] as const;
export type ThingKind = (typeof THING_KINDS)[number];

export const THING_WORDS: { readonly [kind in ThingKind]: string } = {
  node: "the node",
  chat: "the chat",
  task: "the task",
  file: "the file",
};

export function thingKind(server: string): ThingKind | null {
  return THING_KINDS.find((kind) => kind === server) ?? null;
}

/** A text in which things are told by their kind alone: ids say nothing to people. */
export const withoutIds = (text: string): string => text.replace(AT_ID, "@$1");

const AT_ID = new RegExp(
  `(?<![\\p{L}\\p{N}])@(${THING_KINDS.join("|")}):[0-9a-z]{${ID_LENGTH}}(?![\\p{L}\\p{N}])`,
  "gu",
);

/** More of them in one message are left as words. */
export const MAX_REFERENCES = 10;
const MAX_URI = 2000;

/** Ends a sentence and no address; what is meant otherwise stands in `<…>`. */
const TRAILING = /[.,;:!?'")\]}]+$/;

/** The references of a text to these servers, each once, in their order. */
export function referencesIn(text: string, servers: readonly string[]): readonly Reference[] {
  const found = new Map<string, Reference>();
  for (const { server, uri } of referencePlaces(text, servers)) {
    found.set(`${server}\0${uri}`, { server, uri });
    if (found.size === MAX_REFERENCES) break;
  }
  return [...found.values()];
}

/**
 * Where they stand, in UTF-16 units. `@` counts at the beginning of a word, before the name of a server that there is; its address
 * ends with the word, or stands between `<` and `>`.
 */
export function* referencePlaces(
  text: string,
  servers: readonly string[],
): Generator<Reference & { readonly from: number; readonly to: number }> {
  const longestFirst = servers.toSorted((one, other) => other.length - one.length);
  for (let from = text.indexOf("@"); from !== -1; from = text.indexOf("@", from + 1)) {
    if (from > 0 && !/[\s([{"'<,;]/.test(text[from - 1] ?? "")) continue;
    const server = longestFirst.find((name) => text.startsWith(`${name}:`, from + 1));
    if (server === undefined) continue;
    const start = from + server.length + 2;
    const uri = addressAt(text, start);
    if (uri !== null) yield { server, uri, from, to: start + uri.length + (text[start] === "<" ? 2 : 0) };
  }
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
export function resourceWords({ server, uri, ok, error, size, title }: EventOf<"resource">["data"]): string {
  const kind = title === undefined ? null : thingKind(server);
  if (kind !== null) return `Read ${THING_WORDS[kind]} “${exactLine(title ?? "")}”`;
  const what = exactLine(referenceText({ server, uri }));
  if (!ok) return `Could not read ${what}: ${exactLine(error ?? "")}`;
  return `Read ${what}, ${size < 1024 ? `${size} bytes` : `${Math.round(size / 1024)} KB`}`;
}
