/**
 * A small terminal: what a person would see of everything that a program wrote. It knows the sequences that Sparky uses and
 * throws at any other, so that none slips through.
 */
export class TerminalScreen {
  columns: number;
  rows: number;
  /** All rows since the start, those that have scrolled out at the top included. */
  #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  #wraps = true;
  #held = "";

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** What was written, from the first row to the last, without spaces at the ends. */
  get text(): string {
    return this.#lines
      .map((line) => line.join("").trimEnd())
      .join("\n")
      .trimEnd();
  }

  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row, column: this.#column };
  }

  write(text: string): void {
    const all = this.#held + text;
    this.#held = "";
    for (let at = 0; at < all.length;) {
      const rest = all.slice(at);
      const sequence = /^\u001b\[([?\d;]*)([A-Za-z])/.exec(rest);
      if (sequence !== null) {
        this.#sequence(sequence[1] ?? "", sequence[2] ?? "");
        at += sequence[0].length;
      } else if (/^\u001b(\[[?\d;]*)?$/.test(rest)) {
        this.#held = rest;
        return;
      } else {
        const letter = [...rest][0] ?? "";
        this.#letter(letter);
        at += letter.length;
      }
    }
  }

  #letter(letter: string): void {
    if (letter === "\r") this.#column = 0;
    else if (letter === "\n") this.#down();
    else if (letter === "\b") this.#column = Math.max(0, this.#column - 1);
    else if (letter === "\u0007") return;
    else if (/[\u0000-\u001f\u007f-\u009f]/.test(letter))
      throw new Error(`a control character: ${JSON.stringify(letter)}`);
    else {
      const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(letter) ? 2 : 1;
      if (this.#column + wide > this.columns) {
        if (!this.#wraps) return;
        this.#down();
        this.#column = 0;
      }
      const line = this.#line();
      while (line.length < this.#column) line.push(" ");
      line[this.#column] = letter;
      if (wide === 2) line[this.#column + 1] = "";
      this.#column += wide;
    }
  }

  #sequence(numbers: string, letter: string): void {
    const count = Number(numbers) || 1;
    const line = this.#line();
    if (letter === "m" || /^\?(25|2004|2026)$/.test(numbers)) return;
    if (numbers === "?7") this.#wraps = letter === "h";
    else if (letter === "A") this.#row = Math.max(this.#top, this.#row - count);
    else if (letter === "B") this.#row = Math.min(this.#top + this.rows - 1, this.#row + count);
    else if (letter === "C") this.#column = Math.min(this.columns - 1, this.#column + count);
    else if (letter === "D") this.#column = Math.max(0, this.#column - count);
    else if (letter === "G") this.#column = count - 1;
    else if (letter === "H") [this.#row, this.#column] = [this.#top, 0];
    else if (letter === "K") line.length = Math.min(line.length, this.#column);
    else if (letter === "J" && numbers === "3") return;
    else if (letter === "J" && numbers === "2") this.#lines.length = this.#top + 1;
    else if (letter === "J") {
      line.length = Math.min(line.length, this.#column);
      this.#lines.length = this.#row + 1;
    } else throw new Error(`a sequence that is not expected: ${numbers}${letter}`);
  }

  get #top(): number {
    return Math.max(0, this.#lines.length - this.rows);
  }

  #down(): void {
    this.#row += 1;
    this.#line();
  }

  #line(): string[] {
    while (this.#lines.length <= this.#row) this.#lines.push([]);
    return this.#lines[this.#row] ?? [];
  }
}
