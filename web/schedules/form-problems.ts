import { FIELDS, type Field } from "./form-values.ts";
import { RequestFailure } from "../live/http.ts";
import { isOfModel } from "../models/refused.ts";

/** What the server found wrong: at the fields that it names, the rest for the form as a whole. */
export interface Problems {
  readonly at: { readonly [field in Field]?: string };
  readonly other: string | null;
}

export const NO_PROBLEMS: Problems = { at: {}, other: null };

export function problemsOf(error: Error): Problems {
  const hint = error instanceof RequestFailure && error.hint !== null ? ` (${error.hint})` : "";
  const code = error instanceof RequestFailure ? error.code : null;
  if (code === "conflict") return { at: { name: error.message + hint }, other: null };
  if (code === "forbidden") return { at: { prompt: error.message + hint }, other: null };
  if (code !== "invalid_input") return { at: {}, other: error.message + hint };
  const at: { [field in Field]?: string } = {};
  const others: string[] = [];
  for (const part of error.message.split(/; (?=[a-zA-Z.]+: )/)) {
    const field = FIELDS.find((each) => part.startsWith(`${each}: `) || part.startsWith(`${each}.`));
    if (field !== undefined) at[field] = part.replace(/^[^:]*: /, "") + hint;
    // Of a rule the server says what is wrong in the rule's own words.
    else if (/^("|every\(|cron\(|at\()/i.test(part)) at.when = part + hint;
    else if (isOfModel(part)) at.model = part + hint;
    else others.push(part + hint);
  }
  return { at, other: others.length > 0 ? others.join("; ") : null };
}
