import type { ModelMessage } from "ai";

/**
 * How a model says beside its words that they stand in the place of what was asked for, which it did not do: kept with its
 * message, where no other provider looks. A task that ends so has failed, whatever the words are.
 */
type Options = Extract<ModelMessage, { role: "assistant" }>["providerOptions"];

const PLACE = "sparky";

export const gaveUp = (why: string): NonNullable<Options> => ({ [PLACE]: { gaveUp: why } });

/** Why the model gave up with the last of its messages; null: it did not. */
export function whyGivenUp(messages: readonly ModelMessage[]): string | null {
  const last = messages.findLast(({ role }) => role === "assistant");
  const why = last?.providerOptions?.[PLACE]?.["gaveUp"];
  return typeof why === "string" ? why : null;
}
