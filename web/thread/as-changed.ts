import type { ChatWithView } from "../../src/wire/api.ts";
import type { ChatLog } from "../live/chat-log.ts";

/** The chat as it is now: what has changed since it was asked for stands in its log. */
export function asChanged(asked: ChatWithView, { events }: ChatLog, myId: string | undefined): ChatWithView {
  let chat = asked;
  for (const { type, data, seq, actor } of events) {
    if (type !== "chat" || seq <= asked.head) continue;
    if (data.change === "archived") chat = { ...chat, archived: data.archived };
    if (data.change === "recall") chat = { ...chat, recall: data.recall };
    if (data.change === "effort") chat = { ...chat, effort: data.effort === "" ? null : data.effort };
    if (data.change === "model") chat = { ...chat, model: data.model === "" ? null : data.model };
    // Each opens their own.
    if (data.change === "memory" && actor.id === myId) chat = withMemory(chat, data.open);
    if (data.change === "shared") {
      if (data.userId !== myId) chat = { ...chat, othersRead: true };
      else if (data.write !== undefined)
        chat = { ...(data.write ? chat : withMemory(chat, false)), canWrite: data.write };
    }
  }
  return chat;
}

function withMemory({ openMemory: _, ...chat }: ChatWithView, isOpen: boolean): ChatWithView {
  return isOpen ? { ...chat, openMemory: true } : chat;
}

/** The event that last changed who sees the chat; 0: none that is loaded. */
export function lastShareChange({ events }: ChatLog): number {
  const isOne = (event: ChatLog["events"][number]): boolean =>
    event.type === "chat" && (event.data.change === "shared" || event.data.change === "unshared");
  return events.findLast(isOne)?.seq ?? 0;
}
