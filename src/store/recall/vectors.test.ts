import { expect, test } from "vitest";
import { quantised, Vectors, type Placed } from "./vectors.ts";

const item = (id: number, place: number | null = null, session = 1, chat = "chat"): Placed => ({
  ...{ id, place, chat: place === null ? null : chat, session },
});

const [EAST, NORTH, SOUTH] = [Int8Array.of(127, 0), Int8Array.of(0, 127), Int8Array.of(0, -127)];

test("numbers become bytes that point the same way, and what points nowhere is none", () => {
  expect([...(quantised([0.5, -0.25, 0]) ?? [])]).toEqual([127, -63, 0]);
  expect([...(quantised([1e-30, 0]) ?? [])]).toEqual([127, 0]);
  expect(quantised([0, 0])).toBeNull();
});

test("a score says by how many deviations something stands out, whatever its length", async () => {
  const vectors = new Vectors(2);
  vectors.put(item(1), EAST);
  for (const id of [2, 3, 4]) vectors.put(item(id), NORTH);
  vectors.put(item(5), Int8Array.of(0, 3));
  const { scores, compared } = await vectors.compare(EAST, [1, 2, 3, 4, 5, 99]);
  expect(compared).toBe(5);
  expect([...scores.keys()]).toEqual([1]);
  // (1 − 1/5) / √(1/5 − 1/25)
  expect(scores.get(1)).toBeCloseTo(2, 5);
});

test("where all mean the same none stands out", async () => {
  const vectors = new Vectors(2);
  for (const id of [1, 2, 3]) vectors.put(item(id), EAST);
  expect((await vectors.compare(NORTH, [1, 2, 3])).scores.size).toBe(0);
  expect((await vectors.compare(NORTH, [])).scores.size).toBe(0);
});

test("what stands around it in its session counts, by its distance", async () => {
  const vectors = new Vectors(2);
  // Places 1 to 3 of a session, one of the next, and one of another chat.
  vectors.put(item(1, 1), EAST);
  vectors.put(item(2, 2), NORTH);
  vectors.put(item(3, 3), NORTH);
  vectors.put(item(4, 4, 4), NORTH);
  vectors.put(item(5, 2, 1, "other"), NORTH);
  const { scores } = await vectors.compare(EAST, [1, 2, 3, 4, 5]);
  const smooth = [1 / 2.2, 0.7 / 2.4, 0.5 / 2.2, 0, 0];
  const mean = smooth.reduce((sum, each) => sum + each, 0) / 5;
  const deviation = Math.sqrt(smooth.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 5);
  expect([1, 2, 3, 4, 5].map((id) => scores.get(id) ?? 0)).toEqual(
    smooth.map((each) => (each > mean ? expect.closeTo((each - mean) / deviation, 5) : 0)),
  );
});

test("what is dropped is compared no more, its room is used again, and nothing of it is left in that", async () => {
  const vectors = new Vectors(2);
  for (let id = 1; id <= 3000; id++) vectors.put(item(id, id), id % 2 === 0 ? NORTH : EAST);
  vectors.keepOnly(new Set([1, 2, 3, 2999]));
  expect(vectors.size).toBe(4);
  vectors.put(item(4000, 1, 9, "new"), SOUTH);
  vectors.put(item(1, 1), SOUTH);
  expect(vectors.size).toBe(5);
  const { scores, compared } = await vectors.compare(SOUTH, [1, 2, 3, 4, 2999, 4000]);
  expect(compared).toBe(5);
  expect([...scores.keys()]).toEqual([4000]);
});

test("a vector of another length is not taken", () => {
  const vectors = new Vectors(2);
  vectors.put(item(1), Int8Array.of(1, 2, 3));
  expect(vectors.size).toBe(0);
});
