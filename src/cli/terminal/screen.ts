import type { Output } from "../console/output.ts";
import type { TerminalDevice } from "../console/terminal-device.ts";
import { widthOf } from "../console/columns.ts";
import { textOf, type Line, type Look } from "./text.ts";

/**
 * Lines that stay, and below them some that are drawn again and again. What stays is written once and belongs to the
 * terminal's own scrolling from then on; only the lines below it are ever touched again, so nothing flickers.
 */
export interface Screen {
  /** Writes `lines` above, for good, and draws what stands below. */
  draw(lines: readonly Line[], below: Below): void;
  /** Takes away what stands below; the cursor is where it stood. */
  clear(): void;
  /** The whole terminal is empty now. */
  wipe(): void;
}

export interface Below {
  /** At most as many as the terminal has, less one. */
  readonly lines: readonly Line[];
  readonly cursor: { readonly row: number; readonly column: number };
}

const BEGIN = "\u001b[?2026h\u001b[?25l";
const END = "\u001b[?25h\u001b[?2026l";
const ERASE_LINE = "\u001b[K";
const ERASE_BELOW = "\u001b[J";
const up = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : "");
const right = (columns: number): string => (columns > 0 ? `\u001b[${columns}C` : "");

export function createScreen(device: TerminalDevice, paint: Output["paint"]): Screen {
  let widths: readonly number[] = [];
  let row = 0;
  let last = "";

  const painted = (line: Line): string => line.map(({ text, look }) => PAINT[look](paint, text)).join("");
  /** From the cursor to the first of the lines below. A terminal that has become narrower has broken them. */
  const toTop = (): string => {
    const { columns } = device;
    const rows = widths.slice(0, row).reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return `\r${up(rows)}`;
  };
  return {
    draw(lines, below) {
      const text = below.lines.map((line) => `${painted(line)}${ERASE_LINE}`).join("\r\n");
      const { cursor } = below;
      const frame = `${text}@${cursor.row},${cursor.column}`;
      if (lines.length === 0 && frame === last) return;
      const stays = lines.map((line) => `${painted(line)}${ERASE_LINE}\r\n`).join("");
      // Whatever is measured wrongly is cut off, and cannot push the other lines.
      const drawn = `\u001b[?7l${text}${ERASE_BELOW}\u001b[?7h`;
      const place = `${up(below.lines.length - 1 - cursor.row)}\r${right(cursor.column)}`;
      device.write(BEGIN + toTop() + stays + drawn + place + END);
      widths = below.lines.map((line) => widthOf(textOf(line)));
      row = cursor.row;
      last = frame;
    },
    clear() {
      device.write(toTop() + ERASE_BELOW);
      [widths, row, last] = [[], 0, ""];
    },
    wipe() {
      device.write("\u001b[H\u001b[2J\u001b[3J");
      [widths, row, last] = [[], 0, ""];
    },
  };
}

const PAINT: { readonly [look in Look]: (paint: Output["paint"], text: string) => string } = {
  plain: (_paint, text) => text,
  bold: (paint, text) => paint.bold(text),
  italic: (paint, text) => paint.italic(text),
  dim: (paint, text) => paint.dim(text),
  code: (paint, text) => paint.cyan(text),
  good: (paint, text) => paint.green(text),
  bad: (paint, text) => paint.red(text),
  note: (paint, text) => paint.cyan(text),
  ask: (paint, text) => paint.yellow(text),
};
