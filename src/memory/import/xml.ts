import { MAX_NESTING } from "../../core/storable.ts";
import { badFile, MOST_LENGTH, newlines, tooLong } from "./text.ts";

/**
 * A strict reader of the XML that data files are written in: https://www.w3.org/TR/xml, without document types, and so without
 * entities of one's own, files that are fetched, or texts that grow as they are read. Names are given without their prefix.
 */

export type XmlPart =
  | {
      readonly kind: "open";
      readonly line: number;
      readonly name: string;
      readonly attributes: ReadonlyMap<string, string>;
    }
  | { readonly kind: "close"; readonly line: number; readonly name: string }
  | { readonly kind: "text"; readonly line: number; readonly text: string };

export async function* xmlParts(pieces: AsyncIterable<string>): AsyncGenerator<XmlPart> {
  const reader = new Reader();
  for await (const piece of pieces) yield* reader.read(piece);
  reader.end();
}

const OUTSIDE = "there is text outside of all elements";

/** What is not an element: how it begins and ends. */
const ASIDES = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;

const NAME = String.raw`[\p{L}_:][\p{L}\p{N}\p{M}_:.\-\u00b7]*`;
const OPENING = new RegExp(`^<(?<name>${NAME})(?<rest>[^]*?)(?<closed>/?)>$`, "u");
const CLOSING = new RegExp(`^</(?<name>${NAME})\\s*>$`, "u");
const ATTRIBUTE = new RegExp(`\\s+(?<name>${NAME})\\s*=\\s*(?:"(?<double>[^"<]*)"|'(?<single>[^'<]*)')`, "uy");

class Reader {
  #rest = "";
  #line = 1;
  readonly #open: string[] = [];
  #hasRoot = false;

  *read(piece: string): Generator<XmlPart> {
    this.#rest += piece;
    let at = 0;
    for (;;) {
      const start = this.#rest.indexOf("<", at);
      if (start < 0) break;
      if (start > at) yield* this.#text(decoded(this.#rest.slice(at, start), this.#line), this.#rest.slice(at, start));
      at = start;
      const end = this.#endOf(at);
      if (end === null) break;
      const token = this.#rest.slice(at, end);
      at = end;
      yield* this.#token(token);
      this.#line += newlines(token);
    }
    this.#rest = this.#rest.slice(at);
    if (this.#rest.length > MOST_LENGTH) throw tooLong(this.#line);
  }

  end(): void {
    const isText = this.#rest.trim() !== "" && !this.#rest.startsWith("<");
    if (isText && this.#open.length === 0) throw badFile(this.#line, OUTSIDE);
    if (this.#rest.trim() !== "" || this.#open.length > 0 || !this.#hasRoot) {
      const open = this.#open.at(-1);
      throw badFile(this.#line, `the file is not whole${open === undefined ? "" : `: <${open}> has no end`}`);
    }
  }

  /** Where the tag or aside that begins here ends; null: not in what is there yet. */
  #endOf(at: number): number | null {
    const text = this.#rest;
    if (text.startsWith("<!D", at)) {
      throw badFile(this.#line, "a DOCTYPE is not read: take it out, and write what its entities stand for");
    }
    for (const [begin, end] of ASIDES) {
      if (text.startsWith(begin, at)) {
        const found = text.indexOf(end, at + begin.length);
        return found < 0 ? null : found + end.length;
      }
    }
    let quote = "";
    for (let place = at + 1; place < text.length; place++) {
      const sign = text.charAt(place);
      if (quote !== "") {
        if (sign === quote) quote = "";
      } else if (sign === '"' || sign === "'") quote = sign;
      else if (sign === ">") return place + 1;
      else if (sign === "<") throw badFile(this.#line, "a tag begins within a tag");
    }
    return null;
  }

  *#token(token: string): Generator<XmlPart> {
    const line = this.#line;
    if (token.startsWith("<!--")) return;
    if (token.startsWith("<![CDATA[")) {
      const text = token.slice("<![CDATA[".length, -"]]>".length);
      return yield* this.#text(plain(text, line), "");
    }
    if (token.startsWith("<?")) return checkDeclaration(token, line);
    const closing = CLOSING.exec(token)?.groups;
    if (closing !== undefined) {
      const open = this.#open.pop();
      if (open === undefined || open !== closing["name"]) {
        throw badFile(line, `</${closing["name"]}> ends ${open === undefined ? "nothing" : `<${open}>`}`);
      }
      return yield { kind: "close", line, name: local(open) };
    }
    const opening = OPENING.exec(token)?.groups;
    if (opening === undefined) throw badFile(line, "this is no tag of XML");
    const { name = "", rest = "", closed = "" } = opening;
    if (this.#open.length === 0 && this.#hasRoot) throw badFile(line, "there is more than one element at the top");
    this.#hasRoot = true;
    yield { kind: "open", line, name: local(name), attributes: attributesOf(rest, line) };
    if (closed !== "") return yield { kind: "close", line, name: local(name) };
    this.#open.push(name);
    if (this.#open.length > MAX_NESTING) throw badFile(line, `elements are nested deeper than ${MAX_NESTING} levels`);
  }

  /** `raw`: what of it has not been counted. */
  *#text(text: string, raw: string): Generator<XmlPart> {
    if (this.#open.length > 0) yield { kind: "text", line: this.#line, text };
    else if (text.trim() !== "") throw badFile(this.#line, OUTSIDE);
    this.#line += newlines(raw);
  }
}

const local = (name: string): string => name.slice(name.lastIndexOf(":") + 1);

function attributesOf(text: string, line: number): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  let at = 0;
  for (;;) {
    ATTRIBUTE.lastIndex = at;
    const groups = ATTRIBUTE.exec(text)?.groups;
    if (groups === undefined) break;
    at = ATTRIBUTE.lastIndex;
    const { name = "", double, single } = groups;
    if (attributes.has(name)) throw badFile(line, `the attribute ${name} is there twice`);
    attributes.set(name, decoded((double ?? single ?? "").replace(/[\t\n\r]/g, " "), line));
  }
  if (text.slice(at).trim() !== "") throw badFile(line, 'an attribute must be NAME="VALUE"');
  return attributes;
}

function checkDeclaration(token: string, line: number): void {
  const encoding = /^<\?xml\s[^]*\sencoding\s*=\s*["']([^"']*)["']/.exec(token)?.[1];
  if (encoding === undefined || /^(utf-?8|us-ascii)$/i.test(encoding)) return;
  throw badFile(line, `the file says that it is ${encoding}: save it as UTF-8`);
}

const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Every end of a line is one newline. */
function plain(text: string, line: number): string {
  if (NOT_XML.test(text)) throw badFile(line, "there is a character that XML does not have");
  return text.replace(/\r\n?/g, "\n");
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

function decoded(text: string, line: number): string {
  return plain(text, line).replace(/&([^;&\s<]{0,12};?)/g, (whole, inner: string) => {
    const name = inner.endsWith(";") ? inner.slice(0, -1) : "";
    const number = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name);
    const [, hex, decimal] = number ?? [];
    const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal ?? Number.NaN);
    const made = number === null ? ENTITIES.get(name) : code <= 0x10_ffff ? String.fromCodePoint(code) : undefined;
    if (made !== undefined && !NOT_XML.test(made)) return made;
    throw badFile(line, `${whole} stands for nothing: write &amp; for &`);
  });
}
