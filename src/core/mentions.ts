/** `@name` in a person's message: another person whom it is meant for. Pure. */

export interface MentionPlace {
  /** As the account is called. */
  readonly name: string;
  /** In UTF-16 units: from the `@` to behind the name. */
  readonly from: number;
  readonly to: number;
}

/** At the beginning of a word, as references are. */
const AT_NAME = /(?<=^|[\s([{"'<,;])@([a-z][a-z0-9._-]*)/gi;
/** What stands there with a name makes another word of it: an address, a package, a reference `@SERVER:URI`. */
const GOES_ON = /^(?:[\p{L}\p{M}\p{N}@/]|:\S)/u;

/** Where these people are mentioned, in the text's order. Not in code, and not as a part of another word. */
export function mentionsIn(text: string, names: readonly string[]): readonly MentionPlace[] {
  if (names.length === 0 || !text.includes("@")) return [];
  const known = new Set(names);
  const code = codeIn(text);
  let within = 0;
  return [...text.matchAll(AT_NAME)].flatMap(({ 0: all, 1: word = "", index: from }) => {
    while ((code[within]?.to ?? Infinity) <= from) within += 1;
    if ((code[within]?.from ?? Infinity) <= from) return [];
    if (GOES_ON.test(text.slice(from + all.length, from + all.length + 2))) return [];
    const name = nameIn(word.toLowerCase(), known);
    return name === null ? [] : [{ name, from, to: from + 1 + name.length }];
  });
}

/** No name is so long, with what may stand behind it. */
const LONGEST = 100;

/** A dot or a dash behind a name may be the sentence's own. */
function nameIn(word: string, known: ReadonlySet<string>): string | null {
  if (word.length > LONGEST) return null;
  const bare = word.replace(/[._-]+$/, "");
  return known.has(word) ? word : known.has(bare) ? bare : null;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const FENCE = /^ {0,3}(`{3,}(?!.*`)|~{3,})/;

/** What Markdown takes for code: between fences, and between backticks within a paragraph. */
function codeIn(text: string): readonly Span[] {
  if (!/`|~~~/.test(text)) return [];
  const spans: Span[] = [];
  let fence: { readonly marks: string; readonly from: number } | null = null;
  let paragraph = 0;
  let at = 0;
  const endParagraph = (): void => void spans.push(...backticksIn(text, paragraph, at));
  for (const line of text.split("\n")) {
    const next = at + line.length + 1;
    if (fence !== null) {
      if (isClosing(line, fence.marks)) {
        spans.push({ from: fence.from, to: next });
        fence = null;
        paragraph = next;
      }
    } else {
      const marks = FENCE.exec(line)?.[1];
      if (marks !== undefined || line.trim() === "") {
        endParagraph();
        paragraph = next;
      }
      if (marks !== undefined) fence = { marks, from: at };
    }
    at = next;
  }
  if (fence !== null) spans.push({ from: fence.from, to: at });
  else endParagraph();
  return spans;
}

function isClosing(line: string, marks: string): boolean {
  const found = /^ {0,3}(`+|~+)\s*$/.exec(line)?.[1];
  return found !== undefined && found.startsWith(marks);
}

/** Between as many backticks as it began with; those that have no such end are letters. */
function backticksIn(text: string, from: number, to: number): Span[] {
  const runs = [...text.slice(from, to).matchAll(/`+/g)].map(({ 0: { length }, index }) => ({
    length,
    at: from + index,
  }));
  const last = new Map(runs.map(({ length }, n) => [length, n]));
  const spans: Span[] = [];
  for (let n = 0; n < runs.length; n++) {
    const opening = runs[n];
    if (opening === undefined || last.get(opening.length) === n) continue;
    do n += 1;
    while (runs[n]?.length !== opening.length);
    spans.push({ from: opening.at, to: (runs[n]?.at ?? to) + opening.length });
  }
  return spans;
}
