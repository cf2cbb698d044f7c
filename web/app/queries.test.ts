import { InfiniteQueryObserver, MutationObserver, QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, onTestFinished, test, vi } from "vitest";
import { RequestFailure } from "../live/http.ts";
import { createInvalidator, deletionKey, retryQuery } from "./queries.ts";

const SHOWN = { isHidden: () => false, onVisibility: () => undefined };

test("lists are fresh again a moment after they changed; what happened elsewhere is looked at once in five seconds, however much changes", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const queries = new QueryClient();
  for (const name of ["chats", "runs", "status", "away", "me", "graph"]) queries.setQueryData([name], "old");
  const asked = new Map<string, number>();
  vi.spyOn(queries, "invalidateQueries").mockImplementation(async (filters) => {
    const name = String(filters?.queryKey?.[0]);
    asked.set(name, (asked.get(name) ?? 0) + 1);
  });
  const changed = createInvalidator(queries, SHOWN);
  changed("chats");
  vi.advanceTimersByTime(250);
  expect(Object.fromEntries(asked)).toEqual({ chats: 1, runs: 1, status: 1, away: 1 });
  for (let ms = 0; ms < 12_000; ms += 50) {
    changed("chats");
    vi.advanceTimersByTime(50);
  }
  expect(asked.get("chats")).toBeGreaterThan(30);
  expect(asked.get("away")).toBe(3);
  vi.advanceTimersByTime(5000);
  expect(asked.get("away")).toBe(4);
  changed("graph");
  vi.advanceTimersByTime(10_000);
  expect(asked.get("away")).toBe(4);
  changed("all");
  vi.advanceTimersByTime(250);
  expect(asked.get("away")).toBe(5);
  expect(asked.get("me")).toBe(1);
});

test("a page that nobody sees asks for what its title and its notifications need, and for the rest when it is shown", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const queries = new QueryClient();
  for (const name of ["tasks", "runs", "status", "away", "me"]) queries.setQueryData([name], "old");
  const asked: string[] = [];
  vi.spyOn(queries, "invalidateQueries").mockImplementation(
    async (filters) => void asked.push(String(filters?.queryKey?.[0])),
  );
  let hidden = true;
  const looks: (() => void)[] = [];
  const changed = createInvalidator(queries, { isHidden: () => hidden, onVisibility: (look) => looks.push(look) });
  const show = (isShown: boolean): void => {
    hidden = !isShown;
    for (const look of looks) look();
  };
  for (let n = 0; n < 3; n++) {
    changed("all");
    changed("tasks");
    vi.advanceTimersByTime(5000);
  }
  expect(asked.splice(0).sort()).toEqual(["away", "away", "away", "status", "status", "status"]);
  show(true);
  expect(asked.splice(0).sort()).toEqual(["me", "runs", "tasks"]);
  show(false);
  show(true);
  vi.advanceTimersByTime(5000);
  expect(asked).toEqual([]);
  // What was told of a moment before is asked for once.
  show(false);
  changed("tasks");
  show(true);
  vi.advanceTimersByTime(5000);
  expect(asked.sort()).toEqual(["runs", "status", "tasks"]);
});

test("what is being deleted is not asked for when the news of it come before the answer, and once more if it was not deleted", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const queries = new QueryClient();
  const asked: string[] = [];
  for (const [part, name] of [
    ["one", "gone"],
    ["ledger", "gone"],
    ["one", "other"],
  ] as const) {
    const seen = new QueryObserver(queries, {
      queryKey: ["schedules", part, name],
      queryFn: () => asked.push(`${part} ${name}`),
    });
    onTestFinished(seen.subscribe(() => {}));
  }
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.splice(0)).toEqual(["one gone", "ledger gone", "one other"]);
  const changed = createInvalidator(queries, SHOWN);
  const answer = Promise.withResolvers<void>();
  const deletion = new MutationObserver(queries, {
    mutationKey: deletionKey("schedules", "gone"),
    mutationFn: () => answer.promise,
  });
  const refused = expect(deletion.mutate()).rejects.toThrow("refused");
  changed("schedules");
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked.splice(0)).toEqual(["one other"]);
  answer.reject(new Error("refused"));
  await refused;
  changed("schedules");
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual(["one gone", "ledger gone", "one other"]);
});

test("news let a slow list arrive, and ask once more for what they were about", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const queries = new QueryClient();
  const aborted: number[] = [];
  let began = 0;
  let onServer = 0;
  const list = new QueryObserver(queries, {
    queryKey: ["chats"],
    queryFn: async ({ signal }) => {
      const [fetch, answer] = [++began, onServer];
      signal.addEventListener("abort", () => aborted.push(fetch));
      await new Promise((resolve) => setTimeout(resolve, 2000));
      return answer;
    },
  });
  onTestFinished(list.subscribe(() => {}));
  const changed = createInvalidator(queries, SHOWN);
  for (let ms = 0; ms < 10_000; ms += 100) {
    onServer++;
    changed("chats");
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(aborted).toEqual([]);
  expect(list.getCurrentResult().data).toBeGreaterThan(50);
  await vi.advanceTimersByTimeAsync(5000);
  expect(list.getCurrentResult().data).toBe(onServer);
  const before = began;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(began).toBe(before);
});

test("a page that was asked for comes, whatever the news are, and is fresh then", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const queries = new QueryClient();
  const list = new InfiniteQueryObserver(queries, {
    queryKey: ["tasks"],
    initialPageParam: 0,
    queryFn: async ({ pageParam }) => {
      await new Promise((resolve) => setTimeout(resolve, 600));
      return pageParam;
    },
    getNextPageParam: (last) => last + 1,
  });
  onTestFinished(list.subscribe(() => {}));
  const changed = createInvalidator(queries, SHOWN);
  await vi.advanceTimersByTimeAsync(1000);
  void list.fetchNextPage();
  await vi.advanceTimersByTimeAsync(100);
  changed("tasks");
  await vi.advanceTimersByTimeAsync(5000);
  expect(list.getCurrentResult().data?.pages).toEqual([0, 1]);
});

test("what the server did not answer in time stays told, whatever the news are, until the connection is back", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const queries = new QueryClient({ defaultOptions: { queries: { retry: retryQuery } } });
  let began = 0;
  const list = new QueryObserver(queries, {
    queryKey: ["status"],
    queryFn: async () => {
      began++;
      await new Promise((resolve) => setTimeout(resolve, 2000));
      throw new RequestFailure("timeout", "The server did not answer in time");
    },
  });
  onTestFinished(list.subscribe(() => {}));
  const changed = createInvalidator(queries, SHOWN);
  for (let ms = 0; ms < 10_000; ms += 100) {
    changed("chats");
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(began).toBe(1);
  expect(list.getCurrentResult()).toMatchObject({ status: "error", fetchStatus: "idle" });
  changed("all");
  await vi.advanceTimersByTimeAsync(5000);
  expect(began).toBe(2);
});
