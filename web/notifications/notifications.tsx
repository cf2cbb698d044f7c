import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { awayMarkedSchema, type AwayItem } from "../../src/wire/away.ts";
import { awayQuery, statusQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { usePreferences } from "../settings/preferences.ts";
import { IconButton } from "../ui/button.tsx";
import { clock } from "../ui/clock.ts";
import { isHidden, onVisibility } from "../ui/visibility.ts";
import { Claims } from "./claims.ts";
import { isWorthTelling, keyOf, wordsOf } from "./news.ts";
import { Notifier, type Toast } from "./notifier.ts";
import { permission, showOutside } from "./outside.ts";
import { useTitleCount } from "./title-count.ts";
import { playTone } from "./tone.ts";
import { WORDS } from "../words/notifications.ts";

/** What happened elsewhere: told in the flow of the page, so that it covers nothing; and counted in the tab's title. */
export function Notifications() {
  const { http, started } = useServices();
  const navigate = useNavigate();
  const preferences = usePreferences();
  const away = useQuery(awayQuery(http)).data;
  const waiting = useQuery(statusQuery(http)).data?.waiting;
  const path = useRouterState({ select: ({ location }) => location.pathname });

  const markSeen = (items: readonly AwayItem[]): void => {
    const chats: Record<string, number> = {};
    for (const { chatId, seq } of items) chats[chatId] = Math.max(seq, chats[chatId] ?? 0);
    // What could not be marked is told of on the home page still.
    http.send("POST", "/api/away/seen", { chats }, awayMarkedSchema).catch(() => undefined);
  };
  const open = (items: readonly AwayItem[]): void => {
    const [item] = items;
    if (item === undefined || items.length > 1) return void navigate({ to: "/" });
    markSeen(items);
    void navigate({ to: "/chats/$chatId", params: { chatId: item.chatId }, search: { at: item.seq } });
  };
  // As they are at the time when they are asked for.
  const now = useRef({ path, open });
  useEffect(() => void (now.current = { path, open }));

  const [notifier, setNotifier] = useState<Notifier | null>(null);
  useEffect(() => {
    const claims = new Claims(storage(), navigator.locks);
    const made = new Notifier({
      now: () => Date.now() + http.aheadMs(),
      ticks: () => performance.now(),
      timeOfDay,
      isVisible: () => !isHidden(),
      hasFocus: () => document.hasFocus(),
      isOwn: (item) => started.has(item),
      looksAt: ({ chatId }) => now.current.path === `/chats/${chatId}`,
      isHeld,
      claim: (keys) => claims.claim(keys),
      mayShowOutside: () => permission() === "granted",
      showOutside: (told, id, items) => showOutside(told, id, () => now.current.open(items)),
      sound: playTone,
    });
    const look = (): void => void made.flush();
    const stop = onVisibility(look);
    setNotifier(made);
    return () => {
      stop();
      made[Symbol.dispose]();
    };
  }, [http, started]);
  useEffect(() => {
    if (away !== undefined) notifier?.update(away.items, preferences);
  }, [notifier, away, preferences]);

  const unseen = (away?.items ?? []).filter(
    (item) => item.kind !== "asks" && isWorthTelling(item, preferences["notify.finished"], (each) => started.has(each)),
  ).length;
  useTitleCount(unseen + (waiting === undefined ? 0 : waiting.approvals + waiting.questions + waiting.changes));
  if (notifier === null) return null;
  return <Toasts notifier={notifier} onOpen={open} onSeen={markSeen} />;
}

interface ToastsProps {
  readonly notifier: Notifier;
  readonly onOpen: (items: readonly AwayItem[]) => void;
  readonly onSeen: (items: readonly AwayItem[]) => void;
}

function Toasts({ notifier, onOpen, onSeen }: ToastsProps) {
  const toasts = useSyncExternalStore(notifier.onChange, notifier.toasts);
  return (
    <>
      <p role="status" className="sr-only">
        {toasts.map(({ items }) => wordsOf(items).title).join(". ")}
      </p>
      {toasts.length > 0 && (
        <section aria-label={WORDS.title} className="shrink-0 border-b border-line bg-panel">
          <ul className="divide-y divide-line">
            {toasts.map((toast) => (
              <Row
                key={toast.id}
                toast={toast}
                onOpen={() => {
                  notifier.dismiss(toast.id);
                  onOpen(toast.items);
                }}
                onClose={() => {
                  // The button that has the focus goes with it.
                  document.getElementById("main")?.focus();
                  notifier.dismiss(toast.id);
                  onSeen(toast.items);
                }}
              />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Row({ toast: { id, items }, onOpen, onClose }: { toast: Toast; onOpen: () => void; onClose: () => void }) {
  const { title, text } = wordsOf(items);
  const isBad = items.some(({ kind }) => kind === "failed");
  return (
    <li data-notification={items.map(keyOf).join()} data-toast={id} className="flex items-center gap-2 px-3 py-1">
      <button
        type="button"
        onClick={onOpen}
        className="tap min-w-0 flex-1 rounded-md px-1 py-1 text-left text-sm hover:bg-sunken"
      >
        <span dir="auto" className={`font-medium ${isBad ? "text-bad" : ""}`}>
          {title}
        </span>
        {text !== "" && (
          <span dir="auto" className="ml-2 text-muted [overflow-wrap:anywhere]">
            {text}
          </span>
        )}
      </button>
      <IconButton label={WORDS.seen(title)} onClick={onClose}>
        <X aria-hidden="true" className="size-4" />
      </IconButton>
    </li>
  );
}

const isHeld = (id: string): boolean =>
  isHidden() || document.querySelector(`[data-toast="${CSS.escape(id)}"]`)?.matches(":hover, :focus-within") === true;

/** `07:30` on the person's clock. */
function timeOfDay(): string {
  const { zone } = clock();
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(zone !== undefined && { timeZone: zone }),
  }).format();
}

function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
