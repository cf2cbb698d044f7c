/** The language of these texts. Dates and numbers in lists follow the person's locale; a count within a sentence follows its sentence. */
export const LANGUAGE = "en";

const RULES = new Intl.PluralRules(LANGUAGE);
const NUMBERS = new Intl.NumberFormat(LANGUAGE);
const LISTS = new Intl.ListFormat(LANGUAGE);

/** One form for each way in which a language counts; English has two. `#` stands for the number. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

/** `plural(2, { one: "# task", other: "# tasks" })` is `2 tasks`. */
export function plural(n: number, forms: Forms): string {
  return (forms[RULES.select(n)] ?? forms.other).replaceAll("#", NUMBERS.format(n));
}

/** `a, b, and c`. */
export const listed = (words: readonly string[]): string => LISTS.format(words);
