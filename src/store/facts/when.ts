import { plainText, tellsTime } from "../recall/words.ts";

const DAY_MS = 86_400_000;

/** Words of time of other languages. */
const TIMES =
  /(?<!\p{L})(?:seit|ab|bis|gestern|heute|morgen|jahr\p{L}*|monat\p{L}*|woche\p{L}*|depuis|jusqu\p{L}*|hier|demain|ans?|mois|semaine|desde|hasta|ayer|manana|anos?|mes(?:es)?|dal?|fino|ieri|domani|anni|sedan|vanaf|gisteren)(?!\p{L})|[年月日昨今明]/u;
const DATES = /(?<!\d)(\d{1,2}) ?[./-] ?(\d{1,2})(?!\d)/g;
const YEARS = /(?<!\d)(?:19|20)\d\d(?!\d)/g;

/** Whether who says this also says that moment: its year where they name one, else its day and month, or any word of time. */
export function saysWhen(at: number, text: string): boolean {
  const said = plainText(text);
  const years: readonly string[] = said.match(YEARS) ?? [];
  // A day is another one elsewhere, and an end is the beginning of what comes after it.
  const days = [at - DAY_MS, at, at + DAY_MS].map((each) => new Date(each));
  if (years.length > 0) return days.some((day) => years.includes(String(day.getUTCFullYear())));
  if (tellsTime(text) || TIMES.test(said)) return true;
  const dates = [...said.matchAll(DATES)].map(([, one, other]) => [Number(one), Number(other)]);
  return days.some((day) => {
    const of = [day.getUTCDate(), day.getUTCMonth() + 1];
    return dates.some((date) => of.every((each) => date.includes(each)));
  });
}
