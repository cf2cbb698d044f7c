import { piece } from "../../core/text.ts";
import { namedDate, type NamedDate } from "./dates.ts";
import type { Stemmer } from "./stems.ts";
import { plainText, STOP_WORDS, wordsOf } from "./words.ts";

export interface Person {
  readonly id: string;
  readonly name: string;
}

/** What a query looks for. */
export interface Asked {
  /** How often each stem stands in it. */
  readonly stems: ReadonlyMap<string, number>;
  /** A stem's word, as it was asked for. */
  readonly words: ReadonlyMap<string, string>;
  /** The only known person that it names. */
  readonly author: Person | null;
  readonly date: NamedDate | null;
  readonly asksTime: boolean;
}

/** More than a question holds; of a long text the beginning is looked for. */
const MAX_STEMS = 64;
const MAX_TEXT = 4000;

const ASKS_TIME = /\b(?:when|how long|how often)\b/;

/** Names of known people are no words to look for, unless there are no others: they say whose words are meant. */
export function askedBy(query: string, people: readonly Person[], stem: Stemmer): Asked {
  const text = piece(query, 0, MAX_TEXT);
  const words = wordsOf(text);
  const held = new Set(words);
  const named = people.filter(({ name }) => namesOf(name).some((each) => held.has(each)));
  const names = new Set(named.flatMap(({ name }) => namesOf(name)));
  const content = words.filter((word) => !STOP_WORDS.has(word));
  const others = content.filter((word) => !names.has(word));
  const stems = new Map<string, number>();
  const asWritten = new Map<string, string>();
  for (const word of others.length > 0 ? others : content) {
    const found = stem(word);
    if (stems.size === MAX_STEMS && !stems.has(found)) continue;
    stems.set(found, (stems.get(found) ?? 0) + 1);
    if (!asWritten.has(found)) asWritten.set(found, word);
  }
  const plain = plainText(text);
  return {
    stems,
    words: asWritten,
    author: named.length === 1 ? (named[0] ?? null) : null,
    date: namedDate(plain),
    asksTime: ASKS_TIME.test(plain),
  };
}

/** The words of a name, without those of one letter and those that stand in every sentence. */
function namesOf(name: string): readonly string[] {
  return wordsOf(name).filter((word) => word.length > 1 && !STOP_WORDS.has(word));
}
