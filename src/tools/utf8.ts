/** Whole characters at the ends of a piece of UTF-8 that was cut out by bytes. */

/** The most bytes of one character. */
export const MAX_CHARACTER_BYTES = 4;

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Where the first whole character begins, when an offset fell into the middle of one. */
export function characterStart(bytes: Uint8Array): number {
  let start = 0;
  while (start < MAX_CHARACTER_BYTES - 1 && isContinuation(bytes[start])) start++;
  return start;
}

/** Where the last character ends that is whole. */
export function characterEnd(bytes: Uint8Array): number {
  let lead = bytes.length - 1;
  while (lead > bytes.length - MAX_CHARACTER_BYTES && isContinuation(bytes[lead])) lead--;
  const first = bytes[lead] ?? 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return lead + length > bytes.length ? lead : bytes.length;
}
