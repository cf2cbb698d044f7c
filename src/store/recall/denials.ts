/**
 * What the agent says when it has nothing to say: that it cannot do something or does not know it, with the courtesies around it.
 * Such an answer has all the words of its question, and tells nothing of it.
 */

/** What is longer says something else as well. */
const MOST = 1500;

/** Where something else may begin: "I cannot look it up, but you told me that …", "I could not open it because it is locked". */
const ENDS =
  /[.!?;:,。！？；，、…\n—–]|\b(?:but|however|though|although|because|since|aber|weil|mais|pero|però|mas|maar)\b/iu;

/** One who speaks of oneself, and cannot do, does not know or has not found something. */
const DENIALS: readonly RegExp[] = [
  /\b(?:i|we)\b.{0,30}?\b(?:cannot|can not|can['’]t|could not|couldn['’]t)\b/i,
  /\b(?:i|we)(?:['’](?:m|re)| am| are| was| were) (?:\w+ )?(?:unable|not (?:able|allowed|permitted|aware|certain|familiar|sure))\b/i,
  /\b(?:i|we) (?:\w+ )?(?:(?:do|did|have) not|(?:do|did|have)n['’]t) (?:\w+ )?(?:know|recall|remember|find|found|see|seen|heard)\b/i,
  /\b(?:i|we) (?:\w+ )?(?:do not|don['’]t) (?:\w+ )?have\b.{0,20}?\b(?:access|details|idea|information|knowledge|memory|notes|record|records|tool|tools|way)\b/i,
  /\b(?:i|we) (?:\w+ )?(?:have|had|found|find|see|know|remember|recall) (?:no|nothing|none)\b/i,
  /\b(?:nothing|no (?:details|entry|information|memory|mention|note|notes|record|records))\b.{0,60}?\b(?:memory|conversations?|chats?|notes|found|known|recorded|remembered|stored)\b/i,
  /\b(?:ich (?:kann|konnte|weiß|finde|habe)|(?:weiß|kann|konnte|finde|habe) ich)\b.{0,60}?\b(?:nicht|nichts|keine?|keinen|keinerlei)\b/i,
  /\bje n(?:e |['’]).{0,20}?\b(?:peux|sais|trouve|connais|ai)\b.{0,10}?\b(?:pas|rien|aucune?)\b/i,
  /\bno (?:puedo|sé|tengo|encuentro|encontré|recuerdo)\b|\bnon (?:posso|so|ho|trovo|ricordo)\b|\bnão (?:posso|sei|tenho|encontrei|lembro)\b/iu,
  /\bik (?:kan|kon|weet|vind|heb)\b.{0,40}?\b(?:niet|niets|geen)\b/i,
  /(?<!\p{L})я\s.{0,20}?не\s(?:могу|знаю|помню|нашла?|вижу)|у меня нет/iu,
  /我(?:不知道|不能|无法|没有|不记得|找不到)|(?:わかりません|分かりません|できません|見つかりません)/u,
];

/** What is said around it: being sorry, and what else could be done. */
const COURTESIES: readonly RegExp[] = [
  /^(?:(?:i['’]m|i am|we['’]re|we are|so|very) )*(?:sorry|apologies|i apologi[sz]e|unfortunately|thanks|thank you)(?: (?:for|about)\b.{0,60})?$/i,
  /^(?:as an ai|as a language model)\b.{0,40}$/i,
  /^(?:if you|could you|would you|do you|let me know|feel free|please (?:try|check|ask|tell|give|share|provide|send|upload|paste|add))\b/i,
  /^(?:and )?you (?:can|could|may|might) (?:\w+ )?(?:try|check|ask|tell|give|share|provide|send|upload|paste|add)\b/i,
  /^(?:and |so )*(?:i (?:can|could) (?:\w+ )?(?:help|try|look|search|check|draft|explain)|i(?:['’]m| am|['’]d be|['’]ll be| would be| will be) (?:happy|glad))\b/i,
  /^(?:(?:es )?tut mir leid|entschuldigung|leider|je suis désolée?|désolée?|lo siento|mi dispiace|desculpe|het spijt me|извините|к сожалению|抱歉|很抱歉|对不起|申し訳(?:ありません|ございません))$/iu,
];

/** Whether that is all it says. */
export function onlyDenies(text: string): boolean {
  if (text.length > MOST) return false;
  const parts = text
    .split(ENDS)
    .map((part) => part.trim())
    .filter((part) => /[\p{L}\p{N}]/u.test(part));
  const others = parts.filter((part) => !DENIALS.some((each) => each.test(part)));
  return others.length < parts.length && others.every((part) => COURTESIES.some((each) => each.test(part)));
}
