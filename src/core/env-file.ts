/** A settings file such as `.env` as text: where each setting stands in it, and the same text with one changed. Pure. */

export interface EnvEntry {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** Its text is from `start` up to and without the newline at `end`. */
  readonly start: number;
  readonly end: number;
}

export interface EnvText {
  readonly entries: readonly EnvEntry[];
  /** The first line that is no setting, no comment and not empty. */
  readonly bad: { readonly line: number; readonly why: string } | null;
}

const QUOTES = ["'", "`", '"'];
const NAME = /^[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_][A-Za-z0-9_]*)[^\S\n]*=[^\S\n]*/;

/** Finds the settings as Node's `parseEnv` reads them: a value in quotes may go over several lines. */
export function readEnvText(text: string): EnvText {
  const entries: EnvEntry[] = [];
  let bad: EnvText["bad"] = null;
  let line = 1;
  for (let start = 0; start < text.length;) {
    let end = lineEnd(text, start);
    const here = text.slice(start, end);
    const found = NAME.exec(here);
    if (found?.[1] !== undefined) {
      const value = readValue(text, start + found[0].length, end);
      end = value.end;
      entries.push({ name: found[1], line, start, end });
      if (value.why !== null) bad ??= { line, why: value.why };
    } else if (!/^\s*(#|$)/.test(here)) bad ??= { line, why: "is not NAME=value" };
    line += text.slice(start, end).split("\n").length;
    start = end + 1;
  }
  return { entries, bad };
}

function readValue(text: string, at: number, end: number): { readonly end: number; readonly why: string | null } {
  const quote = text[at];
  if (quote === undefined || at >= end || !QUOTES.includes(quote)) return { end, why: null };
  const close = text.indexOf(quote, at + 1);
  if (close < 0) return { end, why: `has a ${quote} that is not closed` };
  const last = lineEnd(text, close);
  const clear = /^\s*(#|$)/.test(text.slice(close + 1, last));
  return { end: last, why: clear ? null : `has something behind its closing ${quote}` };
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at < 0 ? text.length : at;
}

/**
 * The text with this setting: in the place of the last one of its name, which is the one that counts, else at the end.
 * Everything else stays. null: there are no quotes that can hold the value.
 */
export function withSetting(text: string, name: string, value: string): string | null {
  const written = quoted(value);
  if (written === null) return null;
  const last = readEnvText(text).entries.findLast((entry) => entry.name === name);
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  if (last === undefined) {
    const before = text === "" || text.endsWith("\n") ? text : text + newline;
    return `${before}${name}=${written}${newline}`;
  }
  const old = text.slice(last.start, last.end);
  const exported = /^\s*export\s/.test(old) ? "export " : "";
  return `${text.slice(0, last.start)}${exported}${name}=${written}${old.endsWith("\r") ? "\r" : ""}${text.slice(last.end)}`;
}

/** The text without any setting of this name. */
export function withoutSetting(text: string, name: string): string {
  const { entries } = readEnvText(text);
  return entries
    .filter((entry) => entry.name === name)
    .reduceRight((left, { start, end }) => left.slice(0, start) + left.slice(end + 1), text);
}

/** As it is where that is safe, else in quotes that are not in it. Double quotes turn a written \n into a new line. */
function quoted(value: string): string | null {
  if (/^[\w@%+./:,~-]+$/.test(value)) return value;
  if (/[\u0000-\u001f\u007f]/.test(value)) return null;
  const quote = QUOTES.find((each) => !value.includes(each) && (each !== '"' || !value.includes("\\n")));
  return quote === undefined ? null : quote + value + quote;
}
