/** A rule in few words: `every 30 min`, `Mon–Fri 09:00`, `once, 1 Dec 2026 09:00`; null for one that needs more. */
export function shortRule(rule: string): string | null {
  const [, kind, inner = ""] = /^(every|cron|at)\((.*)\)$/s.exec(rule) ?? [];
  if (kind === "every") return every(inner);
  if (kind === "at") return once(inner);
  return kind === "cron" ? byCron(inner) : null;
}

/** The zone says something only where a time of day is named. */
export function namesTime(rule: string): boolean {
  return !rule.startsWith("every");
}

const SHORT_UNITS: Readonly<Record<string, string>> = { second: "s", minute: "min", hour: "h", day: "days" };

function every(inner: string): string | null {
  const [, count = "", unit = ""] = /^(\S+) (second|minute|hour|day)s?$/.exec(inner) ?? [];
  if (unit === "") return null;
  return count === "1" ? `every ${unit}` : `every ${count} ${SHORT_UNITS[unit]}`;
}

function once(inner: string): string | null {
  const at = new Date(`${inner}Z`);
  if (Number.isNaN(at.getTime())) return null;
  const day = at.toLocaleDateString(undefined, { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
  return `once, ${day} ${inner.slice(11)}`;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Only fixed times on fixed days, and every so many minutes: the rest is not short. */
function byCron(expression: string): string | null {
  const [minute = "", hour = "", date = "", month = "", weekday = "", ...more] = expression.split(" ");
  if (more.length > 0 || month !== "*") return null;
  const anyDay = date === "*" && weekday === "*";
  const step = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (step !== undefined && hour === "*" && anyDay) return 60 % Number(step) === 0 ? `every ${step} min` : null;
  if (!/^\d+$/.test(minute)) return null;
  const past = minute.padStart(2, "0");
  if (hour === "*" && anyDay) return `hourly at :${past}`;
  const hours = hour.split(",");
  if (!hours.every((each) => /^\d+$/.test(each))) return null;
  const times = hours.map((each) => `${each.padStart(2, "0")}:${past}`).join(", ");
  if (anyDay) return `daily ${times}`;
  if (date === "*") {
    const days = weekdays(weekday);
    return days === null ? null : `${days} ${times}`;
  }
  return weekday === "*" && /^\d+$/.test(date) ? `on day ${date} of the month ${times}` : null;
}

function weekdays(field: string): string | null {
  const parts = field.split(",").map((part) => {
    const ends = part.split("-").map(weekday);
    return ends.length > 2 || ends.includes(null) ? null : ends.join("–");
  });
  return parts.includes(null) ? null : parts.join(", ");
}

function weekday(word: string): string | null {
  if (/^[0-7]$/.test(word)) return DAYS[Number(word)] ?? null;
  return DAYS.find((day) => day.toLowerCase() === word.toLowerCase()) ?? null;
}
