import { shorten } from "../../core/text.ts";
import type { NodeLabel } from "../../store/graph/visible.ts";

/** Where each node's page lies: a folder for each type, names that every system can have, and none twice there. */
export class Paths {
  readonly #folders = new Map<string, string>();
  readonly #taken = new Set<string>();

  of({ id, type, name }: NodeLabel): string {
    const wanted = safeName(type);
    const folder = this.#folders.get(folded(wanted)) ?? wanted;
    this.#folders.set(folded(wanted), folder);
    const start = `${folder}/${safeName(name)}`;
    const ends = ["", ` ${id.slice(0, 6)}`, ` ${id}`];
    const path = ends.map((end) => `${start}${end}.md`).find((each) => !this.#taken.has(folded(each))) ?? `${id}.md`;
    this.#taken.add(folded(path));
    return path;
  }
}

/** As a file system compares that takes neither case nor the form of a character for a difference. */
const folded = (path: string): string => path.normalize("NFKD").toLowerCase().toUpperCase();

/** What one system or another refuses or reads as something else: controls, marks of direction, separators and wildcards. */
const UNSAFE = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2028\u2029<>:"/\\|?*#^[\]%]/gu;
/** Devices of Windows, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;
/** With the end of an id, `.md` and four bytes a character it stays below the 255 bytes of most systems. */
const LONGEST = 50;

/** One name, of a file or a folder. */
export function safeName(name: string): string {
  const plain = shorten(name.toWellFormed().normalize("NFC").replace(UNSAFE, "_").replace(/\s+/g, " "), LONGEST)
    .trim()
    .replace(/^[.~-]+/, (start) => "_".repeat(start.length))
    .replace(/[. ]+$/, "");
  const whole = plain === "" ? "_" : plain;
  return DEVICE.test(whole) ? `_${whole}` : whole;
}
