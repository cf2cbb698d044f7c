import type { ChatEvent } from "../../core/events.ts";
import type { EventsPage } from "../../wire/api.ts";
import { MAX_PAGE_EVENTS } from "../../wire/limits.ts";
import type { Client } from "../client/client.ts";

/** A chat's log as it is now, from its first event or from the last few, ascending and of one history. */
export async function* chatLog(
  client: Pick<Client, "request">,
  chatId: string,
  last?: number,
): AsyncGenerator<ChatEvent> {
  let epoch: string | undefined;
  let after = last === undefined ? 0 : null;
  let left = last ?? Number.POSITIVE_INFINITY;
  if (last !== undefined) {
    const newest = await page(client, chatId, { limit: 1 });
    epoch = newest.epoch;
    after = Math.max(newest.last - last, 0);
  }
  while (left > 0) {
    const found = await page(client, chatId, { after: after ?? 0, limit: MAX_PAGE_EVENTS, ...(epoch && { epoch }) });
    epoch ??= found.epoch;
    const events = found.events.slice(0, left);
    yield* events;
    left -= events.length;
    const end = events.at(-1)?.seq;
    if (end === undefined || end >= found.last) return;
    after = end;
  }
}

async function page(
  client: Pick<Client, "request">,
  chatId: string,
  query: { readonly [name: string]: number | string },
): Promise<EventsPage> {
  const words = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
  return client.request<EventsPage>("GET", `/api/chats/${chatId}/events?${new URLSearchParams(words)}`);
}
