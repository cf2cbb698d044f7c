/** A date as a question names it; at least a year or a month. Days are UTC's. */
export interface NamedDate {
  readonly year: number | null;
  /** From 1. */
  readonly month: number | null;
  readonly day: number | null;
}

const MONTHS = [
  ...["january", "february", "march", "april", "may", "june"],
  ...["july", "august", "september", "october", "november", "december"],
] as const;

const MONTH = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?`;
const DAY = "(\\d{1,2})(?:st|nd|rd|th)?";
const YEAR = "((?:19|20)\\d\\d)";

type Places = readonly [year: number, month: number, day: number];

/** Each with the groups where its year, month and day stand; 0: it has none. The first that is found counts. */
const FORMS: readonly (readonly [RegExp, Places])[] = [
  [new RegExp(`\\b${YEAR}-(\\d\\d)-(\\d\\d)\\b`), [1, 2, 3]],
  [new RegExp(`\\b${YEAR}-(\\d\\d)\\b`), [1, 2, 0]],
  [new RegExp(`\\b${DAY} (?:of )?${MONTH},? ${YEAR}\\b`), [3, 2, 1]],
  [new RegExp(`\\b${MONTH} ${DAY},? ${YEAR}\\b`), [3, 1, 2]],
  [new RegExp(`\\b${MONTH},? ${YEAR}\\b`), [2, 1, 0]],
  [new RegExp(`\\b${DAY} (?:of )?${MONTH}(?![a-z])`), [0, 2, 1]],
  [new RegExp(`\\b${MONTH} ${DAY}\\b`), [0, 1, 2]],
  // Two months are other words too: they count where a date is meant.
  [/\b(january|february|april|june|july|august|september|october|november|december)\b/, [0, 1, 0]],
  [/\b(?:in|of|since|last|this|during|until|early|late|mid|by) (may|march)\b/, [0, 1, 0]],
  [new RegExp(`\\b${YEAR}\\b`), [1, 0, 0]],
];

/** Of a text in small letters. */
export function namedDate(text: string): NamedDate | null {
  for (const [form, [year, month, day]] of FORMS) {
    const found = form.exec(text);
    if (found === null) continue;
    const named = {
      year: year === 0 ? null : Number(found[year]),
      month: month === 0 ? null : monthOf(found[month] ?? ""),
      day: day === 0 ? null : Number(found[day]),
    };
    if (isDate(named)) return named;
  }
  return null;
}

function monthOf(word: string): number {
  return /^\d/.test(word) ? Number(word) : MONTHS.findIndex((month) => month.startsWith(word.slice(0, 3))) + 1;
}

function isDate({ year, month, day }: NamedDate): boolean {
  if (month !== null && (month < 1 || month > 12)) return false;
  if (month === null || day === null) return true;
  const date = new Date(Date.UTC(year ?? 2000, month - 1, day));
  return day > 0 && date.getUTCMonth() === month - 1;
}

const DAY_MS = 86_400_000;

/** How well a time fits: a day 2 where it is meant, 1 in its week; a month 1; a year alone .3. */
export function dateFit(named: NamedDate, at: number): number {
  const date = new Date(at);
  const year = date.getUTCFullYear();
  if (named.month !== null && named.day !== null) {
    const days = daysFrom(named.year === null ? [year - 1, year, year + 1] : [named.year], named.month, named.day, at);
    if (days <= 7) return days <= 1 ? 2 : 1;
  }
  const isYear = named.year === null || named.year === year;
  if (named.month !== null && named.month === date.getUTCMonth() + 1 && isYear) return named.day === null ? 1 : 0.5;
  return named.year === year ? 0.3 : 0;
}

function daysFrom(years: readonly number[], month: number, day: number, at: number): number {
  const today = Math.floor(at / DAY_MS);
  return Math.min(...years.map((year) => Math.abs(today - Date.UTC(year, month - 1, day) / DAY_MS)));
}

/** As a reason says it: `7 May 2026`, `May 2026`, `2026`. */
export function dateInWords({ year, month, day }: NamedDate): string {
  const name = month === null ? "" : (MONTHS[month - 1] ?? "");
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  return [day, capital, year].filter((part) => part !== null && part !== "").join(" ");
}
