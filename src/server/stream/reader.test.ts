import fc from "fast-check";
import { expect, test } from "vitest";
import { SparkyError } from "../../core/errors.ts";
import { StreamReader } from "./reader.ts";
import type { StreamSource, StreamWatcher } from "./source.ts";

interface Item {
  readonly seq: number;
}

/** A log in memory that grows when told to; `tell` says what its watchers hear of it. */
function log(length: number, page = 3) {
  const watchers = new Set<StreamWatcher<Item>>();
  let head = length;
  let readable = true;
  let reads = 0;
  const items = (from: number, to: number): Item[] =>
    Array.from({ length: Math.max(0, to - from) }, (_, index) => ({ seq: from + index + 1 }));
  const source: StreamSource<Item> = {
    epoch: "e",
    contentType: "application/json",
    async head() {
      if (!readable) throw new SparkyError("not_found", "gone");
      return head;
    },
    async read(after) {
      reads++;
      return items(after, Math.min(head, after + page));
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    body: () => "",
    event: () => "",
    eventHeaders: {},
  };
  return {
    source,
    watchers,
    reads: () => reads,
    grow: (by: number, tell: "items" | "head" | "again" | "nothing"): void => {
      const before = head;
      head += by;
      for (const watcher of watchers) {
        if (tell === "items") watcher.grown(head, items(before, head));
        if (tell === "head") watcher.grown(head, []);
        if (tell === "again") watcher.grown(head, items(Math.max(0, before - 2), head));
      }
    },
    forbid: (): void => {
      readable = false;
      for (const watcher of watchers) watcher.recheck();
    },
    recheck: (): void => {
      for (const watcher of watchers) watcher.recheck();
    },
  };
}

const never = new AbortController().signal;
const seqs = (items: readonly Item[]): number[] => items.map(({ seq }) => seq);

test("pages are read until the end, and what comes next is taken from the watch without reading", async () => {
  const { source, grow, reads } = log(7);
  using reader = new StreamReader(source, 0, 7);
  const taken: number[][] = [];
  while (!reader.upToDate) taken.push(seqs(await reader.take()));
  expect(taken).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  await reader.wait(never);
  expect(await reader.take()).toEqual([]);
  const before = reads();
  const waited = reader.wait(never);
  grow(2, "items");
  await waited;
  expect(seqs(await reader.take())).toEqual([8, 9]);
  expect(reads()).toBe(before);
});

test("what came between the last page and the watch is not lost", async () => {
  const { source, grow } = log(1);
  using reader = new StreamReader(source, 1, 1);
  expect(await reader.take()).toEqual([]);
  grow(1, "nothing");
  await reader.wait(never);
  expect(seqs(await reader.take())).toEqual([2]);
});

test("nothing that was read is told after the right was lost", async () => {
  const { source, watchers, grow, forbid } = log(0);
  using reader = new StreamReader(source, 0, 0);
  await reader.wait(never);
  await reader.take();
  grow(5, "head");
  const taking = reader.take();
  forbid();
  await expect(taking).rejects.toMatchObject({ code: "not_found" });
  reader[Symbol.dispose]();
  expect(watchers.size).toBe(0);
});

test("a log that cannot be read up to its head is reported, not read for ever", async () => {
  const { source } = log(0);
  using reader = new StreamReader(source, 0, 4);
  await expect(reader.take()).rejects.toMatchObject({ code: "unavailable" });
});

test("a wait ends when its signal aborts, before or during it", async () => {
  const { source } = log(0);
  using reader = new StreamReader(source, 0, 0);
  await reader.wait(never);
  await reader.take();
  const ending = new AbortController();
  const waited = reader.wait(ending.signal);
  ending.abort();
  await waited;
  await reader.wait(ending.signal);
});

test("whatever grows, is told, is told twice or not at all: every item once, in order", async () => {
  const reached = { live: 0, page: 0 };
  const step = fc.record({
    by: fc.integer({ min: 1, max: 6 }),
    tell: fc.constantFrom("items", "head", "again", "nothing" as const),
    take: fc.integer({ min: 0, max: 3 }),
    recheck: fc.boolean(),
  });
  const steps = fc.array(step, { maxLength: 15 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 8 }), steps, async (length, changes) => {
      const { source, grow, recheck, reads } = log(length);
      using reader = new StreamReader(source, 0, length);
      const seen: number[] = [];
      const take = async (): Promise<void> => {
        const before = reads();
        const taking = reader.take();
        const items = await taking;
        if (items.length > 0) reached[reads() > before ? "page" : "live"]++;
        seen.push(...seqs(items));
      };
      await reader.wait(never);
      let total = length;
      for (const change of changes) {
        const taking = change.take > 1 ? take() : Promise.resolve();
        grow(change.by, change.tell);
        total += change.by;
        if (change.recheck) recheck();
        await taking;
        if (change.take % 2 === 1) await take();
      }
      recheck();
      do await take();
      while (!reader.upToDate);
      expect(seen).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    }),
    { numRuns: 500 },
  );
  expect(Math.min(reached.live, reached.page)).toBeGreaterThan(20);
});
