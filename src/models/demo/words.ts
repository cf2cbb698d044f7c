/** Words of the demo model: how it compares an instruction with tools that it has never seen. */

const STOP = new Set(
  (
    "a an the this that these those my your our their its of in on at to for from with by as is are am be was were it them " +
    "they and or then please can could would will you me i we us do does did just now what whats which who how there here " +
    "all any some every into about if so also after before next finally first lastly have has let using use tool call named " +
    "called new one"
  ).split(" "),
);

/** Words of one meaning. A word may stand in several rows. */
const ROWS = [
  "add insert remember learn note store save record create connect link relate queue",
  "search find look lookup query locate",
  "list enumerate ls show display",
  "read open cat content print view",
  "write save store create put make",
  "stat statistic count many",
  "check verify validate audit inspect health healthy integrity duplicate orphan isolated problem",
  "time clock date day today hour weekday",
  "file document folder directory",
  "task todo job reminder",
  "graph knowledge memory node edge",
  "fetch download visit web url page website",
  "plan checklist",
  "send mail email notify",
  "run execute",
  "delete remove drop",
  "update change edit set",
].map((row) => row.split(" "));

/** Verbs that begin almost any request and say little about the tool. */
const GENERIC = new Set([
  "check",
  "show",
  "get",
  "give",
  "tell",
  "see",
  "make",
  "look",
  "update",
  "run",
  "set",
  "view",
  "count",
  "many",
]);

const VERBS = new Set([
  ...GENERIC,
  ...(
    "list read write find search add save create remember count fetch open send delete remove store put note connect link " +
    "report plan verify inspect audit download compute calculate convert translate call use print start stop ask"
  ).split(" "),
]);

const ALIKE: ReadonlyMap<string, ReadonlySet<string>> = (() => {
  const map = new Map<string, Set<string>>();
  for (const row of ROWS) {
    for (const word of row) {
      const known = map.get(stem(word)) ?? new Set();
      for (const other of row) known.add(stem(other));
      map.set(stem(word), known);
    }
  }
  return map;
})();

/** Lower-case words, `snake_case` and `camelCase` taken apart, without endings. */
export function wordsOf(text: string): readonly string[] {
  const apart = text.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return (apart.match(/[\p{L}\p{N}]+/gu) ?? []).map(stem);
}

export function isStopWord(word: string): boolean {
  return STOP.has(word.toLowerCase());
}

export function isGeneric(word: string): boolean {
  return GENERIC.has(word);
}

export function isVerb(word: string): boolean {
  return VERBS.has(stem(word.toLowerCase()));
}

/** 1 for the same word, less for one of the same meaning, 0 for another. */
export function likeness(word: string, other: string): number {
  if (word === other) return 1;
  return ALIKE.get(word)?.has(other) === true ? 0.7 : 0;
}

function stem(word: string): string {
  if (/^(statistics?|stats)$/.test(word)) return "stat";
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(sses|ches|shes|xes)$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && /[^su]s$/.test(word)) return word.slice(0, -1);
  return word;
}
