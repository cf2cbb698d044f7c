import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { heed } from "./heed.ts";

let collect: () => void;
beforeAll(() => {
  setFlagsFromString("--expose-gc");
  collect = runInNewContext("gc") as () => void;
});
afterAll(() => setFlagsFromString("--no-expose-gc"));

test("gives what each work gives, and its error", async () => {
  using heeded = heed(new AbortController().signal);
  expect(await heeded.wait(Promise.resolve(1))).toBe(1);
  await expect(heeded.wait(Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await heeded.wait(Promise.resolve(2))).toBe(2);
});

test("waits no longer once the signal aborts, nor for what is begun after that", async () => {
  const controller = new AbortController();
  using heeded = heed(controller.signal);
  const waiting = heeded.wait(new Promise(() => {}));
  controller.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
  await expect(heeded.wait(new Promise(() => {}))).rejects.toThrow("stopped");
  using late = heed(controller.signal);
  await expect(late.wait(Promise.resolve(1))).rejects.toThrow("stopped");
  // What fails behind that is nobody's: an unhandled rejection would fail this test.
  await expect(late.wait(Promise.reject(new Error("no")))).rejects.toThrow("stopped");
});

test("lets go of what has come while it waits for more", async () => {
  using heeded = heed(new AbortController().signal);
  const come: WeakRef<object>[] = [];
  const one = async (): Promise<void> => {
    const { piece } = await heeded.wait(Promise.resolve({ piece: { text: "some words" } }));
    come.push(new WeakRef(piece));
  };
  for (let n = 0; n < 100; n++) await one();
  void heeded.wait(new Promise(() => {}));
  await turn();
  collect();
  expect(come.filter((piece) => piece.deref() !== undefined)).toEqual([]);
});
