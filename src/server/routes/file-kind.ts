import { SparkyError } from "../../core/errors.ts";
import { MAX_PIXELS, PICTURES, TEXT } from "../../core/files.ts";
import { pictureSize, type PictureSize } from "../../core/picture-size.ts";

/** What a file is, by its bytes: what its name says is only compared with that. */

export const OTHER = "application/octet-stream";

export interface FileKind {
  readonly mime: string;
  readonly size: PictureSize | null;
}

/** By its first bytes, of which there must be enough. Whether what looks like text is text to its end is to be seen. */
export async function kindOf(name: string, head: Uint8Array): Promise<FileKind> {
  const { fileTypeFromBuffer } = await import("file-type");
  const found = (await fileTypeFromBuffer(head))?.mime;
  const mime = found === undefined || isMarkup(found) ? (new TextCheck().goesOn(head) ? TEXT : OTHER) : found;
  checkName(name, mime);
  if (!PICTURES.has(mime)) return { mime, size: null };
  const size = pictureSize(mime, head);
  if (size === null) throw new SparkyError("invalid_input", `${JSON.stringify(name)} is a broken picture`, RESAVE);
  const pixels = size.width * size.height;
  if (pixels > MAX_PIXELS) {
    const has = `${size.width} × ${size.height}: ${Math.round(pixels / 1e6)} megapixels`;
    throw new SparkyError("too_large", `${JSON.stringify(name)} is a picture of ${has}`, {
      hint: `make it smaller: at most ${MAX_PIXELS / 1e6} megapixels are taken`,
    });
  }
  return { mime, size };
}

const RESAVE = { hint: "open it in another program and save it anew" };

/** XML and its like, SVG among them, are texts: nothing here shows them as anything else. */
const isMarkup = (mime: string): boolean => /^(?:text\/|application\/(?:xml|rtf|json)|image\/svg)/.test(mime);

/** Whether bytes that come in parts are UTF-8 text: a character may lie across two of them. */
export class TextCheck {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  goesOn(part: Uint8Array): boolean {
    if (part.includes(0)) return false;
    try {
      this.#decoder.decode(part, { stream: true });
      return true;
    } catch {
      return false;
    }
  }
}

/** Endings that people and programs rely on, each with what must be behind it. */
const CLAIMS: readonly (readonly [what: string, endings: RegExp, is: RegExp])[] = [
  ["a picture", /\.(?:png|jpe?g|gif|webp|bmp|tiff?|heic|heif|avif|ico|psd)$/i, /^image\//],
  ["a PDF", /\.pdf$/i, /^application\/pdf$/],
  [
    "text",
    /\.(?:txt|md|csv|tsv|json|jsonl|ya?ml|toml|ini|xml|html?|svg|css|js|mjs|ts|tsx|jsx|py|rb|go|rs|c|h|cpp|java|sh|sql|log)$/i,
    /^text\/plain$/,
  ],
  ["an archive", /\.(?:zip|docx|xlsx|pptx|odt|ods|odp|epub|jar)$/i, /zip|officedocument|opendocument|java-archive/],
];

/** A file that says it is something else fools whoever opens it next. */
export function checkName(name: string, mime: string): void {
  const claim = CLAIMS.find(([, endings]) => endings.test(name));
  if (claim === undefined || claim[2].test(mime)) return;
  const is = mime === OTHER ? "binary data" : mime === TEXT ? "text" : mime;
  throw new SparkyError("invalid_input", `${JSON.stringify(name)} is not ${claim[0]}: its bytes are ${is}`, {
    hint: "give the file the ending of what it is",
  });
}
