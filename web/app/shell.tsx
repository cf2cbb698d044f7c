import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { CalendarClock, House, Inbox, ListTodo, MessagesSquare, Wrench, Zap } from "lucide-react";
import { RequestFailure } from "../live/http.ts";
import { PaletteOpener } from "../palette/opener.tsx";
import { Failure, Loading } from "../ui/notice.tsx";
import { AgentNow } from "./agent-now.tsx";
import { ConnectionPill } from "./connection-pill.tsx";
import { meQuery, statusQuery } from "./queries.ts";
import { useConnection, useServices } from "./services.tsx";
import { SignedOut } from "./signed-out.tsx";
import { UserMenu } from "./user-menu.tsx";

const PLACES = [
  { to: "/", label: "Home", icon: House },
  { to: "/chats", label: "Chats", icon: MessagesSquare },
  { to: "/tasks", label: "Tasks", icon: ListTodo },
  { to: "/schedules", label: "Schedules", icon: CalendarClock },
  { to: "/inbox", label: "Inbox", icon: Inbox },
  { to: "/tools", label: "Tools", icon: Wrench },
] as const;

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
        Skip to the content
      </a>
      <header className="flex shrink-0 items-center gap-2 border-line bg-panel px-3 py-1.5 max-md:border-b md:w-20 md:flex-col md:border-r md:px-2 md:py-3 wide:w-52 wide:items-stretch wide:px-3">
        <Link to="/" className="flex items-center gap-2 px-1 text-base font-bold md:mb-3" aria-label="Sparky">
          <Zap aria-hidden="true" className="size-5 fill-current text-accent" />
          <span className="hidden wide:inline">Sparky</span>
        </Link>
        <PaletteOpener />
        <nav aria-label="Places" className="hidden flex-col gap-1 md:flex">
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
      <main id="main" tabIndex={-1} className="min-h-0 min-w-0 flex-1 outline-none">
        <Gate />
      </main>
      <nav
        aria-label="Places"
        className="flex shrink-0 border-t border-line bg-panel pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        <Places isTabs />
      </nav>
    </div>
  );
}

function Places({ isTabs }: { isTabs: boolean }) {
  const { http } = useServices();
  const { approvals = 0, questions = 0, changes = 0 } = useQuery(statusQuery(http)).data?.waiting ?? {};
  const waiting = approvals + questions + changes;
  return PLACES.map(({ to, label, icon: Icon }) => (
    <Link
      key={to}
      to={to}
      activeOptions={{ exact: to === "/" }}
      activeProps={{ className: "text-accent bg-accent-soft", "aria-current": "page" }}
      inactiveProps={{ className: "text-muted hover:bg-sunken hover:text-ink" }}
      className={
        isTabs
          ? "tap flex flex-1 flex-col items-center justify-center gap-0.5 py-1.5 text-xs font-medium"
          : "flex flex-col items-center gap-1 rounded-md px-2 py-1.5 text-xs font-medium wide:flex-row wide:gap-2 wide:text-sm"
      }
    >
      <Icon aria-hidden="true" className="size-5 wide:size-4" />
      <span className="flex items-center gap-1.5">
        {label}
        {to === "/inbox" && waiting > 0 && (
          <span
            data-waiting={waiting}
            className="rounded-full bg-warn px-1.5 text-xs font-semibold text-page tabular-nums"
          >
            {waiting}
            <span className="sr-only"> waiting for you</span>
          </span>
        )}
      </span>
    </Link>
  ));
}

/** Signed out is not the same as offline. */
function useIsSignedOut(): boolean {
  const { http } = useServices();
  const connection = useConnection();
  const { error } = useQuery(meQuery(http));
  const isRefused = error instanceof RequestFailure && error.code === "unauthenticated";
  return connection.state === "signed-out" || (isRefused && connection.state !== "live");
}

/** Nothing is shown before it is known who looks. */
function Gate() {
  const { http } = useServices();
  const me = useQuery(meQuery(http));
  if (me.data !== undefined) return <Outlet />;
  if (me.error !== null)
    return <Failure what="Sparky did not answer" error={me.error} retry={() => void me.refetch()} />;
  return <Loading what="Connecting…" />;
}
