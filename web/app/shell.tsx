import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { Brain, CalendarClock, House, Inbox, ListTodo, MessagesSquare, Settings, Wrench, Zap } from "lucide-react";
import { RequestFailure } from "../live/http.ts";
import { Suspense, useMemo, useState } from "react";
import { PaletteOpener } from "../palette/opener.tsx";
import { preferencesQuery, usePreferences } from "../settings/preferences.ts";
import { Boundary } from "../ui/boundary.tsx";
import { clockOf, setClock } from "../ui/clock.ts";
import { Failure, Loading } from "../ui/notice.tsx";
import { part } from "../ui/part.ts";
import { AgentNow } from "./agent-now.tsx";
import { ConnectionPill } from "./connection-pill.tsx";
import { usePerson } from "./person.ts";
import { meQuery } from "./queries.ts";
import { useConnection, useServices } from "./services.tsx";
import { useStatus } from "./told.ts";
import { SignedOut } from "./signed-out.tsx";
import { UserMenu } from "./user-menu.tsx";
import { WORDS } from "../words/app.tsx";

const Notifications = part(async () => (await import("../notifications/notifications.tsx")).Notifications);

const PLACES = [
  { to: "/", label: WORDS.placeNames.home, icon: House },
  { to: "/chats", label: WORDS.placeNames.chats, icon: MessagesSquare },
  { to: "/tasks", label: WORDS.placeNames.tasks, icon: ListTodo },
  { to: "/schedules", label: WORDS.placeNames.schedules, icon: CalendarClock },
  { to: "/memory", label: WORDS.placeNames.memory, icon: Brain },
  { to: "/inbox", label: WORDS.placeNames.inbox, icon: Inbox },
  { to: "/tools", label: WORDS.placeNames.tools, icon: Wrench },
  { to: "/settings", label: WORDS.placeNames.settings, icon: Settings },
] as const;

/** On a phone there is room for so many; the others are in the account menu too. */
const TABS = PLACES.filter(({ to }) => to !== "/settings" && to !== "/tools");

/** Rail with words from 1200 px, a rail of icons from 768, below that a bar at the top and tabs at the bottom. */
export function Shell() {
  const isSignedOut = useIsSignedOut();
  if (isSignedOut) return <SignedOut />;
  return (
    <div className="flex h-full flex-col md:flex-row">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded focus:bg-page focus:p-2"
      >
        {WORDS.skip}
      </a>
      <header className="flex shrink-0 items-center gap-2 border-line bg-panel px-3 py-1.5 max-md:border-b md:w-20 md:flex-col md:border-r md:px-2 md:py-3 wide:w-52 wide:items-stretch wide:px-3">
        <Link to="/" className="flex items-center gap-2 px-1 text-base font-bold md:mb-3" aria-label={WORDS.name}>
          <Zap aria-hidden="true" className="size-5 fill-current text-accent" />
          <span className="hidden wide:inline">{WORDS.name}</span>
        </Link>
        <PaletteOpener />
        <nav aria-label={WORDS.places} className="hidden flex-col gap-1 md:flex">
          <Places isTabs={false} />
        </nav>
        <div className="flex min-w-0 flex-1 items-center justify-end gap-2 md:w-full md:flex-col md:items-stretch md:justify-end">
          <div className="min-w-0 max-md:max-w-[45%]">
            <AgentNow />
          </div>
          <div className="min-w-0">
            <ConnectionPill />
          </div>
          <UserMenu />
        </div>
      </header>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <Boundary instead={null}>
          <Suspense fallback={null}>
            <Notifications />
          </Suspense>
        </Boundary>
        <main id="main" tabIndex={-1} className="min-h-0 min-w-0 flex-1 outline-none">
          <Gate />
        </main>
      </div>
      <nav
        aria-label={WORDS.places}
        className="flex shrink-0 border-t border-line bg-panel pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        <Places isTabs />
      </nav>
    </div>
  );
}

function Places({ isTabs }: { isTabs: boolean }) {
  const { approvals = 0, questions = 0, changes = 0 } = useStatus().data?.waiting ?? {};
  const waiting = approvals + questions + changes;
  return (isTabs ? TABS : PLACES).map(({ to, label, icon: Icon }) => (
    <Link
      key={to}
      to={to}
      activeOptions={{ exact: to === "/" }}
      activeProps={{ className: "text-accent bg-accent-soft", "aria-current": "page" }}
      inactiveProps={{ className: "text-muted hover:bg-sunken hover:text-ink" }}
      className={
        isTabs
          ? "tap flex flex-1 flex-col items-center justify-center gap-0.5 py-1.5 text-micro font-medium"
          : "flex flex-col items-center gap-1 rounded-md px-2 py-1.5 text-xs font-medium wide:flex-row wide:gap-2 wide:text-sm"
      }
    >
      <Icon aria-hidden="true" className="size-5 wide:size-4" />
      <span className="flex items-center gap-1.5">
        {label}
        {to === "/inbox" && waiting > 0 && (
          <span
            data-waiting={waiting}
            className={`rounded-full bg-warn font-semibold text-page tabular-nums ${isTabs ? "px-1 text-micro" : "px-1.5 text-xs"}`}
          >
            {waiting}
            <span className="sr-only">{WORDS.waiting}</span>
          </span>
        )}
      </span>
    </Link>
  ));
}

/** Signed out is not the same as offline. It lasts as long as the page: who signs in next may be somebody else. */
function useIsSignedOut(): boolean {
  const { http } = useServices();
  const connection = useConnection();
  const { error } = useQuery(meQuery(http));
  const isRefused = error instanceof RequestFailure && error.code === "unauthenticated";
  const isOut = connection.state === "signed-out" || (isRefused && connection.state !== "live");
  const [wasOut, setOut] = useState(isOut);
  if (isOut && !wasOut) setOut(true);
  return isOut || wasOut;
}

/** Nothing is shown before it is known who looks. */
function Gate() {
  const { http } = useServices();
  const me = useQuery(meQuery(http));
  const isTheirs = usePerson();
  const asked = useQuery(preferencesQuery(http));
  const preferences = usePreferences();
  const isSettings = useLocation({ select: ({ pathname }) => pathname.startsWith("/settings") });
  const { "time.clock": hours, "time.zone": zone } = preferences;
  const style = `${hours} ${zone}`;
  const clock = useMemo(() => clockOf({ "time.clock": hours, "time.zone": zone }), [hours, zone]);
  setClock(clock);
  // All that shows times is drawn again by another clock; the settings show it by themselves.
  if (isTheirs && !asked.isPending) return <Outlet key={isSettings ? "settings" : style} />;
  if (me.error !== null) return <Failure what={WORDS.noAnswer} error={me.error} retry={() => void me.refetch()} />;
  return <Loading what={WORDS.connecting} />;
}
