import { chatText, exportName } from "../../core/chat-export.ts";
import type { ChatEvent } from "../../core/events.ts";
import { getChat, type Chat } from "../../store/chats/chats.ts";
import { servedEvents } from "../../store/log/events.ts";
import { chatFor } from "../../store/people/access.ts";
import type { Store } from "../../store/database/store.ts";
import type { User } from "../../store/people/user.ts";
import { exportedChatSchema } from "../../wire/api.ts";
import type { ServerDeps } from "../deps.ts";
import { parseInput } from "../input.ts";
import { download } from "./download.ts";
import { chatExportQuery } from "./queries.ts";
import type { Route } from "./route.ts";

const TYPES = { md: "text/markdown; charset=utf-8", json: "application/json; charset=utf-8" } as const;

/** Events of one portion, which stands in memory. */
const PORTION = 100;

export function chatExport({ store, log }: Pick<ServerDeps, "store" | "log">): Route {
  return {
    doc: {
      method: "GET",
      path: "/api/chats/:id/export",
      right: "chats.see",
      summary:
        "The whole log of a chat to download, as it is now: as JSON, or with `format=md` to read. Secrets are masked.",
      query: chatExportQuery,
      answers: { 200: exportedChatSchema },
    },
    async run({ viewer, params, query }) {
      const { format = "json" } = parseInput(chatExportQuery, query);
      const found = store.secrets.value(await getChat(store, viewer, params["id"] ?? ""));
      // What is one reader's is left out.
      const { canWrite: _mine, owner: _whose, seen: _read, ...chat } = found;
      return download(chatText(format, chat, logOf(store, viewer, found)), {
        contentType: TYPES[format],
        name: exportName(chat, format),
        onError: (error) => log.error({ err: error }, "an export was cut off by a failure"),
      });
    },
  };
}

/** Up to where the chat ended when it was asked for. Who may not see it any more gets no more of it. */
async function* logOf(store: Store, viewer: User, { id, head }: Chat): AsyncGenerator<ChatEvent> {
  for (let from = 1; from <= head; from += PORTION) {
    await chatFor(store.db, viewer, "see", id);
    const to = Math.min(from + PORTION - 1, head);
    for (const event of await servedEvents(store.db, id, { from, to })) yield store.secrets.value(event);
  }
}
