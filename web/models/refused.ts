import { RequestFailure } from "../live/http.ts";

/** Whether the server speaks of a model that was chosen in a form. */
export const isOfModel = (said: string): boolean => said.startsWith("the chosen model ");

/** What is wrong with the model that was named, and which are allowed; null: nothing is. */
export function refusedModel(error: Error | null): string | null {
  if (!(error instanceof RequestFailure) || !isOfModel(error.message)) return null;
  return error.hint === null ? error.message : `${error.message} (${error.hint})`;
}
