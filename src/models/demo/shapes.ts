import { statementsIn, type Statement } from "./statements.ts";

/** What can be told from the shape of a request: quotations, addresses, file names, numbers, statements. */

export interface Shapes {
  readonly quotes: readonly string[];
  readonly url: string | null;
  readonly path: string | null;
  readonly numbers: readonly number[];
  /** "Ann is a person", "Ann knows Bob", "Ann -> Bob". */
  readonly statements: readonly Statement[];
}

const QUOTE = /"([^"]*)"|“([^”]*)”|«([^»]*)»|`([^`]*)`|(?<!\p{L})'([^']+)'(?!\p{L})/gu;
const URL_SHAPE = /https?:\/\/[^\s"'<>)]+[^\s"'<>).,;!?]/u;
const PATH_SHAPE =
  /(?<![\w/.:@-])(?:[\w.-]+\/)*[\w-]+\.[a-z][a-z0-9]{0,7}(?![\w/])|(?<![\w/.:])(?:\.{0,2}\/)?(?:[\w.-]+\/)+[\w.-]*/iu;

export function shapesIn(text: string): Shapes {
  const quotes = [...text.matchAll(QUOTE)].map((match) => match.slice(1).find((group) => group !== undefined) ?? "");
  const url = URL_SHAPE.exec(text)?.[0] ?? null;
  const bare = text.replace(URL_SHAPE, " ");
  const plain = bare.replace(QUOTE, " ");
  const path =
    PATH_SHAPE.exec(plain)?.[0] ?? quotes.find((quote) => /^[\w ./-]+\.[a-z][a-z0-9]{0,7}$/i.test(quote)) ?? null;
  const numbers = [...plain.replace(PATH_SHAPE, " ").matchAll(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w])/g)].map(Number);
  return { quotes, url, path, numbers, statements: statementsIn(bare) };
}

/** `in the folder notes`, `in the notes folder`. */
export function folderCalled(text: string): string | undefined {
  const match =
    /\b(?:in|of|under|inside)\s+(?:the\s+|my\s+)?(?:folder|directory)\s+["']?([\w.-]+)/i.exec(text) ??
    /\b(?:in|of|under|inside)\s+(?:the\s+|my\s+)?["']?([\w.-]+)["']?\s+(?:folder|directory)\b/i.exec(text);
  return match?.[1];
}

const NO_FOLDER =
  /^(the|my|your|our|this|that|it|them|here|there|workspace|home|folders?|director(y|ies)|files?|all|total|detail)$/i;

/** `in notes` too, for a tool that lists a folder. */
export function folderIn(text: string): string | undefined {
  const last = /\b(?:in|inside|under|of)\s+(?:the\s+|my\s+)?["']?([\w.-]*\w)["']?\s*[?.!]*$/i.exec(text)?.[1];
  return folderCalled(text) ?? (last === undefined || NO_FOLDER.test(last) ? undefined : last);
}
