/** A cron rule as a crontab has it, without `cron(…)` around it: as that; null: it is something else. Pure. */
export function bareCron(text: string): string | null {
  const said = text.trim();
  const nickname = NICKNAMES.get(said.toLowerCase());
  if (nickname !== undefined) return `cron(${nickname})`;
  const fields = said
    .replace(/^cron\s*[:=]?\s*/i, "")
    .replace(/^(["'`])(.*)\1$/, "$2")
    .trim()
    .split(/\s+/);
  const isCron = (fields.length === 5 || fields.length === 6) && fields.every((field) => FIELD.test(field));
  return isCron ? `cron(${fields.join(" ")})` : null;
}

/** Numbers, signs, and the names of months and weekdays: nothing that people say has five or six of these and no other word. */
const FIELD = /^(?:[\d*?/,#+-]|L|W|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT)+$/i;

const NICKNAMES = new Map([
  ["@hourly", "0 * * * *"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@weekly", "0 0 * * 0"],
  ["@monthly", "0 0 1 * *"],
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
]);
