import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleUser, Settings, Wrench } from "lucide-react";
import { useEffect, useRef } from "react";
import { IconButton } from "../ui/button.tsx";
import { meQuery } from "./queries.ts";
import { useServices } from "./services.tsx";
import { SignOut } from "./sign-out.tsx";
import { WORDS } from "../words/app.tsx";

/** Who is signed in, what the tabs of a phone have no room for, sign out: a popover, which closes by itself on Escape and on a click elsewhere. */
export function UserMenu() {
  const { http } = useServices();
  const { data: me } = useQuery(meQuery(http));
  const menu = useRef<HTMLDivElement>(null);
  const close = (): void => menu.current?.hidePopover();
  useEffect(() => {
    addEventListener("popstate", close);
    return () => removeEventListener("popstate", close);
  }, []);
  return (
    <div className="shrink-0 wide:w-full">
      <IconButton
        label={WORDS.account(me?.name ?? "…")}
        popoverTarget="user-menu"
        className="gap-2 md:w-full wide:justify-start"
      >
        <CircleUser aria-hidden="true" className="size-5 shrink-0" />
        <span className="hidden truncate text-sm font-medium wide:inline">{me?.name ?? "…"}</span>
      </IconButton>
      <div
        ref={menu}
        id="user-menu"
        popover="auto"
        className="fixed inset-auto m-2 w-60 rounded-lg border border-line bg-page p-3 text-ink shadow-lg max-md:top-12 max-md:right-0 md:bottom-12 md:left-0"
      >
        <p className="text-sm">{WORDS.signedInAs(<strong>{me?.name ?? "…"}</strong>)}</p>
        <Link
          to="/tools"
          onClick={close}
          className="tap mt-3 flex items-center gap-2 rounded-md px-2 py-1.5 text-sm font-medium hover:bg-sunken md:hidden"
        >
          <Wrench aria-hidden="true" className="size-4 text-muted" />
          {WORDS.placeNames.tools}
        </Link>
        <Link
          to="/settings"
          onClick={close}
          className="tap flex items-center gap-2 rounded-md px-2 py-1.5 text-sm font-medium hover:bg-sunken md:mt-3"
        >
          <Settings aria-hidden="true" className="size-4 text-muted" />
          {WORDS.placeNames.settings}
        </Link>
        <SignOut className="mt-3 w-full" onClick={close} />
      </div>
    </div>
  );
}
