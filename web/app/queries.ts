import { queryOptions, type Query, type QueryClient } from "@tanstack/react-query";
import {
  chatSchema,
  listSchema,
  runSchema,
  statusSchema,
  taskSchema,
  type TASK_ORIGINS,
  treeTaskSchema,
  type Chat,
  type TaskStatus,
} from "../../src/wire/api.ts";
import { activityItemSchema } from "../../src/wire/activity.ts";
import { questionSchema } from "../../src/wire/questions.ts";
import { approvalSchema, grantSchema } from "../../src/wire/approvals.ts";
import { awaySchema } from "../../src/wire/away.ts";
import { runAloneSchema } from "../../src/wire/runs.ts";
import { namedItemsSchema, recallPageSchema, type RECALL_KINDS } from "../../src/wire/recall.ts";
import { searchPageSchema, type FOUND_KINDS } from "../../src/wire/search.ts";
import { tagInUseSchema } from "../../src/wire/tags.ts";
import type { Topic } from "../../src/wire/frames.ts";
import { meSchema } from "../../src/wire/welcome.ts";
import { mayRetry, RequestFailure, type Http } from "../live/http.ts";

/** What is asked over HTTP. `changed` frames make these fresh again; the events of chats come over the socket instead. */

const chatListSchema = listSchema(chatSchema);
const taskListSchema = listSchema(taskSchema);
const runListSchema = listSchema(runSchema);
const approvalListSchema = listSchema(approvalSchema);
const taskTreeSchema = listSchema(treeTaskSchema);
const questionListSchema = listSchema(questionSchema);
const grantListSchema = listSchema(grantSchema);

export const meQuery = (http: Http) =>
  queryOptions({ queryKey: ["me"], queryFn: ({ signal }) => http.get("/api/me", meSchema, signal) });

export const statusQuery = (http: Http) =>
  queryOptions({
    queryKey: ["status"],
    queryFn: ({ signal }) => http.get("/api/status", statusSchema, signal),
    // The step of a running run changes without a `changed` frame.
    refetchInterval: ({ state }) => ((state.data?.running.length ?? 0) > 0 ? 3000 : false),
  });

export const chatsQuery = (http: Http, limit: number, archived = false) =>
  queryOptions({
    queryKey: ["chats", archived, limit],
    queryFn: ({ signal }) => http.get(`/api/chats?limit=${limit}&archived=${archived}`, chatListSchema, signal),
    placeholderData: (before, query) => (query?.queryKey[1] === archived ? before : undefined),
  });

/** One chat without its words. */
export const chatQuery = (http: Http, id: string) =>
  queryOptions({
    queryKey: ["chats", "one", id],
    queryFn: ({ signal }) => http.get(`/api/chats/${encodeURIComponent(id)}`, chatSchema, signal),
  });

const HOUR_MS = 3_600_000;
export type TaskOrigin = (typeof TASK_ORIGINS)[number];

export interface ChatFilter {
  readonly archived: boolean;
  readonly origin?: Chat["origin"] | undefined;
  readonly search?: string | undefined;
  readonly tag?: string | undefined;
  readonly pinned: boolean;
}

/** A part of the list of chats, with what it shows of each. */
export const chatListQuery = (http: Http, { archived, origin, search, tag, pinned }: ChatFilter, limit: number) =>
  queryOptions({
    queryKey: ["chats", "list", archived, origin, search, tag, pinned, limit],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ preview: "true", limit: String(limit), archived: String(archived) });
      query.set("pinned", String(pinned));
      if (origin !== undefined) query.set("origin", origin);
      if (search !== undefined) query.set("search", search);
      if (tag !== undefined) query.set("tag", tag);
      return http.get(`/api/chats?${query}`, chatListSchema, signal);
    },
    placeholderData: (before, query) => (query?.queryKey[2] === archived ? before : undefined),
  });

const tagListSchema = listSchema(tagInUseSchema);

/** The tags of this person. */
export const tagsQuery = (http: Http) =>
  queryOptions({
    queryKey: ["chats", "tags"],
    queryFn: ({ signal }) => http.get("/api/tags", tagListSchema, signal),
  });

export interface TaskFilter {
  readonly status?: TaskStatus | undefined;
  readonly search?: string | undefined;
  readonly id?: string | undefined;
  readonly schedule?: string | undefined;
  readonly origin?: TaskOrigin | undefined;
  /** Added within so many hours. */
  readonly hours?: number | undefined;
}

export const tasksQuery = (http: Http, filter: TaskFilter, limit: number) =>
  queryOptions({
    queryKey: ["tasks", filter, limit],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ limit: String(limit) });
      if (filter.status !== undefined) query.set("status", filter.status);
      if (filter.id !== undefined) query.set("prefix", filter.id);
      if (filter.schedule !== undefined) query.set("schedule", filter.schedule);
      if (filter.origin !== undefined) query.set("origin", filter.origin);
      if (filter.hours !== undefined) query.set("since", new Date(Date.now() - filter.hours * HOUR_MS).toISOString());
      if (filter.search) query.set("search", filter.search);
      return http.get(`/api/tasks?${query}`, taskListSchema, signal);
    },
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => status === "in_progress") ? 3000 : false),
  });

export const taskQuery = (http: Http, id: string) =>
  queryOptions({
    queryKey: ["tasks", "one", id],
    queryFn: ({ signal }) => http.get(`/api/tasks/${encodeURIComponent(id)}`, taskSchema, signal),
  });

export const taskTreeQuery = (http: Http, id: string) =>
  queryOptions({
    queryKey: ["tasks", "tree", id],
    queryFn: ({ signal }) => http.get(`/api/tasks/${encodeURIComponent(id)}/tree`, taskTreeSchema, signal),
  });

export const taskRunsQuery = (http: Http, id: string) =>
  queryOptions({
    queryKey: ["tasks", "runs", id],
    queryFn: ({ signal }) => http.get(`/api/tasks/${encodeURIComponent(id)}/runs`, runListSchema, signal),
  });

export const runQuery = (http: Http, id: string) =>
  queryOptions({
    queryKey: ["runs", "one", id],
    queryFn: ({ signal }) => http.get(`/api/runs/${encodeURIComponent(id)}`, runAloneSchema, signal),
  });

/** What is found in a run's words, thoughts and results. */
export const runSearchQuery = (http: Http, runId: string, words: string) =>
  queryOptions({
    queryKey: ["runs", "search", runId, words],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ q: words, runId, limit: String(MOST_FOUND) });
      return http.get(`/api/search?${query}`, searchPageSchema, signal);
    },
    placeholderData: (before, query) => (query?.queryKey[2] === runId ? before : undefined),
    staleTime: 0,
  });
const MOST_FOUND = 50;

/** What is found of one kind in all that this person may see. */
export const searchQuery = (http: Http, words: string, kind: FoundKind, limit: number) =>
  queryOptions({
    queryKey: ["search", kind, words, limit],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ q: words, kind, limit: String(limit) });
      return http.get(`/api/search?${query}`, searchPageSchema, signal);
    },
    placeholderData: (before) => before,
    staleTime: 0,
  });
type FoundKind = (typeof FOUND_KINDS)[number];

/** What is like these words, the best first. */
export const recallQuery = (http: Http, words: string, limit: number, kind?: RecallKind) =>
  queryOptions({
    queryKey: ["recall", words, limit, kind],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ q: words, limit: String(limit) });
      if (kind !== undefined) query.set("kind", kind);
      return http.get(`/api/recall?${query}`, recallPageSchema, signal);
    },
    placeholderData: (before) => before,
    staleTime: 0,
  });
type RecallKind = (typeof RECALL_KINDS)[number];

export const recalledItemsQuery = (http: Http, ids: readonly string[]) =>
  queryOptions({
    queryKey: ["recall", "items", ...ids],
    queryFn: ({ signal }) =>
      http.get(`/api/recall/items?${new URLSearchParams({ ids: ids.join(",") })}`, namedItemsSchema, signal),
  });

export const approvalsQuery = (http: Http, state: "open" | "all", limit: number) =>
  queryOptions({
    queryKey: ["approvals", state, limit],
    queryFn: ({ signal }) => http.get(`/api/approvals?state=${state}&limit=${limit}`, approvalListSchema, signal),
    placeholderData: (before, query) => (query?.queryKey[1] === state ? before : undefined),
  });

export const approvalQuery = (http: Http, id: string) =>
  queryOptions({
    queryKey: ["approvals", "one", id],
    queryFn: ({ signal }) => http.get(`/api/approvals/${encodeURIComponent(id)}`, approvalSchema, signal),
  });

export const questionsQuery = (http: Http, state: "open" | "all", limit: number) =>
  queryOptions({
    queryKey: ["questions", state, limit],
    queryFn: ({ signal }) => http.get(`/api/questions?state=${state}&limit=${limit}`, questionListSchema, signal),
    placeholderData: (before, query) => (query?.queryKey[1] === state ? before : undefined),
  });

export const questionQuery = (http: Http, id: string) =>
  queryOptions({
    queryKey: ["questions", "one", id],
    queryFn: ({ signal }) => http.get(`/api/questions/${encodeURIComponent(id)}`, questionSchema, signal),
  });

export const grantsQuery = (http: Http) =>
  queryOptions({
    queryKey: ["approvals", "grants"],
    queryFn: ({ signal }) => http.get("/api/grants", grantListSchema, signal),
    // One ends by its time, or with its run, without a word.
    refetchInterval: 60_000,
  });

export const awayQuery = (http: Http) =>
  queryOptions({ queryKey: ["away"], queryFn: ({ signal }) => http.get("/api/away", awaySchema, signal) });

const activityListSchema = listSchema(activityItemSchema);
const MOST_MARKS = 200;

/** The last 24 hours, which end when it is asked. */
export const activityQuery = (http: Http) =>
  queryOptions({
    queryKey: ["activity"],
    queryFn: ({ signal }) => http.get(`/api/activity?limit=${MOST_MARKS}`, activityListSchema, signal),
  });

/** A wait that ran out has been long enough: it is not begun again without being asked for. */
export const retryQuery = (count: number, error: Error): boolean =>
  count < 2 && mayRetry(error) && !(error instanceof RequestFailure && error.code === "timeout");

/** What each kind of change makes stale, beside the status. */
const STALE: Readonly<Record<Topic, readonly string[]>> = {
  chats: ["chats", "runs", "limits"],
  // What became of a due instant is what became of its task.
  tasks: ["tasks", "runs", "schedules", "activity", "limits"],
  schedules: ["schedules"],
  // Questions are told of with them, and tools and skills that are new or changed.
  approvals: ["approvals", "questions", "tools"],
  graph: ["graph"],
  preferences: ["preferences"],
};

/** What happened while one was away is told by chats and by what is asked. */
const TELLS: ReadonlySet<Topic | "all"> = new Set<Topic | "all">(["all", "chats", "approvals"]);

/** Many `changed` frames in a short time are one refetch. */
const AT_MOST_EVERY_MS = 250;
/** That is a look through all that is unseen: where chats change all the time, it is not asked for all the time. */
const AWAY_AT_MOST_EVERY_MS = 5000;

/** What the title and the notifications of a tab that nobody sees are made of. All else is asked for when it is shown again. */
const ASKED_WHILE_HIDDEN: ReadonlySet<string> = new Set(["status", "away", "preferences"]);

export interface Visibility {
  readonly isHidden: () => boolean;
  /** Calls `look` whenever the page is hidden or shown again. */
  readonly onVisibility: (look: () => void) => unknown;
}

export function createInvalidator(queries: QueryClient, page: Visibility): (topic: Topic | "all") => void {
  const lists = oftenAtMost(queries, page, AT_MOST_EVERY_MS);
  const away = oftenAtMost(queries, page, AWAY_AT_MOST_EVERY_MS);
  return (topic) => {
    const isBack = topic === "all";
    lists(isBack ? ["me", "status", ...Object.values(STALE).flat()] : ["status", ...STALE[topic]], isBack);
    if (TELLS.has(topic)) away(["away"], isBack);
  };
}

/** There is nothing to show, since the server did not answer in time: that stands there until somebody asks again. */
const ranOut = ({ state: { data, error } }: Query): boolean =>
  data === undefined && error instanceof RequestFailure && error.code === "timeout";

/** The key of the mutation that deletes a thing, which the last part of a query's key names. */
export const deletionKey = (kind: string, id: string) => ["delete", kind, id] as const;

/** The news of its deletion may come before the answer to it: what is about to be gone is not asked for. */
const isBeingDeleted = (queries: QueryClient, { queryKey }: Query): boolean =>
  queries.isMutating({ mutationKey: deletionKey(String(queryKey[0]), String(queryKey.at(-1))) }) > 0;

/**
 * Makes queries stale a moment after they are named, and no sooner than `everyMs` after the last time. `isBack`: the connection is
 * back, so that what ran out is worth another try.
 */
function oftenAtMost(
  queries: QueryClient,
  { isHidden, onVisibility }: Visibility,
  everyMs: number,
): (keys: readonly string[], isBack: boolean) => void {
  /** Whether the connection was gone when it was asked for last. */
  const due = new Map<string, boolean>();
  const arriving = new Set<Query>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  const renew = (query: Query, isBack: boolean): void => {
    if (isBeingDeleted(queries, query)) return;
    if (query.state.fetchStatus === "idle") {
      if (!isBack && ranOut(query)) return;
      return void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }
    if (arriving.has(query)) return;
    // What is on its way arrives first: cancelled by news, a slow list would never come where much happens, nor a page
    // that somebody asked for with "Show more".
    arriving.add(query);
    void Promise.allSettled([query.promise]).then(() =>
      setTimeout(() => {
        arriving.delete(query);
        renew(query, false);
      }),
    );
  };
  const renewDue = (): void => {
    last = performance.now();
    for (const [key, isBack] of due) {
      if (isHidden() && !ASKED_WHILE_HIDDEN.has(key)) continue;
      due.delete(key);
      const stale = queries.getQueryCache().findAll({ queryKey: [key] });
      for (const query of stale) renew(query, isBack);
    }
  };
  onVisibility(() => {
    if (!isHidden() && timer === undefined && due.size > 0) renewDue();
  });
  return (keys, isBack) => {
    for (const key of keys) due.set(key, isBack || due.get(key) === true);
    timer ??= setTimeout(
      () => {
        timer = undefined;
        renewDue();
      },
      Math.max(AT_MOST_EVERY_MS, last + everyMs - performance.now()),
    );
  };
}
