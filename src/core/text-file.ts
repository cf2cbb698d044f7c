import { SparkyError } from "./errors.ts";

const HEAD_BYTES = 1000;

/**
 * What a file that people write says: UTF-8, without the byte order mark that some editors put at its head. Line ends stay
 * as they are. Throws `invalid_input` for UTF-16 and UTF-32, which would be read as nonsense.
 */
export function fileText(bytes: Uint8Array, path: string): string {
  const wide = wideEncoding(bytes);
  if (wide !== null) {
    throw new SparkyError("invalid_input", `${path} is written in ${wide}, which is not read`, {
      hint: `save it as UTF-8: iconv -f ${wide} -t UTF-8 FILE > NEW`,
    });
  }
  // Takes the mark away.
  return new TextDecoder().decode(bytes);
}

/** By its mark; without one, text of which every other byte is zero is of two bytes a letter. */
function wideEncoding(bytes: Uint8Array): string | null {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? "UTF-32" : "UTF-16";
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0 && c === 0xfe && d === 0xff))
    return a === 0 ? "UTF-32" : "UTF-16";
  const head = bytes.subarray(0, HEAD_BYTES);
  const zeros = head.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
  return head.length > 1 && zeros * 3 >= head.length ? (zeros * 3 > head.length * 2 ? "UTF-32" : "UTF-16") : null;
}
