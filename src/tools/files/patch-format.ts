/** The `*** Begin Patch` format: what it asks for, and a file's text after it. Pure. */

export type FilePatch =
  | { readonly kind: "add"; readonly path: string; readonly text: string }
  | { readonly kind: "delete"; readonly path: string }
  | { readonly kind: "update"; readonly path: string; readonly to: string | null; readonly hunks: readonly Hunk[] };

interface Hunk {
  /** A line that stands above; null: anywhere. */
  readonly under: string | null;
  readonly old: readonly string[];
  readonly put: readonly string[];
  readonly atEnd: boolean;
}

const FILE = /^\*\*\* (Add|Delete|Update) File: (.+)$/;

export function parsePatch(text: string): readonly FilePatch[] {
  const lines = text.replaceAll("\r\n", "\n").trim().split("\n");
  if (lines[0]?.trim() !== "*** Begin Patch") throw new Error('a patch begins with the line "*** Begin Patch"');
  if (lines.at(-1)?.trim() !== "*** End Patch") throw new Error('a patch ends with the line "*** End Patch"');
  const body = lines.slice(1, -1);
  const files: FilePatch[] = [];
  for (let at = 0; at < body.length;) {
    const [, what, name] = FILE.exec(body[at] ?? "") ?? [];
    if (what === undefined || name === undefined)
      throw new Error(`line ${at + 2} of the patch is no "*** Add|Delete|Update File: PATH"`);
    const next = body.findIndex((line, n) => n > at && FILE.test(line));
    const part = body.slice(at + 1, next === -1 ? body.length : next);
    files.push(filePatch(what, name.trim(), part, at + 3));
    at += 1 + part.length;
  }
  if (files.length === 0) throw new Error("the patch changes no file");
  return files;
}

function filePatch(what: string, path: string, part: readonly string[], first: number): FilePatch {
  if (what === "Delete") {
    if (part.some((line) => line.trim() !== ""))
      throw new Error(`line ${first} of the patch: a deleted file has no lines`);
    return { kind: "delete", path };
  }
  if (what === "Add") {
    const wrong = part.findIndex((line) => !line.startsWith("+"));
    if (wrong !== -1) throw new Error(`line ${first + wrong} of the patch: each line of an added file begins with +`);
    return { kind: "add", path, text: part.map((line) => `${line.slice(1)}\n`).join("") };
  }
  const [, to] = /^\*\*\* Move to: (.+)$/.exec(part[0] ?? "") ?? [];
  const hunks = hunksOf(part.slice(to === undefined ? 0 : 1), first + (to === undefined ? 0 : 1));
  if (hunks.length === 0 && to === undefined) throw new Error(`the patch changes nothing in ${path}`);
  return { kind: "update", path, to: to?.trim() ?? null, hunks };
}

function hunksOf(part: readonly string[], first: number): readonly Hunk[] {
  const hunks: { under: string | null; old: string[]; put: string[]; atEnd: boolean }[] = [];
  for (const [n, line] of part.entries()) {
    let hunk = hunks.at(-1);
    if (line.startsWith("@@")) {
      const under = line.slice(2).trim();
      hunks.push({ under: under === "" ? null : under, old: [], put: [], atEnd: false });
      continue;
    }
    if (hunk === undefined) hunks.push((hunk = { under: null, old: [], put: [], atEnd: false }));
    if (line.trim() === "*** End of File") hunk.atEnd = true;
    else if (line.startsWith("-")) hunk.old.push(line.slice(1));
    else if (line.startsWith("+")) hunk.put.push(line.slice(1));
    else if (line.startsWith(" ") || line === "") {
      hunk.old.push(line.slice(1));
      hunk.put.push(line.slice(1));
    } else throw new Error(`line ${first + n} of the patch begins with none of blank, +, -, @@`);
  }
  return hunks.filter(({ old, put }) => old.length + put.length > 0);
}

/** Throws where a hunk's lines are not there, or are there several times below what is named above them. */
export function patched(text: string, { path, hunks }: Extract<FilePatch, { kind: "update" }>): string {
  const ending = text.includes("\r\n") ? "\r" : "";
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  const endsWhole = lines.at(-1) === "";
  if (endsWhole) lines.pop();
  let from = 0;
  for (const [n, hunk] of hunks.entries()) {
    const name = `hunk ${n + 1} of ${path}`;
    if (hunk.under !== null) {
      const found = lines.findIndex((line, at) => at >= from && line.trim() === hunk.under);
      if (found === -1) throw new Error(`${name}: there is no line "${hunk.under}"`);
      from = found + 1;
    }
    const at = hunk.old.length === 0 ? (hunk.under === null ? lines.length : from) : placeOf(lines, from, hunk, name);
    lines.splice(at, hunk.old.length, ...hunk.put);
    from = at + hunk.put.length;
  }
  const whole =
    lines.length === 0 ? "" : `${lines.join(`${ending}\n`)}${endsWhole || text === "" ? `${ending}\n` : ""}`;
  return whole;
}

/** Exactly, or but for blanks at line ends. */
function placeOf(lines: readonly string[], from: number, { old, atEnd }: Hunk, name: string): number {
  for (const same of [(a: string, b: string) => a === b, (a: string, b: string) => a.trimEnd() === b.trimEnd()]) {
    const places: number[] = [];
    for (let at = atEnd ? Math.max(lines.length - old.length, from) : from; at + old.length <= lines.length; at++) {
      if (old.every((line, n) => same(lines[at + n] ?? "", line))) places.push(at);
    }
    if (places.length > 1) {
      const where = places
        .slice(0, 10)
        .map((at) => at + 1)
        .join(", ");
      throw new Error(
        `${name}: its lines stand ${places.length} times, at lines ${where}: add lines, or name one above by @@`,
      );
    }
    if (places[0] !== undefined) return places[0];
  }
  throw new Error(`${name}: these lines are not there:\n${old.slice(0, 5).join("\n")}`);
}
