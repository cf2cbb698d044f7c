import type { Json } from "./events.ts";

/**
 * Puts a name in the place of each known secret, wherever it stands in a text: as it is, as in JSON, in an address, and in
 * base64 at whatever place of its own text. Pure. Leftmost first, and of what begins at one place the longest.
 */

/** Shorter ones are too likely to be ordinary words. */
export const LEAST_MASKED = 8;

export interface Secret {
  readonly name: string;
  readonly value: string;
}

export const secretReference = (name: string): string => `\${secret:${name}}`;

interface Form {
  readonly text: string;
  readonly mask: string;
}

/** So many units at a form's beginning are told apart at a glance. */
const GLANCE = 4;
const SPREAD = 0xffff;

export class Masker {
  readonly #byFirst = new Map<number, readonly Form[]>();
  readonly #glance = new Uint8Array(SPREAD + 1);
  readonly #longest: number;

  constructor(secrets: readonly Secret[]) {
    const forms = new Map<string, Form>();
    for (const { name, value } of secrets) {
      if (value.length < LEAST_MASKED) continue;
      for (const text of formsOf(value)) if (!forms.has(text)) forms.set(text, { text, mask: secretReference(name) });
    }
    const longestFirst = [...forms.values()].sort((one, other) => other.text.length - one.text.length);
    for (const [first, group] of Map.groupBy(longestFirst, ({ text }) => text.charCodeAt(0)))
      this.#byFirst.set(first, group);
    for (const { text } of longestFirst) this.#glance[glanceAt(text, 0)] = 1;
    this.#longest = longestFirst[0]?.text.length ?? 0;
  }

  text(text: string): string {
    return this.#through(text, false).done;
  }

  /** Its texts and the names of its fields; the same value when nothing is to be masked. */
  value<T>(value: T): T {
    const json = JSON.stringify(value);
    if (json === undefined || this.text(json) === json) return value;
    return this.#deep(value as Json) as T;
  }

  /** JSON, of which each text is masked. */
  json(json: string): string {
    return this.text(json) === json ? json : JSON.stringify(this.#deep(JSON.parse(json) as Json));
  }

  #deep(value: Json): Json {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((each) => this.#deep(each));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [this.text(key), this.#deep(each)]));
  }

  /**
   * `more`: further text may follow, so what could be the beginning of a secret is left for it. Together the parts are what the
   * whole would be.
   */
  #through(text: string, more: boolean): { readonly done: string; readonly left: string } {
    let done = "";
    let from = 0;
    const edge = more ? text.length - this.#longest + 1 : Infinity;
    for (let at = 0; at < text.length;) {
      const inSight = at + GLANCE <= text.length;
      if (inSight && this.#glance[glanceAt(text, at)] === 0) {
        at++;
        continue;
      }
      const forms = this.#byFirst.get(text.charCodeAt(at)) ?? [];
      if (
        at >= edge &&
        forms.some((form) => form.text.length > text.length - at && form.text.startsWith(text.slice(at)))
      ) {
        return { done: done + text.slice(from, at), left: text.slice(at) };
      }
      const found = inSight ? forms.find((form) => text.startsWith(form.text, at)) : undefined;
      if (found === undefined) {
        at++;
        continue;
      }
      done += text.slice(from, at) + found.mask;
      at += found.text.length;
      from = at;
    }
    return { done: from === 0 ? text : done + text.slice(from), left: "" };
  }

  /** No secret takes more units, in whatever form it is written. */
  get reach(): number {
    return this.#longest;
  }

  /**
   * What stands between two places of a text. Of a secret that only a part of stands there, nothing is told but its name: the
   * pages on both sides of a cut cannot be put together. The text has to go on for `reach` on both sides, if there is more of it.
   */
  between(text: string, from: number, to: number): string {
    let done = "";
    let told = from;
    // Also what overlaps: which one is found first depends on where one begins to look.
    for (let at = 0; at < Math.min(to, text.length); at++) {
      const found = this.#at(text, at);
      if (found === undefined || at + found.text.length <= told) continue;
      if (at >= told || told === from) done += text.slice(told, Math.max(at, told)) + found.mask;
      told = at + found.text.length;
    }
    return done + text.slice(told, Math.max(to, told));
  }

  /** The form of a secret that begins here. */
  #at(text: string, at: number): Form | undefined {
    if (at + GLANCE > text.length || this.#glance[glanceAt(text, at)] === 0) return undefined;
    return this.#byFirst.get(text.charCodeAt(at))?.find((form) => text.startsWith(form.text, at));
  }

  part(text: string): { readonly done: string; readonly left: string } {
    return this.#through(text, true);
  }
}

function glanceAt(text: string, at: number): number {
  const mixed = text.charCodeAt(at) * 31 + text.charCodeAt(at + 1) * 1009 + text.charCodeAt(at + 2) * 7919;
  return (mixed + text.charCodeAt(at + 3) * 104_729) & SPREAD;
}

function formsOf(value: string): readonly string[] {
  const bytes = new TextEncoder().encode(value);
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value.toWellFormed());
  const strict = url.replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
  const plus = strict.replaceAll("%20", "+");
  const whole = [0, 1, 2].map((before) => base64At(bytes, before));
  return [
    ...[value, json, json.replaceAll("/", "\\/"), asciiJson(json)],
    ...[url, strict, plus, plus.replaceAll("~", "%7E")].flatMap((each) => [
      each,
      each.replace(/%../g, (hex) => hex.toLowerCase()),
    ]),
    ...whole.flatMap((each) => [each, each.replaceAll("+", "-").replaceAll("/", "_")]),
    ...whole.map(encodeURIComponent),
  ].filter((form) => form.length >= LEAST_MASKED);
}

const asciiJson = (json: string): string =>
  json.replace(/[^\0-\x7f]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** What of the base64 of a longer text is the value's alone, when so many bytes (of three) stand before it. */
function base64At(bytes: Uint8Array, before: number): string {
  const padded = new Uint8Array(before + bytes.length);
  padded.set(bytes, before);
  const text = btoa(String.fromCharCode(...padded)).replace(/=+$/, "");
  const first = before === 0 ? 0 : before === 1 ? 2 : 3;
  return text.slice(first, Math.floor((padded.length * 8) / 6));
}

/** Masks a text that comes in parts. */
export class MaskedStream {
  readonly #masker: Masker | null;
  #left = "";

  constructor(masker: Masker | null) {
    this.#masker = masker;
  }

  /** What is certain by now. */
  add(text: string): string {
    if (this.#masker === null) return text;
    const { done, left } = this.#masker.part(this.#left + text);
    this.#left = left;
    return done;
  }

  /** Nothing more comes. */
  end(): string {
    const left = this.#left;
    this.#left = "";
    return this.#masker?.text(left) ?? left;
  }
}
