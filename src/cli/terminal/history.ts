import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What was typed, kept in `history` of the home: one JSON string a line, the oldest first, for its owner's eyes only. */
export interface History {
  /** The newest first. */
  readonly entries: readonly string[];
  add(text: string): void;
}

const KEPT = 1000;
/** So long may the file get before its beginning is dropped. */
const LONGEST = 2 * KEPT;

/** A history that cannot be read or kept is no reason not to talk. */
export function openHistory(home: string): History {
  const file = join(home, "history");
  const entries = read(file);
  if (entries.length > LONGEST) {
    try {
      writeFileSync(`${file}.new`, entries.slice(-KEPT).map(line).join(""), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch {}
  }
  return {
    entries: entries.slice(-KEPT).toReversed(),
    add(text) {
      try {
        // One write at the end of the file: two terminals do not take each other's away.
        appendFileSync(file, line(text), { mode: 0o600 });
      } catch {}
    },
  };
}

const line = (text: string): string => `${JSON.stringify(text)}\n`;

function read(file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((each) => {
    try {
      const value: unknown = JSON.parse(each);
      return typeof value === "string" ? [value] : [];
    } catch {
      return [];
    }
  });
}
