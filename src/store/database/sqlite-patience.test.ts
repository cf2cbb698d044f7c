import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { SparkyError } from "../../core/errors.ts";
import { Patience } from "./sqlite-patience.ts";

const busy = () => Promise.reject(new Database.SqliteError("database is locked", "SQLITE_BUSY"));

test("F76: those who wait in a line are patient side by side: whoever came at the same time leaves at the same time", async () => {
  const patience = new Patience(() => new SparkyError("unavailable", "another program"), 100);
  const tries = Array.from({ length: 40 }, () => 0);
  const waits = tries.map((_, i) =>
    patience.wait(() => {
      tries[i] = (tries[i] ?? 0) + 1;
      return busy();
    }),
  );
  for (const { status } of await Promise.allSettled(waits)) expect(status).toBe("rejected");
  const [first = 0, ...others] = tries;
  expect(first).toBeGreaterThan(3);
  // Had each had its patience at the head of the line, it would have tried as often as the first one.
  expect(Math.max(...others)).toBeLessThan(2);
});

test("F76: when the head of the line gets through, or fails of itself, the others follow in their order", async () => {
  const patience = new Patience(() => new SparkyError("unavailable", "another program"));
  let locked = true;
  const done: string[] = [];
  const wait = (name: string, act: () => Promise<string>) =>
    patience
      .wait(() => (locked ? busy() : act()))
      .then(
        (word) => done.push(`${name} ${word}`),
        (error: Error) => done.push(`${name} ${error.message}`),
      );
  const all = [
    wait("a", async () => "done"),
    wait("b", () => Promise.reject(new Error("broken"))),
    wait("c", async () => "done"),
  ];
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(done).toEqual([]);
  locked = false;
  await Promise.all(all);
  expect(done).toEqual(["a done", "b broken", "c done"]);
});

test("F76: when it is closed, nobody waits any longer than it says", async () => {
  const patience = new Patience(() => new SparkyError("unavailable", "another program"));
  const before = patience.wait(busy);
  patience.closeIn(0);
  await expect(before).rejects.toMatchObject({ code: "unavailable" });
  await expect(patience.wait(busy)).rejects.toMatchObject({ code: "unavailable" });
});
