/** The word that was probably meant: at most two letters off, one in a short word. null: none is near. Pure. */
export function nearest(word: string, words: Iterable<string>): string | null {
  let best: string | null = null;
  let least = (word.length < 6 ? 1 : 2) + 1;
  for (const candidate of words) {
    const steps = distance(word.toLowerCase(), candidate.toLowerCase());
    if (steps < least) [best, least] = [candidate, steps];
  }
  return best;
}

/** How many names are near enough to be told. */
const NEAR = 3;

/** The words that may have been meant, the likeliest first: those that begin so, and those that are few letters off. */
export function nearNames(word: string, words: readonly string[]): readonly string[] {
  const typed = word.toLowerCase();
  const most = Math.max(1, Math.min(4, Math.floor(typed.length / 2)));
  return words
    .flatMap((name) => {
      const candidate = name.toLowerCase();
      if (typed.length > 1 && candidate.startsWith(typed)) return [{ name, steps: 0 }];
      // So many letters more or less are so many steps.
      if (Math.abs(candidate.length - typed.length) > most) return [];
      return [{ name, steps: distance(typed, candidate) }];
    })
    .filter(({ steps }) => steps <= most)
    .toSorted((one, other) => one.steps - other.steps)
    .slice(0, NEAR)
    .map(({ name }) => name);
}

/** How many names a hint tells. */
const TOLD = 8;

/** What to say where a name is not there: the one that was probably meant, else which there are; null: there are none. */
export function namesHint(given: string, names: readonly string[]): string | null {
  const begun = given.length > 1 ? names.filter((name) => name.toLowerCase().startsWith(given.toLowerCase())) : [];
  const near = nearest(given, names) ?? (begun.length === 1 ? begun[0] : undefined);
  if (near !== undefined) return `did you mean ${near}?`;
  if (names.length === 0) return null;
  return `there are: ${names.slice(0, TOLD).join(", ")}${names.length > TOLD ? ", …" : ""}`;
}

/** How many letters have to be changed, added or taken away (Levenshtein's distance). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
