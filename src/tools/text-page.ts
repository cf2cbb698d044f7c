import { piece } from "../core/text.ts";

/** Below what an event holds inline, so that a page of a big text is not itself kept as one. */
export const MAX_PAGE_BYTES = 30_000;

/** So many characters from there on, or as many as stay below the limit in bytes as JSON; never half of a pair. */
export function textPage(whole: string, offset: number, limit: number, maxBytes = MAX_PAGE_BYTES): string {
  // Where a page would hold no more than half a character, it holds the whole one.
  let text = piece(whole, offset, offset + limit) || piece(whole, offset, offset + 2);
  for (let bytes = bytesOf(text); bytes > maxBytes; bytes = bytesOf(text)) {
    text = piece(text, 0, Math.floor((text.length * maxBytes) / bytes) - 1);
  }
  return text;
}

const bytesOf = (text: string): number => Buffer.byteLength(JSON.stringify(text));
