import { SparkyError } from "./errors.ts";
import type { Attachment, Unread } from "./events.ts";

/** Files that people send along with what they write. */

export const MAX_FILE_BYTES = 25 * 1024 * 1024;
export const TEXT = "text/plain";
export const PDF = "application/pdf";
/** Of one message or task. */
export const MAX_ATTACHMENTS = 10;
/** Pictures that models are given and pages show: all else is downloaded. */
export const PICTURES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
/** A small file can unfold into very many of them, where it is shown. */
export const MAX_PIXELS = 50_000_000;
const MAX_NAME_BYTES = 255;

/** What cannot be seen, and what turns the direction of the text around it: a name with those shows another ending than it has. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Throws `invalid_input` for a name that would be another one where the file is shown or saved. */
export function checkFileName(name: string): void {
  const bad = (what: string): SparkyError =>
    new SparkyError("invalid_input", `the file’s name ${what}`, { hint: "give it a plain name, like report.pdf" });
  if (name.trim() === "") throw bad("is missing");
  if (/[/\\]/.test(name) || name === "." || name === "..") throw bad("must not be a path");
  if (UNSEEN.test(name)) throw bad("holds characters that cannot be seen");
  if (new TextEncoder().encode(name).length > MAX_NAME_BYTES) throw bad(`is longer than ${MAX_NAME_BYTES} bytes`);
}

/** `812 bytes`, `4.2 KB`, `25 MB`, `1.5 GB`. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  const [size, unit] =
    bytes < 1_000_000
      ? [bytes / 1024, "KB"]
      : bytes < 1_000_000_000
        ? [bytes / 1024 ** 2, "MB"]
        : [bytes / 1024 ** 3, "GB"];
  return `${size < 10 ? Math.round(size * 10) / 10 : Math.round(size)} ${unit}`;
}

/** `3 pages`, `the first 120 of 500 pages` */
export function pagesInWords(pages: number, read = pages): string {
  if (read < pages) return `the first ${read} of ${pages} pages`;
  return pages === 1 ? "1 page" : `${pages} pages`;
}

const WHY_UNREAD: { readonly [why in Unread]: string } = {
  encrypted: "it opens with a password only",
  damaged: "it is damaged",
  no_text: "there is no text in it",
  too_much: "it is too much to be read",
};

/** `plan.png, 1200 × 800, 84 KB`, `report.pdf, 3 pages, 84 KB`, `report.pdf, 84 KB (not read: it is damaged)` */
export function fileWords({ name, size, width, height, pages, readPages, unread }: Attachment): string {
  const pixels = width === undefined || height === undefined ? [] : [`${width} × ${height}`];
  const read = pages === undefined ? [] : [pagesInWords(pages, readPages)];
  const words = [name, ...pixels, ...read, sizeInWords(size)].join(", ");
  return unread === undefined ? words : `${words} (not read: ${WHY_UNREAD[unread]})`;
}
