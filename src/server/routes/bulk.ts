import { isSparkyError, SparkyError, unreachable } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { deleteChat, markSeen, patchChat } from "../../store/chats/chats.ts";
import { restoreChat } from "../../store/chats/restore.ts";
import { tagChat } from "../../store/chats/tags.ts";
import { breathe } from "../../store/database/breathe.ts";
import { deleteTask, retryTask } from "../../store/tasks/change.ts";
import type { ErrorBody, User } from "../../wire/api.ts";
import {
  bulkDoneSchema,
  chatsBulkSchema,
  tasksBulkSchema,
  type BulkDone,
  type ChatsBulk,
  type TasksBulk,
} from "../../wire/bulk.ts";
import { errorBody } from "../../wire/errors.ts";
import type { ServerDeps } from "../deps.ts";
import { route, type Route } from "./route.ts";

/** What fails one thing for this fails all that come after it. */
const FAILS_ALL: ReadonlySet<string> = new Set(["unauthenticated", "unavailable"]);

/** `closing`: aborts when the server closes, and what is not done by then is told as such. */
export function bulkRoutes({ store, log, cancelTask }: ServerDeps, closing: AbortSignal): readonly Route[] {
  const parts = { log, closing };
  return [
    route({
      method: "POST",
      path: "/api/chats/bulk",
      right: "chats.write",
      summary:
        "Does the same with many chats, at most 500, one after another and each by itself; says what became of each.",
      body: chatsBulkSchema,
      answers: { 200: bulkDoneSchema },
      async handle({ viewer, body }) {
        const items = body.do === "seen" ? body.items : body.ids.map((id) => ({ id }));
        return { status: 200, body: await withEach(items, chatDeed(viewer, body), parts) };
      },
    }),
    route({
      method: "POST",
      path: "/api/tasks/bulk",
      right: "tasks.change",
      summary:
        "Does the same with many tasks, at most 500, one after another and each by itself; says what became of each.",
      body: tasksBulkSchema,
      answers: { 200: bulkDoneSchema },
      async handle({ viewer, body }) {
        const items = body.do === "retry" ? body.items : body.ids.map((id) => ({ id }));
        return { status: 200, body: await withEach(items, taskDeed(viewer, body), parts) };
      },
    }),
  ];

  function chatDeed(viewer: User, body: ChatsBulk): (item: { id: string; seq?: number }) => Promise<unknown> {
    switch (body.do) {
      case "archive":
      case "unarchive":
        return ({ id }) => patchChat(store, viewer, id, { archived: body.do === "archive" });
      case "delete":
        return ({ id }) => deleteChat(store, viewer, id);
      case "restore":
        return ({ id }) => restoreChat(store, viewer, id);
      case "tag":
        return ({ id }) => tagChat(store, viewer, id, body);
      case "seen":
        return ({ id, seq = 0 }) => markSeen(store, viewer, id, seq);
      default:
        return unreachable(body);
    }
  }

  function taskDeed(viewer: User, body: TasksBulk): (item: { id: string; attempts?: number }) => Promise<unknown> {
    switch (body.do) {
      case "cancel":
        return ({ id }) => cancelTask(viewer, id);
      case "delete":
        return ({ id }) => deleteTask(store, viewer, id);
      case "retry":
        return ({ id, attempts }) => retryTask(store, viewer, id, { attempts });
      default:
        return unreachable(body);
    }
  }
}

interface Parts {
  readonly log: Log;
  readonly closing: AbortSignal;
}

/** Each in a transaction of its own, so that nobody else waits for more than one of them. */
async function withEach<T extends { readonly id: string }>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
  { log, closing }: Parts,
): Promise<BulkDone> {
  const done: BulkDone["items"] = [];
  let end: ErrorBody["error"] | null = null;
  for (const item of items) {
    const error: ErrorBody["error"] | null = end ?? (await tried(item));
    if (error !== null && FAILS_ALL.has(error.code)) end = error;
    done.push({ id: item.id, error });
  }
  return { items: done };

  async function tried(item: T): Promise<ErrorBody["error"] | null> {
    try {
      if (closing.aborted) throw stopping();
      await act(item);
      await breathe();
      return null;
    } catch (error) {
      if (!isSparkyError(error)) log.error({ err: error }, "a request failed");
      return errorBody(error).body.error;
    }
  }
}

const stopping = (): SparkyError =>
  new SparkyError("unavailable", "the server stopped before it came to this one", { hint: "try again" });
