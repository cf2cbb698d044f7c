/** What the demo model knows of English: enough to tell a request that it understands word by word from any other. */

/** Words that mean nothing here. Pronouns that point back ("it", "them") are not among them. */
export const SMALL = words(
  "a an the my your our of in on at to from for with by as is are be me us you what which here there any some all " +
    "called named current currently does",
);

/** Verbs with which one asks to be shown something. */
export const LOOK = words("show list get give tell display check see view look");
export const AMOUNT = words("count many much big large size");

/** Verbs that begin a command, whether or not a tool can do it. */
const VERBS = words(
  "add create make insert queue put write save store delete remove erase run execute read open cat print use fetch search " +
    "find lookup recall send email update change edit count ask book buy call cancel clear close connect copy deploy " +
    "download explain fix forget generate import export install kill load log merge move notify order pause pay plan play " +
    "post publish push pull rename remember remind replace reply reset restart resume retry say schedule set share shut " +
    "start stop submit summarize summarise sync test translate turn switch upload verify wipe append",
);

/** Words of one meaning. */
const ROWS = [
  "add create make insert queue put",
  "write save store create",
  "delete remove erase",
  "run execute",
  "read open cat print",
  "search find lookup recall",
  "email mail",
  "stat statistic count many much size big large",
  "check health integrity",
  "time clock date day today hour weekday",
  "file document folder directory",
  "graph knowledge memory node edge",
].map(words);

/** When, how often and whether. No tool is told such things, so what says them is not done now. */
export const CONDITION =
  /\b(tomorrow|tonight|yesterday|later|soon|every|each|daily|hourly|weekly|monthly|nightly|noon|midnight|morning|evening|afternoon|(mon|tues|wednes|thurs|fri|satur|sun)days?|(next|last|this) (week|month|year|time)|(at|by|around) \d|in (an?|one|two|ten|few|\d+) ?(s|sec|seconds?|m|mins?|minutes?|h|hours?|days?|weeks?|months?)|\d ?(am|pm|o'?clock)|if|unless|until|till|when|whenever|once|while|after|before|except|instead|not|never|no|nothing|nor|\w+n['’]t|dont)\b/i;

/** Whether a word may begin a command. */
export const isVerb = (stem: string): boolean => LOOK.has(stem) || VERBS.has(stem);

/** Whether a second command follows a word that joins: "… and delete it". */
export function joinsCommand(text: string): boolean {
  const joined = text.matchAll(/\b(?:and|or|but)\s+(?:then\s+)?(\p{L}+)/giu);
  return /\bthen\b/i.test(text) || [...joined].some(([, word = ""]) => wordsOf(word).some(isVerb));
}

/** 3 for the same word, 2 for one of the same meaning, 0 for another. */
export function likeness(one: string, other: string): number {
  return one === other ? 3 : ROWS.some((row) => row.has(one) && row.has(other)) ? 2 : 0;
}

/** The words of a text, `snake_case` and `camelCase` taken apart. */
export function wordsIn(text: string): readonly string[] {
  return text.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2").match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The same in lower case, without endings. */
export function wordsOf(text: string): readonly string[] {
  return wordsIn(text).map((said) => {
    const word = said.toLowerCase();
    if (/^(statistics?|stats)$/.test(word)) return "stat";
    if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
    if (word.length > 4 && /(sses|ches|shes|xes)$/.test(word)) return word.slice(0, -2);
    return word.length > 3 && /[^su]s$/.test(word) ? word.slice(0, -1) : word;
  });
}

function words(row: string): ReadonlySet<string> {
  return new Set(wordsOf(row));
}
