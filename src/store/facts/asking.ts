import type { Stemmer } from "../recall/stems.ts";
import { STOP_WORDS, wordsOf } from "../recall/words.ts";
import { ADDRESS } from "./said.ts";
import { ELSEWHERE, JOINING } from "./telling.ts";

/** What people ask to forget. */

/** How they ask, in what they mostly write here; who asks in other words does it on the memory's pages. */
const FORGETS =
  /(?<!\p{L})(?:forget|delete|remove|erase|wipe|no longer|never ?mind|vergi(?:ss|ß)|vergessen|lösch|streich|entfern|oubli|supprim|efface|olvid|borr[ae]|elimin|dimentic|cancell|esque[cç]|apag|vergeet|verwijder|unohda|poista|glöm|slett|usuń|zapomn|забуд|удал)|忘|删|刪|削除|消して|잊|삭제|انس|احذف/iu;

/** They ask for the contrary. */
const KEEPS =
  /(?:don['’]?t|do not|never|must not|not to)\s+(?:ever\s+)?(?:forget|delete|remove|erase|wipe)|(?:vergi(?:ss|ß)|vergesst|lösche?)\s+(?:\p{L}+\s+)?nicht|n['’](?:oubli|efface)\p{L}*\s+pas|no\s+(?:te\s+)?(?:olvid|borr|elimin)/iu;

/** Of everything that they name. */
const ALL = /(?<!\p{L})(?:all|everything|anything|alles|tout|todo|tutto|tudo)(?!\p{L})|全部|所有/iu;

const SENTENCES = /[.!?;\n。！？；]+/;
/** Before another thing that is asked for in the same sentence. */
const NEXT = new RegExp(String.raw`(?:,|\s(?:and|und|et|y|e|en|och))\s+(?=(?:please\s+)?(?:${FORGETS.source}))`, "iu");

/** Words of the asking itself. */
const ASKING = new Set(
  (
    "please remember remembered remembering memory fact facts said say saying told tell know known knowing anything everything " +
    "whatever thing things earlier last again bit note info information longer mind never want need " +
    "thanks thank thx ok okay hey hi hello 请 記 记 掉"
  ).split(" "),
);

export interface Ask {
  /** Stems of what it names; none: "forget that". */
  readonly names: readonly string[];
  /** It is meant for more than one fact. */
  readonly isAll: boolean;
}

/** Each thing that a message asks to forget. */
export function asksToForget(text: string, stem: Stemmer): readonly Ask[] {
  return text
    .replace(ADDRESS, " ")
    .split(SENTENCES)
    .filter((sentence) => FORGETS.test(sentence) && !KEEPS.test(sentence))
    .flatMap((sentence) => sentence.split(NEXT))
    .filter((clause) => FORGETS.test(clause))
    .map((clause) => ({ names: namesIn(clause, stem), isAll: ALL.test(clause) }));
}

function namesIn(clause: string, stem: Stemmer): readonly string[] {
  const named = wordsOf(clause).filter(
    (word) => ![STOP_WORDS, JOINING, ELSEWHERE, ASKING].some((words) => words.has(word)) && !FORGETS.test(word),
  );
  return [...new Set(named.map(stem))];
}

/** Whether most of what is named is in the fact: of "forget that I like coffee", what somebody likes of tea has just a half. */
export function namesFact({ names }: Ask, held: ReadonlySet<string>): boolean {
  return names.filter((each) => held.has(each)).length * 2 > names.length;
}
