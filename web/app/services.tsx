import { createContext, use, useEffect, useSyncExternalStore, type ReactNode } from "react";
import type { QueryClient } from "@tanstack/react-query";
import type { ChatSnapshot } from "../live/chat-watch.ts";
import type { Chats } from "../live/chats.ts";
import type { Http } from "../live/http.ts";
import type { OutboxItem } from "../live/kept-messages.ts";
import type { Outbox } from "../live/outbox.ts";
import type { Started } from "../notifications/started.ts";
import type { Connection, LiveSocket } from "../live/socket.ts";
import { WORDS } from "../words/app.tsx";

/** What lives as long as the tab; made once in `main.tsx`. */
export interface Services {
  readonly http: Http;
  readonly socket: LiveSocket;
  readonly chats: Chats;
  readonly outbox: Outbox;
  readonly queries: QueryClient;
  /** What was set to work in this tab. */
  readonly started: Started;
}

const ServicesContext = createContext<Services | null>(null);

export function ServicesProvider({ services, children }: { services: Services; children: ReactNode }) {
  return <ServicesContext value={services}>{children}</ServicesContext>;
}

export function useServices(): Services {
  const services = use(ServicesContext);
  if (services === null) throw new Error(WORDS.noServices);
  return services;
}

export function useConnection(): Connection {
  const { socket } = useServices();
  return useSyncExternalStore(socket.onConnection, socket.connection);
}

/** Follows the chat, or reads the stretch of its log that ends at `until`, while the component is shown. */
export function useChat(chatId: string, until: number | null = null): ChatSnapshot {
  const { chats } = useServices();
  useEffect(() => chats.look(chatId, until), [chats, chatId, until]);
  const watch = chats.get(chatId, until);
  return useSyncExternalStore(watch.onChange, watch.snapshot);
}

export function useOutbox(): readonly OutboxItem[] {
  const { outbox } = useServices();
  return useSyncExternalStore(outbox.onChange, outbox.items);
}
