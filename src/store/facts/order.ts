import type { Stemmer } from "../recall/stems.ts";
import { STOP_WORDS, wordsOf } from "../recall/words.ts";
import { ELSEWHERE, JOINING } from "./telling.ts";

/** Who does what to whom: of two sentences with the same words, their order and what joins them make all the difference. */

/** A word as it counts here: its stem, or one of these, which are no stems. */
export interface Token {
  readonly token: string;
  /** As it was written. */
  readonly word: string;
}

/** Whoever speaks, however they call themself. */
export const SELF = "=self";
const HAS = "=has";
const NAMED = "=named";
const BY = "=by";

const SPEAKER = new Set("i me my mine myself we us our ours ourselves user owner".split(" "));
const HAVING = new Set("has have had having got".split(" "));
const NAMING = new Set("name named names call called calls".split(" "));
/** Which way something goes, or who does it. */
const WAYS = new Set("to from by for than with without before after against".split(" "));
const PLACES = new Set("in at on as of into over under".split(" "));
const IS = /(?<!\p{L})(?:is|are|was|were|am|be|been)(?!\p{L})|['’](?:s|m|re)(?!\p{L})/iu;

/** What a sentence says, word by word, without what only joins it. */
export function tokensOf(text: string, stem: Stemmer): readonly Token[] {
  const tokens: Token[] = [];
  for (const word of wordsOf(text.replace(/['’]ve\b/gi, " have"))) {
    const token = tokenOf(word, stem);
    if (token !== null && token !== tokens.at(-1)?.token) tokens.push({ token, word });
  }
  return tokens;
}

function tokenOf(word: string, stem: Stemmer): string | null {
  if (SPEAKER.has(word)) return SELF;
  if (HAVING.has(word)) return HAS;
  if (NAMING.has(word)) return NAMED;
  if (WAYS.has(word)) return `=${word}`;
  return STOP_WORDS.has(word) || JOINING.has(word) ? null : stem(word);
}

/** It tells something by itself. */
export const isContent = (token: string): boolean => !token.startsWith("=");

/** It must have been said: what tells, who has something, and which way it goes. */
export const mustBeSaid = (token: string): boolean => token !== SELF && token !== NAMED;

/** The same for one of several who speak: their own name is they. */
export function spokenBy(tokens: readonly Token[], own: ReadonlySet<string>): readonly string[] {
  const named = tokens.map(({ token }) => (own.has(token) ? SELF : token));
  return named.filter((token, at) => token !== named[at - 1]);
}

/** Rarely does one stand there more often. */
const MOST_TRIES = 20;

/**
 * Whether what one sentence has of another stands there in the same order. It may begin elsewhere ("Coffee I like"): three words
 * that are turned round still stand otherwise. Whom something is done by is not left out in their midst.
 */
export function standsIn(sentence: readonly string[], said: readonly string[]): boolean {
  const there = new Set(said);
  const held = sentence.filter((token) => there.has(token));
  if (held.length < 2) return true;
  const leavesOut = !held.includes(BY);
  let tries = 0;
  for (let start = 0; start < said.length && tries < MOST_TRIES; start++) {
    if (said[start] !== held[0]) continue;
    tries += 1;
    let at = 1;
    let isTurned = false;
    for (let n = 1; n < said.length && at < held.length; n++) {
      const token = said[(start + n) % said.length];
      if (token === held[at]) at += 1;
      else if (token === BY && leavesOut) isTurned = true;
    }
    if (at === held.length && !isTurned) return true;
  }
  return false;
}

/** What somebody has is not what they are; that they have one called so is another thing too. */
export function isMistaken(
  sentence: string,
  tokens: readonly string[],
  said: string,
  there: readonly string[],
): boolean {
  if (!IS.test(sentence) || tokens.includes(HAS) || !there.includes(HAS) || IS.test(said)) return false;
  const named = (all: readonly string[]): string | undefined => all[all.indexOf(NAMED) - 1];
  if (named(tokens) !== undefined && named(tokens) === named(there)) return false;
  return tokens.filter(isContent).every((token) => there.includes(token));
}

/**
 * Whether one sentence tells anew what the other does: both begin alike, with a word that tells, and go apart where the value stands
 * ("I live in Rome", "Now I live in Oslo"; not "I live alone"). `names`: of what both are about, stemmed.
 */
export function tellsAnew(one: string, other: string, names: ReadonlySet<string>, stem: Stemmer): boolean {
  const [a, b] = [headOf(one, names, stem), headOf(other, names, stem)];
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  const isTold = a.slice(0, same).some((token) => isContent(token) || token === NAMED);
  const isJoin = (token: string | undefined): boolean => token !== undefined && !isContent(token) && token !== NAMED;
  return isTold && !isJoin(a[same]) && !isJoin(b[same]);
}

function headOf(text: string, names: ReadonlySet<string>, stem: Stemmer): readonly string[] {
  return wordsOf(text).flatMap((word) => {
    if (PLACES.has(word)) return [`=${word}`];
    const token = ELSEWHERE.has(word) ? null : tokenOf(word, stem);
    return token === null || token === SELF || names.has(token) ? [] : [token];
  });
}
