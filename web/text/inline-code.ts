export interface InlinePart {
  readonly isCode: boolean;
  readonly text: string;
}

const CODE = /(?<!`)(`{1,2})(?!`)(.+?)(?<!`)\1(?!`)/g;

/** What stands between backticks, without them, and what is around it. One that has no other is a character as any. Pure. */
export function inlineCode(line: string): readonly InlinePart[] {
  const parts: InlinePart[] = [];
  let from = 0;
  for (const match of line.matchAll(CODE)) {
    if (match.index > from) parts.push({ isCode: false, text: line.slice(from, match.index) });
    parts.push({ isCode: true, text: (match[2] ?? "").trim() });
    from = match.index + match[0].length;
  }
  if (from < line.length) parts.push({ isCode: false, text: line.slice(from) });
  return parts;
}
