import type { Masking } from "../core/known-secrets.ts";
import { piece } from "../core/text.ts";
import { MAX_PAGE_BYTES, textPage } from "./text-page.ts";
import { characterEnd, characterStart, MAX_CHARACTER_BYTES } from "./utf8.ts";

/** A long text in UTF-8, of which no more is read than a page needs. */
interface LongText {
  /** Bytes. */
  readonly size: number;
  readonly read: (from: number, to: number) => Promise<Uint8Array>;
}

export interface BytesPage {
  readonly text: string;
  /** The bytes where it begins and where the next one does; null: it is the last one. */
  readonly offset: number;
  readonly next: number | null;
  readonly total: number;
}

/** UTF-8 takes no more for a unit of UTF-16. */
const UNIT_BYTES = 3;

/** At most so many characters from a byte on, without the values of secrets; never half of a character. */
export async function bytesPage(
  { size, read }: LongText,
  { offset, limit }: { readonly offset: number; readonly limit: number },
  masking: Masking,
): Promise<BytesPage> {
  // A secret may go across both ends of the page.
  const around = masking.reach * UNIT_BYTES + MAX_CHARACTER_BYTES;
  const asked = Math.min(offset, size);
  const before = Math.max(asked - around, 0);
  const bytes = await read(before, Math.min(asked + limit * UNIT_BYTES + around, size));
  const at = asked - before + characterStart(bytes.subarray(asked - before));
  const end = before + bytes.length < size ? characterEnd(bytes) : bytes.length;
  const ahead = decoded(bytes.subarray(before === 0 ? 0 : characterStart(bytes), at));
  const whole = ahead + decoded(bytes.subarray(at, end));
  const masked = (text: string): string => masking.between(whole, ahead.length, ahead.length + text.length);
  let text = textPage(whole, ahead.length, limit);
  // Names may be longer than what they stand for.
  while (text.length > 2 && Buffer.byteLength(JSON.stringify(masked(text))) > MAX_PAGE_BYTES) {
    text = piece(text, 0, Math.floor(text.length / 2)) || piece(text, 0, 2);
  }
  const start = before + at;
  // Where its bytes are lost there is nothing to go on with.
  const next = start + Buffer.byteLength(text);
  // The mark at the head of a file is no part of its text.
  const told = start === 0 ? masked(text).replace(/^\ufeff/, "") : masked(text);
  return { text: told, offset: start, next: next > start && next < size ? next : null, total: size };
}

const decoded = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
