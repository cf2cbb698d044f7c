/** A schedule's rule in plain words, such as `At 09:00, Monday through Friday`; the words for cron are loaded when needed. */
export async function ruleWords(rule: string): Promise<string> {
  const [, kind, inner = ""] = /^\s*(every|cron|at)\s*\((.*)\)\s*$/is.exec(rule) ?? [];
  switch (kind?.toLowerCase()) {
    case "every":
      return `Every ${inner.trim().replace(/^1 (?=[a-z]+$)/, "")}`;
    case "at":
      return `Once, on ${inner.trim().replace("T", " at ")}`;
    case "cron":
      return cronWords(inner);
    default:
      return rule;
  }
}

async function cronWords(expression: string): Promise<string> {
  const { default: cronstrue } = await import("cronstrue");
  try {
    const words = cronstrue.toString(expression.replace("+", ""), { use24HourTimeFormat: true });
    // A day of the month and a weekday: either is enough, but with `+` before the weekday both are wanted.
    return expression.includes("+") ? words : words.replace(", and on ", ", or on ");
  } catch {
    return `cron(${expression})`;
  }
}
