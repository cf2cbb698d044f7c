import { expect, test } from "vitest";
import { Claims } from "./claims.ts";
import { startedBy } from "./started.ts";

/** One browser's storage, as its tabs share it. */
function memory(): Storage {
  const kept = new Map<string, string>();
  const storage: Pick<Storage, "getItem" | "setItem"> = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
  };
  return storage as Storage;
}

test("of several tabs the first tells of something, also of those that come later", async () => {
  const shared = memory();
  const [one, other] = [new Claims(shared, navigator.locks), new Claims(shared, navigator.locks)];
  const [a, b] = await Promise.all([one.claim(["x", "y"]), other.claim(["y", "z"])]);
  expect([...a, ...b].toSorted()).toEqual(["x", "y", "z"]);
  expect(await new Claims(shared, undefined).claim(["x", "new"])).toEqual(["new"]);
});

test("a tab without a storage knows what it has told of", async () => {
  const alone = new Claims(null, undefined);
  expect(await alone.claim(["x"])).toEqual(["x"]);
  expect(await alone.claim(["x", "y"])).toEqual(["y"]);
});

test("what a tab has set to work is known by its answer", () => {
  expect(startedBy("/api/chats/c%201/messages", { seq: 1 })).toEqual(["c 1"]);
  expect(startedBy("/api/tasks", { id: "t", chatId: "c" })).toEqual(["t", "c"]);
  const became = {
    items: [
      { id: "t", error: null },
      { id: "u", error: { code: "conflict", message: "no" } },
    ],
  };
  expect(startedBy("/api/tasks/bulk", became)).toEqual(["t"]);
  expect(startedBy("/api/chats/c/seen", { id: "t" })).toEqual([]);
});
