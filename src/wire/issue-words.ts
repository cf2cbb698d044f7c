import type { z } from "zod";

/** What is wrong with something from outside, in one line: at most three issues, as `path: what it must be`. */
export function issuesInWords(error: z.ZodError): string {
  const lines = error.issues.slice(0, 3).map((issue) => {
    const path = issue.path.join(".");
    return path === "" ? inWords(issue) : `${path}: ${inWords(issue)}`;
  });
  const more = error.issues.length - lines.length;
  return lines.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined && issue.message.endsWith("undefined")) return "is required";
      return `must be ${article(issue.expected)}`;
    case "unrecognized_keys":
      return `unknown field ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`;
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return issue.origin === "string" ? "must not be empty" : `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}${issue.origin === "string" ? " characters" : ""}`;
    case "invalid_format":
      return issue.format === "datetime" ? "must be a time such as 2030-01-15T09:00:00Z" : issue.message;
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
    case "not_multiple_of":
    case "custom":
      return issue.message;
    default:
      return "is not valid";
  }
}

function article(expected: string): string {
  const words: { readonly [type: string]: string } = {
    int: "a whole number",
    record: "an object",
    object: "an object",
  };
  return words[expected] ?? (/^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`);
}
