import { expect, test } from "vitest";
import { testClock } from "../../test/kit/clock.ts";
import { Hub, type HubDelta } from "../core/hub.ts";
import { KnownSecrets } from "../core/known-secrets.ts";
import type { Checkpoint } from "../store/runs/record.ts";
import { Parts } from "./parts.ts";

/** Parts of lease 3 of one run, with what watchers got and what was kept. */
function streaming(save: () => boolean | Promise<boolean> = () => true) {
  const clock = testClock(0);
  const hub = new Hub();
  const deltas: HubDelta[] = [];
  hub.watch("c", { events: () => {}, delta: (delta) => void deltas.push(delta), gone: () => {} });
  const kept: string[] = [];
  const lost: unknown[] = [];
  const parts = new Parts({
    hub,
    clock,
    secrets: new KnownSecrets(),
    chatId: "c",
    runId: "r",
    lease: 3,
    save: async (open: readonly Checkpoint[]) => {
      kept.push(open.map(({ part, text }) => `${part} ${text.length}@${clock.now()}`).join(" "));
      return save();
    },
    onLost: (error) => void lost.push(error),
  });
  return { clock, hub, deltas, kept, lost, parts };
}

test("text goes to watchers at once, each piece with its place in its part", () => {
  const { parts, deltas, hub } = streaming();
  parts.begin("thought");
  parts.add("I ");
  parts.add("see");
  parts.begin("message");
  parts.add("Yes");
  expect(deltas.map(({ part, kind, offset, text }) => [part, kind, offset, text])).toEqual([
    ["3.1", "thought", 0, "I "],
    ["3.1", "thought", 2, "see"],
    ["3.2", "message", 0, "Yes"],
  ]);
  expect(hub.openParts("c").map(({ part, offset, text }) => [part, offset, text])).toEqual([
    ["3.1", 0, "I see"],
    ["3.2", 0, "Yes"],
  ]);
});

test("what was shown is kept 500 ms after its first piece, and at once when it has 2 KB", async () => {
  const { parts, kept, clock } = streaming();
  parts.add("a");
  await clock.advance(300);
  parts.add("b");
  await clock.advance(199);
  expect(kept).toEqual([]);
  await clock.advance(1);
  expect(kept).toEqual(["3.1 2@500"]);
  parts.add("c".repeat(2048));
  await clock.advance(0);
  expect(kept).toEqual(["3.1 2@500", "3.1 2050@500"]);
  await clock.advance(10_000);
  expect(kept).toHaveLength(2);
});

test("text that comes while a checkpoint is on its way is kept too, even if nothing follows", async () => {
  const saving = Promise.withResolvers<boolean>();
  const { parts, kept, clock } = streaming(() => saving.promise);
  parts.add("a".repeat(2048));
  parts.add("b".repeat(2048));
  await clock.advance(0);
  expect(kept).toEqual(["3.1 2048@0"]);
  saving.resolve(true);
  await clock.advance(500);
  expect(kept).toEqual(["3.1 2048@0", "3.1 4096@500"]);
  expect(clock.pending).toBe(0);
});

test("a checkpoint that failed is tried again; one that was refused ends the stream", async () => {
  let answer: () => boolean = () => {
    throw new Error("disk full");
  };
  const { parts, kept, lost, clock, deltas } = streaming(() => answer());
  parts.add("a");
  await clock.advance(500);
  expect(lost).toMatchObject([{ message: "disk full" }]);
  answer = () => false;
  await clock.advance(500);
  expect(kept).toEqual(["3.1 1@500", "3.1 1@1000"]);
  expect(lost).toHaveLength(2);
  parts.add("boo");
  await clock.advance(10_000);
  expect(deltas.map((delta) => delta.text)).toEqual(["a"]);
  expect(kept).toHaveLength(2);
});

test("everything shown is kept when a flush resolves, and no checkpoint begins after it has settled", async () => {
  const { parts, kept, clock } = streaming();
  parts.add("a".repeat(2048));
  parts.add("b");
  await parts.flush();
  expect(kept).toEqual(["3.1 2048@0", "3.1 2049@0"]);
  parts.add("c");
  await parts.settle();
  expect(clock.pending).toBe(0);
  expect(kept).toHaveLength(2);
});

test("numbers go on in the next step, and closed parts are no longer shown to who comes late", async () => {
  const { parts, hub, deltas } = streaming();
  parts.begin("message");
  parts.add("one");
  await parts.close();
  expect([parts.open, hub.openParts("c")]).toEqual([[], []]);
  parts.add("two");
  expect(deltas.map((delta) => delta.part)).toEqual(["3.1", "3.2"]);
});
