import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, useRef, type ReactNode } from "react";
import { useServices } from "../app/services.tsx";
import { fadeWhereCut } from "../ui/fades.ts";
import { inView } from "../ui/in-view.ts";
import { Screen } from "../ui/screen.tsx";
import { WORDS } from "../words/memory.tsx";
import { toReviewQuery } from "./fact-queries.ts";

const PARTS = [
  { to: "/memory", word: WORDS.parts.search },
  { to: "/memory/me", word: WORDS.parts.me },
  { to: "/memory/review", word: WORDS.parts.review },
  { to: "/memory/duplicates", word: WORDS.parts.duplicates },
  { to: "/memory/check", word: WORDS.parts.check },
] as const;

/** A page of the memory, with the ways to the others. */
export function MemoryPage({ title, children }: { title: string; children: ReactNode }) {
  const { http } = useServices();
  const { pathname } = useLocation();
  const toReview = useQuery(toReviewQuery(http)).data;
  const open = useRef<HTMLAnchorElement>(null);
  const count = toReview?.total ?? 0;
  const isCounted = toReview !== undefined;
  // The count takes room in the row, too.
  useEffect(() => inView(open.current), [isCounted, pathname]);
  return (
    <Screen title={WORDS.windowTitle(title === WORDS.memory ? null : title)}>
      <h1 className="text-base font-semibold">{title}</h1>
      <nav aria-label={WORDS.memory} ref={fadeWhereCut} className="fades mt-2 flex gap-1 overflow-x-auto py-1">
        {PARTS.map(({ to, word }) => (
          <Link
            key={to}
            ref={to === pathname ? open : undefined}
            to={to}
            activeOptions={{ exact: true, includeSearch: false }}
            activeProps={{ className: "border-accent bg-accent-soft text-accent", "aria-current": "page" }}
            inactiveProps={{ className: "border-line text-muted hover:bg-sunken" }}
            className="tap inline-flex shrink-0 items-center rounded-full border px-3 py-0.5 text-sm whitespace-nowrap"
          >
            {word}
            {to === "/memory/review" && count > 0 && <span className="ml-1.5 tabular-nums">{count}</span>}
          </Link>
        ))}
      </nav>
      {children}
    </Screen>
  );
}
