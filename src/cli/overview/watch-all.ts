import type { ChatEvent } from "../../core/events.ts";
import type { Chat, EventsPage, List } from "../../wire/api.ts";
import type { ProgressFrame } from "../../wire/frames.ts";
import { MAX_PAGE_EVENTS } from "../../wire/limits.ts";
import { isUnreachable, networkClient, type Client, type Endpoint } from "../client/client.ts";
import { Failure } from "../console/failure.ts";
import { EXIT, type Io } from "../console/io.ts";
import type { Socket } from "../client/socket.ts";
import { connections } from "../client/watch.ts";

export type WatchedAll =
  | { readonly kind: "event"; readonly event: ChatEvent; readonly title: string }
  | { readonly kind: "progress"; readonly progress: ProgressFrame }
  /** All that there was has been given; from here on it comes as it happens. */
  | { readonly kind: "live" }
  /** What this person prefers has changed, or may have before this connection. */
  | { readonly kind: "preferences" }
  /** The history was cut: it goes on from the end of the new one. */
  | { readonly kind: "reset" }
  | { readonly kind: "gone"; readonly chatId: string; readonly title: string }
  | { readonly kind: "lost" };

export interface WatchAllOptions {
  readonly endpoint: () => Promise<Endpoint | null>;
  /** ISO 8601: from this time on; null: from now on. */
  readonly since: string | null;
  /** Also how far calls are. */
  readonly progress: boolean;
  readonly signal: AbortSignal;
}

interface Known {
  readonly id: string;
  title: string;
  /** Everything up to here has been given. */
  cursor: number;
  /** null: nothing happens there; it is subscribed to when the server says that it changed. */
  sub: string | null;
  behind: number;
}

/** What is known of the history, from one connection to the next. */
interface Memory {
  epoch: string;
  readonly chats: Map<string, Known>;
  /** Chats that were not in the first list had their last event at this time or before; null: all were in it. */
  horizon: string | null;
  started: boolean;
}

const PAGE = 500;
/** Below what a server allows on one socket. */
const MAX_SUBS = 900;

/**
 * Follows every chat that the caller may see, each event once and in its chat's order, across lost connections and restarts
 * of the server. Only where something happens is subscribed to: what is said of a chat later is read from its cursor.
 */
export async function* watchAll(io: Io, options: WatchAllOptions): AsyncGenerator<WatchedAll> {
  const memory: Memory = { epoch: "", chats: new Map(), horizon: null, started: false };
  yield* connections(io, options, async function* (socket, endpoint) {
    try {
      yield* connection(socket, networkClient(endpoint), memory, options);
    } catch (error) {
      // The list could not be had, because the server went away meanwhile: as any lost connection.
      if (!isUnreachable(error) && !(error instanceof Failure && error.code === "unavailable")) throw error;
    }
  });
}

async function* connection(
  socket: Socket,
  client: Client,
  memory: Memory,
  { since: from, progress }: WatchAllOptions,
): AsyncGenerator<WatchedAll> {
  let since = from;
  const bySub = new Map<string, Known>();
  const catchingUp = new Set<string>();
  let round = 0;
  for (const chat of memory.chats.values()) chat.sub = null;

  const unsubscribe = (chat: Known): void => {
    if (chat.sub === null) return;
    bySub.delete(chat.sub);
    catchingUp.delete(chat.sub);
    chat.sub = null;
  };
  const subscribe = (chat: Known): void => {
    unsubscribe(chat);
    if (bySub.size >= MAX_SUBS) {
      // Where nothing came for the longest time. Should something come there, the server says so.
      const [oldest] = bySub.values();
      if (oldest?.sub) socket.send({ type: "unsubscribe", sub: oldest.sub });
      if (oldest) unsubscribe(oldest);
    }
    round += 1;
    chat.sub = `cli-${round}`;
    chat.behind = 0;
    bySub.set(chat.sub, chat);
    catchingUp.add(chat.sub);
    const { epoch } = memory;
    socket.send({ type: "subscribe", sub: chat.sub, chatId: chat.id, after: chat.cursor, epoch, deltas: progress });
  };
  const know = (chat: Chat, cursor: number): Known => {
    const known = memory.chats.get(chat.id) ?? { id: chat.id, title: chat.title, cursor, sub: null, behind: 0 };
    known.title = chat.title;
    memory.chats.set(chat.id, known);
    return known;
  };
  /** Reads the list from its most recent chat on, as far as there is anything new. */
  const look = async (archived: boolean): Promise<void> => {
    let cursor: string | null = null;
    do {
      const page: List<Chat> = await chatsPage(client, archived, cursor);
      let news = false;
      for (const chat of page.items) {
        const known = memory.chats.get(chat.id) ?? know(chat, await beginning(client, memory, chat, since));
        const isBehind = chat.head > known.cursor;
        news ||= isBehind;
        if ((isBehind || chat.runState !== null) && known.sub === null) subscribe(known);
      }
      const last = page.items.at(-1);
      if (!memory.started && page.next !== null && last !== undefined && last.lastEventAt > (memory.horizon ?? "")) {
        memory.horizon = last.lastEventAt;
      }
      cursor = news ? page.next : null;
    } while (cursor !== null);
  };

  for await (const frame of socket.frames) {
    const chat = "sub" in frame && frame.sub !== undefined ? bySub.get(frame.sub) : undefined;
    // Of a subscription that has ended.
    if ("sub" in frame && frame.sub !== undefined && chat === undefined) continue;
    switch (frame.type) {
      case "welcome":
        if (memory.epoch !== "" && memory.epoch !== frame.epoch) {
          memory.chats.clear();
          memory.started = false;
          memory.horizon = null;
          since = null;
          yield { kind: "reset" };
        }
        memory.epoch = frame.epoch;
        yield { kind: "preferences" };
        await look(false);
        await look(true);
        memory.started = true;
        if (catchingUp.size === 0) yield { kind: "live" };
        break;
      case "events":
        if (chat === undefined) break;
        chat.behind = 0;
        bySub.delete(frame.sub);
        bySub.set(frame.sub, chat);
        for (const event of frame.events) {
          if (event.seq <= chat.cursor) continue;
          chat.cursor = event.seq;
          if (event.type === "chat" && event.data.change === "renamed") chat.title = event.data.title;
          yield { kind: "event", event, title: chat.title };
        }
        break;
      case "live":
        if (catchingUp.delete(frame.sub) && catchingUp.size === 0) yield { kind: "live" };
        break;
      case "changed":
        if (frame.topic === "preferences") yield { kind: "preferences" };
        if (frame.topic !== "chats") break;
        if (frame.id === undefined) {
          await look(false);
          await look(true);
        } else await join(frame.id);
        break;
      case "ping":
        for (const each of [...bySub.values()]) {
          each.behind = (frame.heads[each.id] ?? 0) > each.cursor ? each.behind + 1 : 0;
          if (each.behind >= 2) subscribe(each);
        }
        break;
      case "reset":
        if (chat === undefined) break;
        chat.cursor = frame.reason === "gone" ? 0 : frame.last;
        memory.epoch = frame.epoch;
        subscribe(chat);
        break;
      case "error":
        if (chat === undefined) break;
        unsubscribe(chat);
        if (frame.code === "not_found") {
          memory.chats.delete(chat.id);
          yield { kind: "gone", chatId: chat.id, title: chat.title };
        }
        if (catchingUp.size === 0) yield { kind: "live" };
        break;
      case "progress":
        yield { kind: "progress", progress: frame };
        break;
      case "delta":
      case "ack":
      case "watching":
        break;
    }
  }

  /** The server said that something about this chat has changed. */
  async function join(id: string): Promise<void> {
    const known = memory.chats.get(id);
    if (known !== undefined) {
      if (known.sub === null) subscribe(known);
      return;
    }
    const chat = await client.request<Chat>("GET", `/api/chats/${id}`).catch((error: unknown) => {
      // Deleted since, or no longer for these eyes.
      if (error instanceof Failure && error.exit === EXIT.notFound) return null;
      throw error;
    });
    if (chat !== null) subscribe(know(chat, await beginning(client, memory, chat, since)));
  }
}

async function chatsPage(client: Client, archived: boolean, cursor: string | null): Promise<List<Chat>> {
  const query = new URLSearchParams({ limit: String(PAGE), archived: String(archived) });
  if (cursor !== null) query.set("cursor", cursor);
  return client.request<List<Chat>>("GET", `/api/chats?${query}`);
}

/** Where to begin in a chat that is seen for the first time: behind what there was when the watching began. */
async function beginning(client: Client, memory: Memory, chat: Chat, since: string | null): Promise<number> {
  if (since !== null) return chat.lastEventAt < since ? chat.head : lastBefore(client, chat, (at) => at < since);
  if (!memory.started) return chat.head;
  const { horizon } = memory;
  return horizon === null ? 0 : lastBefore(client, chat, (at) => at <= horizon);
}

/** The last `seq` whose time is before; 0 where there is none. Read from the end, where it is likely to be. */
async function lastBefore(client: Client, chat: Chat, isBefore: (at: string) => boolean): Promise<number> {
  let before = chat.head + 1;
  while (before > 1) {
    const query = new URLSearchParams({ before: String(before), limit: String(MAX_PAGE_EVENTS) });
    const { events } = await client.request<EventsPage>("GET", `/api/chats/${chat.id}/events?${query}`);
    const found = events.findLast((event) => isBefore(event.at));
    if (found !== undefined) return found.seq;
    before = events[0]?.seq ?? 1;
  }
  return 0;
}
