/** The rules that the builder can make and take apart: the usual ones. All others are written. */
export type RuleParts =
  | { readonly kind: "every"; readonly n: string; readonly unit: Unit }
  | { readonly kind: "daily"; readonly time: string }
  | { readonly kind: "weekly"; readonly days: readonly number[]; readonly time: string }
  | { readonly kind: "once"; readonly at: string };

export const UNITS = ["minutes", "hours", "days"] as const;
export type Unit = (typeof UNITS)[number];

/** What a kind begins with; `tomorrow` as the reader's own clock has it. */
export function beginning(kind: RuleParts["kind"], tomorrow: string): RuleParts {
  switch (kind) {
    case "every":
      return { kind, n: "30", unit: "minutes" };
    case "daily":
      return { kind, time: "09:00" };
    case "weekly":
      return { kind, days: [1, 2, 3, 4, 5], time: "09:00" };
    case "once":
      return { kind, at: `${tomorrow}T09:00` };
  }
}

export function ruleOf(parts: RuleParts): string {
  const at = (time: string): string => {
    const [hour = "", minute = ""] = time.split(":");
    return `${Number(minute)} ${Number(hour)}`;
  };
  switch (parts.kind) {
    case "every":
      return `every(${parts.n} ${parts.n === "1" ? parts.unit.slice(0, -1) : parts.unit})`;
    case "daily":
      return `cron(${at(parts.time)} * * *)`;
    case "weekly":
      return `cron(${at(parts.time)} * * ${daysText(parts.days)})`;
    case "once":
      return `at(${parts.at})`;
  }
}

/** Monday to Friday are said as such. */
function daysText(days: readonly number[]): string {
  const sorted = [...new Set(days)].toSorted((a, b) => a - b);
  return sorted.join(",") === "1,2,3,4,5" ? "1-5" : sorted.join(",");
}

/** null: the builder cannot show this rule. */
export function partsOf(rule: string): RuleParts | null {
  const [, n = "", unit] = /^every\((\d+) (minute|hour|day)s?\)$/.exec(rule) ?? [];
  const known = UNITS.find((each) => each === `${unit}s`);
  if (known !== undefined) return { kind: "every", n, unit: known };
  const [, at] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d)\)$/.exec(rule) ?? [];
  if (at !== undefined) return isTime(at) ? { kind: "once", at } : null;
  const [, minute, hour = "", days = ""] = /^cron\((\d+) (\d+) \* \* (\*|[\d,-]+)\)$/.exec(rule) ?? [];
  if (minute === undefined) return null;
  const time = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (!isTime(`2000-01-01T${time}`)) return null;
  if (days === "*") return { kind: "daily", time };
  const named = days.split(",").flatMap((part) => {
    const [from = 0, to = from] = part.split("-").map(Number);
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, day) => (from + day) % 7);
  });
  return named.length === 0 ? null : { kind: "weekly", days: named, time };
}

/** What only looks like a time while it is written has no place in a box for times. */
function isTime(local: string): boolean {
  const at = new Date(`${local}Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(local);
}
