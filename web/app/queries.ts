import { queryOptions, type QueryClient } from "@tanstack/react-query";
import { chatSchema, listSchema, statusSchema, taskSchema, userSchema, type TaskStatus } from "../../src/wire/api.ts";
import type { Topic } from "../../src/wire/frames.ts";
import { mayRetry, type Http } from "../live/http.ts";

/** What is asked over HTTP. `changed` frames make these fresh again; the events of chats come over the socket instead. */

const chatListSchema = listSchema(chatSchema);
const taskListSchema = listSchema(taskSchema);

export const meQuery = (http: Http) =>
  queryOptions({ queryKey: ["me"], queryFn: ({ signal }) => http.get("/api/me", userSchema, signal) });

export const statusQuery = (http: Http) =>
  queryOptions({
    queryKey: ["status"],
    queryFn: ({ signal }) => http.get("/api/status", statusSchema, signal),
    // The step of a running run changes without a `changed` frame.
    refetchInterval: ({ state }) => ((state.data?.running.length ?? 0) > 0 ? 3000 : false),
  });

export const chatsQuery = (http: Http, limit: number) =>
  queryOptions({
    queryKey: ["chats", limit],
    queryFn: ({ signal }) => http.get(`/api/chats?limit=${limit}`, chatListSchema, signal),
    placeholderData: (before) => before,
  });

export interface TaskFilter {
  readonly status?: TaskStatus | undefined;
  readonly search?: string | undefined;
  readonly id?: string | undefined;
}

export const tasksQuery = (http: Http, filter: TaskFilter, limit: number) =>
  queryOptions({
    queryKey: ["tasks", filter, limit],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ limit: String(limit) });
      if (filter.status !== undefined) query.set("status", filter.status);
      if (filter.id !== undefined) query.set("prefix", filter.id);
      if (filter.search) query.set("search", filter.search);
      return http.get(`/api/tasks?${query}`, taskListSchema, signal);
    },
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => status === "in_progress") ? 3000 : false),
  });

export const retryQuery = (count: number, error: Error): boolean => count < 2 && mayRetry(error);

/** Many `changed` frames in a short time are one refetch. */
const AT_MOST_EVERY_MS = 250;

export function createInvalidator(queries: QueryClient): (topic: Topic | "all") => void {
  const due = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (topic) => {
    if (topic === "all") for (const key of ["me", "status", "chats", "tasks"]) due.add(key);
    else due.add(topic).add("status");
    timer ??= setTimeout(() => {
      timer = undefined;
      for (const key of due) void queries.invalidateQueries({ queryKey: [key] });
      due.clear();
    }, AT_MOST_EVERY_MS);
  };
}
