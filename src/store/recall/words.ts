import { piece } from "../../core/text.ts";
import { WORD } from "../search/words.ts";

/** The words of a text as recall counts them: alike on both engines, with repeats, since how often counts. */

const MAX_TEXT = 65_536;
const MAX_WORD = 64;
const MAX_WORDS = 20_000;

/** Accents, and the marks of Arabic that most writers leave out. */
const ACCENTS = /[\u0300-\u036f\u0640\u064b-\u0652\u0670]/g;
const CLITICS = /n['’]t\b|['’](?:s|re|ve|ll|d|m)\b/g;

/** In small letters, without accents and English clitics; letters are put together again where a script joins them. */
export function plainText(text: string): string {
  const folded = piece(text, 0, MAX_TEXT).normalize("NFKD").toLowerCase().replace(ACCENTS, "").normalize("NFC");
  return folded.replace(CLITICS, "");
}

export function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of plainText(text).matchAll(WORD)) {
    words.push(piece(word, 0, MAX_WORD));
    if (words.length === MAX_WORDS) break;
  }
  return words;
}

/** What says nothing of what is looked for. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    "a about after again all also am an and any are as at be been before being but by can could did do does doing done for " +
    "from get got had has have having he her hers him his how i if in into is it its just let me more my no not of off on " +
    "once one or other our out over own please she should so some such tell than that the their them then there these they " +
    "this those to too up us very was we were what when where which while who whom whose why will with would you your often long"
  ).split(" "),
);

/** How many words say something. */
export const contentWords = (text: string): number => wordsOf(text).filter((word) => !STOP_WORDS.has(word)).length;

const TIME_WORD =
  /\b(?:today|tonight|yesterday|tomorrow|ago|since|until|weeks?|months?|years?|days?|hours?|minutes?|weekends?|morning|afternoon|evening|night|noon|midnight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|april|june|july|august|september|october|november|december|spring|summer|autumn|winter|daily|weekly|monthly|yearly|(?:19|20)\d\d|\d{1,2}:\d\d)\b|\b(?:in|last|next|this|early|late|by|of|\d{1,2}(?:st|nd|rd|th)?) (?:may|march)\b/;

/** Whether it holds a word of time: when something is, how long, or how often. */
export function tellsTime(text: string): boolean {
  return TIME_WORD.test(plainText(text));
}

/** Tried once at each run of marks, not at each mark of it. */
const ASKS = /(?<![!?！？؟])[!！]*[?？؟][!?！？؟]*$/u;

/** Whether each sentence of it is a question. */
export function onlyAsks(text: string): boolean {
  const sentences =
    piece(text, 0, MAX_TEXT)
      .match(/[^.!?。！？؟…\n]+[.!?。！？؟…]*/gu)
      ?.filter((each) => /[\p{L}\p{N}]/u.test(each)) ?? [];
  return sentences.length > 0 && sentences.every((each) => ASKS.test(each));
}
