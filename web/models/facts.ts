import type { ModelChoices } from "../../src/wire/models.ts";
import { count } from "../ui/format.ts";
import { WORDS } from "../words/models.tsx";

/** What is known of a model's window and price, in a line; empty: nothing. */
export function factsOf({ window, price }: Pick<ModelChoices["items"][number], "window" | "price">): string {
  const facts = window === null || window.isGuess ? [] : [WORDS.tokens(count(window.tokens))];
  if (price !== null) {
    const { input, output, above, asOf } = price;
    facts.push(input === 0 && output === 0 ? WORDS.free : WORDS.price(input, output));
    if (above !== undefined) facts.push(WORDS.priceAbove(count(above.tokens), above.input, above.output));
    if (asOf !== undefined) facts.push(WORDS.asOf(asOf));
  }
  return facts.join(" · ");
}
