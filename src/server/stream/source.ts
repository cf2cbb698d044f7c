import type { HubEvent } from "../../core/hub.ts";
import { chatFor } from "../../store/people/access.ts";
import { readPage } from "../../store/log/events.ts";
import type { Store } from "../../store/database/store.ts";
import type { User } from "../../wire/api.ts";
import { MAX_PAGE_BYTES, MAX_PAGE_EVENTS } from "../../wire/limits.ts";

export interface StreamWatcher<Item> {
  /** The stream has grown to `head`; `items` are its last, or none: they are to be read. */
  grown(head: number, items: readonly Item[]): void;
  /** The stream is gone or rights have changed: its head must be asked for before anything more is told of it. */
  recheck(): void;
}

/** A log to serve as a Durable Stream: items numbered by `seq` from 1 without gaps, in one history. */
export interface StreamSource<Item extends { readonly seq: number }> {
  /** Names the history; another one's offsets are refused. Of letters, digits, `-` and `_`. */
  readonly epoch: string;
  readonly contentType: string;
  /** The last `seq`; throws `not_found` when there is no such stream, or its reader may not see it. */
  head(): Promise<number>;
  /** Ascending from `after + 1`, a page at most; none only at the end. */
  read(after: number): Promise<readonly Item[]>;
  watch(watcher: StreamWatcher<Item>): () => void;
  /** The items as the body of an answer. */
  body(items: readonly Item[]): string | Uint8Array<ArrayBuffer>;
  /** The items as the text of a server-sent event. */
  event(items: readonly Item[]): string;
  /** What an answer of server-sent events says of their text. */
  readonly eventHeaders: { readonly [name: string]: string };
}

/** A chat's log for one reader, whose right to it is checked with each reading of the head. */
export function chatStream(store: Store, viewer: User, chatId: string): StreamSource<HubEvent> {
  const array = (events: readonly HubEvent[]): string => `[${events.map(({ json }) => json).join(",")}]`;
  return {
    epoch: store.epoch,
    contentType: "application/json",
    head: async () => (await chatFor(store.db, viewer, "see", chatId)).head,
    read: (after) => readPage(store, chatId, after, { events: MAX_PAGE_EVENTS, bytes: MAX_PAGE_BYTES }),
    watch: (watcher) =>
      store.hub.watch(chatId, {
        events: (events) => watcher.grown(events.at(-1)?.seq ?? 0, fitPage(events) ? events : []),
        delta: () => {},
        gone: () => watcher.recheck(),
      }),
    body: array,
    event: array,
    eventHeaders: {},
  };
}

function fitPage(events: readonly HubEvent[]): boolean {
  if (events.length <= 1) return true;
  return events.length <= MAX_PAGE_EVENTS && events.reduce((sum, { json }) => sum + json.length, 0) <= MAX_PAGE_BYTES;
}
