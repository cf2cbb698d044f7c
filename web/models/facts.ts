import type { ModelChoices } from "../../src/wire/models.ts";
import { LANGUAGE } from "../words/plural.ts";
import { WORDS } from "../words/models.tsx";

const ROUGHLY = new Intl.NumberFormat(LANGUAGE, { notation: "compact" });

/** `272K`, `1M`. */
export const roughly = (tokens: number): string => ROUGHLY.format(tokens);

type Facts = Pick<ModelChoices["items"][number], "window" | "price"> & { readonly isFound?: boolean };

/** What is known of a model's window and price, in a line; empty: nothing. */
export function factsOf({ window, price, isFound = false }: Facts): string {
  const facts: string[] = isFound ? [WORDS.isHere] : [];
  if (window !== null && !window.isGuess) facts.push(WORDS.tokens(roughly(window.tokens)));
  if (price !== null) {
    const { input, output, above, asOf } = price;
    facts.push(input === 0 && output === 0 ? WORDS.free : WORDS.price(input, output));
    if (above !== undefined) facts.push(WORDS.priceAbove(roughly(above.tokens), above.input, above.output));
    if (asOf !== undefined) facts.push(WORDS.asOf(asOf));
  }
  return facts.join(" · ");
}
