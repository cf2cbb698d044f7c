import { createInterface, type Interface } from "node:readline";
import { PassThrough, Writable } from "node:stream";
import { characters } from "../../core/text.ts";
import { characterWidth } from "../console/columns.ts";
import type { Completions } from "./slash-complete.ts";
import { span, type Line } from "./text.ts";

/**
 * The line that a person writes. Node's readline edits it: movement, words, history, completion; but it draws nothing, the
 * screen does. Pasted lines and Alt-Enter stay one message.
 */
export interface Editor extends Disposable {
  readonly text: string;
  /** In UTF-16 units of the text. */
  readonly cursor: number;
  readonly completions: readonly string[];
  /** What the terminal sent. */
  keys(text: string): void;
  replace(text: string): void;
}

export interface EditorEvents {
  readonly changed: () => void;
  readonly line: (text: string) => void;
  readonly interrupt: () => void;
  readonly end: () => void;
  readonly suspend: () => void;
}

/** A newline within the line; readline would take a real one for its end. */
const NEWLINE = "\ue00a";
const PASTE = /(\u001b\[200~|\u001b\[201~)/;
const PASTE_START = "\u001b[200~";
const PASTE_END = "\u001b[201~";
const HISTORY = 1000;

const outward = (text: string): string => text.replaceAll(NEWLINE, "\n");
/** Readline ends its line at what Unicode calls a separator too. */
const inward = (text: string): string => text.replace(/\r\n|[\r\n\u2028\u2029]/g, NEWLINE);
const CONTROL = /[\u0000-\u001f\u007f]/g;

export function createEditor(
  history: readonly string[],
  complete: (text: string) => Promise<Completions>,
  on: EditorEvents,
): Editor {
  const input = new PassThrough();
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  let completions: readonly string[] = [];
  let pasting = false;
  let held = "";
  const rl: Interface = createInterface({
    input,
    output: nowhere,
    terminal: true,
    historySize: HISTORY,
    history: history.map(inward),
    removeHistoryDuplicates: true,
    escapeCodeTimeout: 50,
    completer: (line: string, answer: (error: null, result: [string[], string]) => void) => {
      complete(outward(line)).then(
        ([hits, part, labels = hits]) => {
          completions = hits.length > 1 ? labels : [];
          answer(null, [[...hits], part]);
          on.changed();
        },
        () => answer(null, [[], line]),
      );
    },
  });
  rl.on("line", (line) => on.line(outward(line)));
  rl.on("SIGINT", on.interrupt);
  rl.on("SIGTSTP", on.suspend);
  rl.on("close", on.end);
  input.on("keypress", (_text: unknown, key: { readonly name?: string } | undefined) => {
    if (key?.name !== "tab") completions = [];
    on.changed();
  });

  const feed = (text: string): void => {
    if (pasting) input.write(inward(text).replace(CONTROL, " "));
    // Alt-Enter, and Ctrl-J where the terminal tells it from Enter, begin a new line.
    else input.write(text.replace(/\u001b[\r\n]|\n/g, NEWLINE));
  };
  return {
    get text() {
      return outward(rl.line);
    },
    get cursor() {
      return rl.cursor;
    },
    get completions() {
      return completions;
    },
    keys(text) {
      const all = held + text;
      // The start of a mark of pasting may come alone.
      const tail = /\u001b(?:\[(?:2(?:0(?:[01])?)?)?)?$/.exec(all)?.[0] ?? "";
      held = tail.length > 1 ? tail : "";
      for (const piece of (held === "" ? all : all.slice(0, -held.length)).split(PASTE)) {
        if (piece === PASTE_START) pasting = true;
        else if (piece === PASTE_END) pasting = false;
        else if (piece !== "") feed(piece);
      }
    },
    replace(text) {
      rl.write(null, { ctrl: true, name: "e" });
      rl.write(null, { ctrl: true, name: "u" });
      if (text !== "") rl.write(inward(text).replace(CONTROL, " "));
      completions = [];
      on.changed();
    },
    [Symbol.dispose]() {
      rl.off("close", on.end);
      rl.close();
      input.destroy();
    },
  };
}

export interface EditorRows {
  readonly lines: readonly Line[];
  readonly cursor: { readonly row: number; readonly column: number };
}

/** The line as rows of the terminal, with the cursor's place; of a long one the rows around the cursor. */
export function editorRows(text: string, cursor: number, width: number, rows: number): EditorRows {
  const lines: string[] = [""];
  let column = 0;
  let at = 0;
  let place = { row: 0, column: 0 };
  const room = width - 3;
  for (const each of characters(text)) {
    if (at <= cursor) place = { row: lines.length - 1, column };
    at += each.length;
    const wide = characterWidth(each);
    if (each === "\n" || column + wide > room) {
      lines.push("");
      column = 0;
      if (each === "\n") continue;
      if (at - each.length === cursor) place = { row: lines.length - 1, column: 0 };
    }
    lines[lines.length - 1] += each;
    column += wide;
  }
  if (cursor >= at) place = { row: lines.length - 1, column };
  const from = Math.max(0, Math.min(place.row - rows + 1, lines.length - rows));
  return {
    lines: lines
      .slice(from, from + rows)
      .map((line, row) => [
        span(row + from === 0 ? "› " : "  ", "bold"),
        span(line.replace(/[\u0000-\u001f\u007f-\u009f]/g, "�")),
      ]),
    cursor: { row: place.row - from, column: place.column + 2 },
  };
}
