import type { ModelChoices } from "../../src/wire/models.ts";
import { LANGUAGE } from "../words/plural.ts";
import { WORDS } from "../words/models.tsx";

/** `272K`, `1M`. */
const ROUGHLY = new Intl.NumberFormat(LANGUAGE, { notation: "compact" });

/** What is known of a model's window and price, in a line; empty: nothing. */
export function factsOf({ window, price }: Pick<ModelChoices["items"][number], "window" | "price">): string {
  const facts = window === null || window.isGuess ? [] : [WORDS.tokens(ROUGHLY.format(window.tokens))];
  if (price !== null) {
    const { input, output, above, asOf } = price;
    facts.push(input === 0 && output === 0 ? WORDS.free : WORDS.price(input, output));
    if (above !== undefined) facts.push(WORDS.priceAbove(ROUGHLY.format(above.tokens), above.input, above.output));
    if (asOf !== undefined) facts.push(WORDS.asOf(asOf));
  }
  return facts.join(" · ");
}
