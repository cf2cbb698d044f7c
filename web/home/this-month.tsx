import { limitOf, limitUnit, shareOf, type SpendingLimit } from "../../src/core/limit-words.ts";
import type { PersonLimits } from "../../src/wire/people.ts";
import { count, dollars } from "../ui/format.ts";
import { Section } from "../ui/section.tsx";
import { WORDS } from "../words/home.ts";

const LIMITS = ["requestsPerMonth", "tokensPerMonth", "dollarsPerMonth"] as const satisfies readonly SpendingLimit[];

/** What was spent in one's own name since the first, and how much of each limit of the month that is. */
export function ThisMonth({ told: { month, limits } }: { told: PersonLimits }) {
  const set = LIMITS.flatMap((name) => {
    const [unit, limit] = [limitUnit(name), limits[name]];
    return unit === "tasks" || limit === null ? [] : [{ name, limit, share: shareOf(month[unit], limit) }];
  });
  if (month.requests === 0 && set.length === 0) return null;
  return (
    <Section id="this-month" title={WORDS.thisMonth}>
      <p className="text-sm text-muted">
        {WORDS.inYourName(count(month.tokens), month.dollars === 0 ? null : dollars(month.dollars))}
      </p>
      <ul className="mt-2 flex flex-col gap-2 empty:hidden">
        {set.map(({ name, limit, share }) => {
          const colour = share >= 100 ? "bg-bad" : share >= 80 ? "bg-warn" : "bg-accent";
          return (
            <li key={name} className="text-sm">
              {WORDS.ofLimit(share, limitOf(name, limit))}
              <div aria-hidden="true" className="mt-1 h-1.5 overflow-hidden rounded-full bg-sunken">
                <div className={`h-full rounded-full ${colour}`} style={{ width: `${Math.min(share, 100)}%` }} />
              </div>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
