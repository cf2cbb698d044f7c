import type { Stemmer } from "../recall/stems.ts";
import { STOP_WORDS, wordsOf } from "../recall/words.ts";

/** What a sentence tells: the words of it that it would say something else without. */

/** Words that only join what is told. What somebody likes, uses or wants is told: that word must have been said too. */
export const JOINING: ReadonlySet<string> = new Set(
  (
    "name named call called is are was were be been being has have had user owner person people one thing currently now since " +
    "until also really very much many lot kind"
  ).split(" "),
);

/** Such words of other languages: they count where what is told must be said, and not where two sentences are held side by side. */
export const ELSEWHERE: ReadonlySet<string> = new Set(
  (
    "ich mich mir mein meine meinen meiner meinem wir uns unser du dich dir er sie es der die das den dem des ein eine einen einem " +
    "ist bin sind war dass dies bitte jetzt nun von zu und auch je moi mon ma mes nous il elle le la les un une de du des que est " +
    "suis et ca cela ceci maintenant yo mi mis el los las una lo eso esto que es soy y ahora por favor io mio mia gli che sono " +
    "questo eu meu minha o os uma isso isto sou agora ik mijn het een dat dit ben en nu jag min mitt den det som ar jeg er se olen " +
    "minun mina 我 的 是 了 那 这 個 个 私 は が を の です"
  ).split(" "),
);

/** Each stem once, with its word as it was written. */
export function tellingStems(text: string, stem: Stemmer): ReadonlyMap<string, string> {
  const told = new Map<string, string>();
  for (const word of wordsOf(text)) {
    if (STOP_WORDS.has(word) || JOINING.has(word)) continue;
    const found = stem(word);
    if (!told.has(found)) told.set(found, word);
  }
  return told;
}

const DENIES =
  /\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|nicht|kein\w*|nie|ne|pas|jamais|no|nunca)\b|n['’]t\b/i;

/** It says that something is not so: of two sentences with the same words that makes all the difference. */
export const denies = (text: string): boolean => DENIES.test(text);

/** Whether two sentences say the same, in whatever form of their words: in another order they may say another thing. */
export function saysTheSame(one: string, other: string, stem: Stemmer): boolean {
  if (denies(one) !== denies(other)) return false;
  const [a, b] = [contentOf(one, stem), contentOf(other, stem)];
  return a.length === b.length && a.every((each, n) => each === b[n]);
}

/** How much of the words of both they have in common, from 0 to 1. */
export function likeness(one: string, other: string, stem: Stemmer): number {
  const [a, b] = [new Set(contentOf(one, stem)), new Set(contentOf(other, stem))];
  const both = [...a].filter((each) => b.has(each)).length;
  return both === 0 ? 0 : both / (a.size + b.size - both);
}

function contentOf(text: string, stem: Stemmer): readonly string[] {
  const words = wordsOf(text);
  const content = words.filter((word) => !STOP_WORDS.has(word));
  return (content.length > 0 ? content : words).map(stem);
}
