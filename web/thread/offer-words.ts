/** What is being typed that servers may offer something for: `@…` at the beginning of a word, `/…` at that of the message. */

export interface OfferWords {
  readonly kind: "resource" | "prompt";
  readonly query: string;
  /** Where it begins in the text; it ends at the cursor. */
  readonly from: number;
}

const MOST = 200;

export function offerWords(text: string, cursor: number): OfferWords | null {
  const before = text.slice(Math.max(0, cursor - MOST - 2), cursor);
  const resource = /(?:^|[\s([{"'<,;])@([^\s@]*)$/.exec(before)?.[1];
  if (resource !== undefined && resource.length <= MOST) {
    return { kind: "resource", query: resource, from: cursor - resource.length - 1 };
  }
  const prompt = cursor <= MOST ? /^\/(\S*)$/.exec(text.slice(0, cursor))?.[1] : undefined;
  return prompt === undefined ? null : { kind: "prompt", query: prompt, from: 0 };
}

/** Whether what was offered for the words before can be meant by these: nothing else is taken by Enter before an answer is there. */
export function stillFits(query: string, texts: readonly string[]): boolean {
  const typed = query.toLowerCase();
  const name = typed.slice(typed.indexOf(":") + 1);
  return texts.some((text) => text.toLowerCase().includes(typed) || text.toLowerCase().includes(name));
}

/** The first `{…}` of a template's reference, to be written over. */
export function blankIn(reference: string): { readonly start: number; readonly end: number } | null {
  const found = /\{[^{}]*\}/.exec(reference);
  return found === null ? null : { start: found.index, end: found.index + found[0].length };
}

/** The text with a prompt in place of the `/…` that it was asked for by; null: that is not there any more. */
export function withPrompt(
  text: string,
  asked: string,
  filled: string,
): { readonly text: string; readonly end: number } | null {
  return text.startsWith(asked) ? { text: filled + text.slice(asked.length), end: filled.length } : null;
}
