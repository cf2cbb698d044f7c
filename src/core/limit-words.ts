/** What somebody may spend in whose name it is; null: no limit. A day and a month are those of the server's time zone. */
export const LIMIT_NAMES = ["tokensPerDay", "tokensPerMonth", "dollarsPerDay", "dollarsPerMonth"] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/** One that is used up. */
export interface Reached {
  readonly name: LimitName;
  readonly limit: number;
  readonly used: number;
  /** When it begins anew, in milliseconds. */
  readonly endsAt: number;
}

/** `The daily limit of 100,000 tokens is used up (100,412 used); it begins anew at 00:00 (Europe/Berlin)`. */
export function limitWords({ name, limit, used, endsAt }: Reached, zone: string): string {
  const amount = name.startsWith("tokens") ? tokens : dollars;
  const is = `${limitName(name)} of ${amount(limit)}${name.startsWith("tokens") ? " tokens" : ""}`;
  const at = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(endsAt);
  const on = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "long" }).format(endsAt);
  const when = name.endsWith("Day") ? `at ${at}` : `on ${on} at ${at}`;
  return `The ${is} is used up (${amount(used)} used); it begins anew ${when} (${zone})`;
}

export const limitName = (name: LimitName): string => (name.endsWith("Day") ? "daily limit" : "monthly limit");

const tokens = (n: number): string => n.toLocaleString("en-US");
/** A small sum that is left out would be none. */
const dollars = (n: number): string => `$${n.toLocaleString("en-US", { maximumFractionDigits: n < 1 ? 4 : 2 })}`;
