/** Bytes to text, by what the transport, a byte order mark or the page itself says of them. */

export interface Decoded {
  readonly text: string;
  /** What a reader should know. */
  readonly note: string | null;
}

/** How far a page is looked at for what it says of its own charset. */
const LOOK_BYTES = 2048;

/** Never throws: what is told wrongly is marked, and the text is as right as it can be made. */
export function decode(bytes: Uint8Array, contentType: string): Decoded {
  const told = toldCharset(bytes, contentType);
  const decoder = told === null ? null : decoderFor(told);
  if (decoder !== null) return marked(decoder.decode(bytes), told ?? "");
  const note = told === null ? null : `its charset ${JSON.stringify(told.slice(0, 40))} is not known; it was guessed`;
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), note };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), note };
  }
}

const BOMS: readonly (readonly [bytes: readonly number[], charset: string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

function toldCharset(bytes: Uint8Array, contentType: string): string | null {
  const marked = BOMS.find(([bom]) => bom.every((byte, at) => bytes[at] === byte));
  if (marked !== undefined) return marked[1];
  const head = /;\s*charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1];
  if (head !== undefined) return head;
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, LOOK_BYTES));
  const own =
    /<meta[^>]{1,200}?charset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(start) ??
    /^<\?xml[^>]{1,100}?encoding\s*=\s*["']([^"']+)["']/.exec(start);
  // A page whose ASCII could be read so is not in UTF-16, whatever it says.
  return own?.[1]?.replace(/^utf-?16.*$/i, "utf-8") ?? null;
}

function decoderFor(charset: string): TextDecoder | null {
  try {
    return new TextDecoder(charset);
  } catch {
    return null;
  }
}

function marked(text: string, charset: string): Decoded {
  const wrong = text.split("\u{fffd}").length - 1;
  const note = wrong === 0 ? null : `${wrong} places are no ${charset}, as it says to be: they are shown as \u{fffd}`;
  return { text, note };
}
