import { notifyManager, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { meSchema } from "../src/wire/welcome.ts";
import { createInvalidator, meQuery, retryQuery } from "./app/queries.ts";
import { createAppRouter, preloadPlaces } from "./app/router.tsx";
import { ServicesProvider, type Services } from "./app/services.tsx";
import { followLook } from "./app/theme.ts";
import { Chats } from "./live/chats.ts";
import { createHttp } from "./live/http.ts";
import { Outbox } from "./live/outbox.ts";
import { LiveSocket } from "./live/socket.ts";
import { Started, startedBy } from "./notifications/started.ts";
import { comeBack } from "./shares/come-back.ts";
import { moveOldPreferences } from "./settings/moved.ts";
import { isHidden, onVisibility } from "./ui/visibility.ts";
import "./styles.css";

/** A request may fail while the socket has not noticed anything, or never will. */
const AGAIN_AFTER_MS = 2000;

/** The first screen comes first. */
const PRELOAD_AFTER_MS = 500;

function start(root: HTMLElement): void {
  // Within the event that brought it: a choice that is shown before it is saved would jump back for a moment first.
  notifyManager.setScheduler(queueMicrotask);
  const queries = new QueryClient({
    // Without a network too: a request that fails says so and can be tried again, one that is put off just waits.
    defaultOptions: {
      queries: { retry: retryQuery, staleTime: 30_000, networkMode: "always" },
      mutations: { networkMode: "always" },
    },
  });
  const started = new Started(openStorage("session"));
  const http = createHttp({
    fetch: (path, init) => fetch(path, init),
    now: () => Date.now(),
    onSignedOut: () => socket.signedOut(),
    onSent: (path, answer) => started.add(startedBy(path, answer)),
  });
  const socket = new LiveSocket({
    open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`),
    now: () => Date.now(),
    random: () => Math.random(),
    isOnline: () => navigator.onLine,
    isSignedIn: async () =>
      (await fetch("/api/me", { signal: AbortSignal.timeout(5000) }).catch(() => null))?.status !== 401,
    onChanged: createInvalidator(queries, { isHidden, onVisibility }),
  });
  const chats = new Chats({ http, socket, nextPaint: (paint) => void requestAnimationFrame(paint) });
  const outbox = new Outbox({
    http,
    storage: openStorage(),
    newKey: () => crypto.randomUUID(),
    sleep,
    askWho: async () => {
      const { queryKey } = meQuery(http);
      await queries.cancelQueries({ queryKey });
      const me = await http.get("/api/me", meSchema).catch(() => null);
      if (me !== null) queries.setQueryData(queryKey, me);
      return me?.id ?? null;
    },
    reachable: () => (socket.connection().state === "live" ? sleep(AGAIN_AFTER_MS) : whenLive(socket)),
  });
  const services: Services = { http, socket, chats, outbox, queries, started };

  comeBack();
  followLook();
  addEventListener("online", () => socket.check());
  addEventListener("offline", () => socket.wentOffline());
  addEventListener("pageshow", () => socket.check());
  onVisibility(() => {
    if (!isHidden()) socket.check();
  });
  const router = createAppRouter();
  // A place that was never looked at must open without a network too, to say that there is none.
  const stopWaiting = socket.onConnection(() => {
    if (socket.connection().state !== "live") return;
    stopWaiting();
    setTimeout(() => {
      preloadPlaces(router);
      watchForOffline();
    }, PRELOAD_AFTER_MS);
  });
  socket.connect();
  // Not worth a word: what could not be moved now is moved when the page is opened again.
  moveOldPreferences(http, openStorage()).catch(() => undefined);

  createRoot(root).render(
    <StrictMode>
      <ServicesProvider services={services}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ServicesProvider>
    </StrictMode>,
  );
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function whenLive(socket: LiveSocket): Promise<void> {
  return new Promise((resolve) => {
    const stop = socket.onConnection(() => {
      if (socket.connection().state !== "live") return;
      stop();
      resolve();
    });
  });
}

/** From then on a page that cannot be fetched says so. Browsers allow it only at `localhost` and over HTTPS. */
function watchForOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sw.js").catch(() => undefined);
}

function openStorage(kind: "local" | "session" = "local"): Storage | null {
  try {
    return kind === "local" ? localStorage : sessionStorage;
  } catch {
    return null;
  }
}

const root = document.getElementById("root");
if (root !== null) start(root);
