import type { ChatEvent, EventOf, EventType } from "../../src/core/events.ts";
import type { EventsPage } from "../../src/wire/api.ts";
import type { World } from "./world.ts";

/** Every chat's log in the end, as a node tells it. */
export async function readLogs(world: World): Promise<ReadonlyMap<string, readonly ChatEvent[]>> {
  const logs = new Map<string, readonly ChatEvent[]>();
  for (const chatId of world.chats) {
    const events: ChatEvent[] = [];
    for (let last = 1; events.length < last;) {
      const after = events.at(-1)?.seq ?? 0;
      const { body } = await world.ask(0, "GET", `/api/chats/${chatId}/events?after=${after}&limit=200`);
      const page = body as EventsPage;
      events.push(...page.events);
      last = page.last;
      if (page.events.length === 0) break;
    }
    logs.set(chatId, events);
  }
  return logs;
}

export const ofType = <T extends EventType>(events: readonly ChatEvent[], type: T): EventOf<T>[] =>
  events.filter((event): event is EventOf<T> => event.type === type);
