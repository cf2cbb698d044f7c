/**
 * The words of a line as bash would part them, the last one as far as it is typed; what stands before the command, such
 * as `A=1`, is left out. Pure.
 */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  let word = "";
  let quote: string | null = null;
  let begun = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] ?? "";
    if (quote === null && /\s/.test(letter)) {
      if (begun) words.push(word);
      [word, begun] = ["", false];
      continue;
    }
    begun = true;
    if (letter === "\\" && quote !== "'") word += line[++at] ?? "";
    else if (quote === null && (letter === "'" || letter === '"')) quote = letter;
    else if (letter === quote) quote = null;
    else word += letter;
  }
  words.push(word);
  const command = words.findIndex((each) => !/^[A-Za-z_]\w*=/.test(each));
  return words.slice(Math.max(command, 0));
}
