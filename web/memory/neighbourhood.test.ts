import fc from "fast-check";
import { expect, test } from "vitest";
import type { Neighbourhood } from "../../src/wire/graph-mending.ts";
import { joined, linksOf, MOST_NODES, placesOf, stepsFrom } from "./neighbourhood.ts";

const node = (id: string) => ({ id, type: "thing", name: id, depth: 0, edges: 1 });
const edge = (source: string, target: string) => ({ id: `${source} ${target}`, type: "joins", source, target });
const graph = (...pairs: readonly (readonly [string, string])[]): Neighbourhood => ({
  nodes: [...new Set(pairs.flat())].map(node),
  edges: pairs.map(([source, target]) => edge(source, target)),
  more: 0,
});

test("steps are counted along links in either direction, the shortest way", () => {
  const around = graph(["a", "b"], ["c", "b"], ["c", "d"], ["a", "d"], ["e", "e"]);
  expect(Object.fromEntries(stepsFrom("a", around))).toEqual({ a: 0, b: 1, d: 1, c: 2, e: 3 });
  expect(Object.fromEntries(linksOf(around))).toEqual({ a: 2, b: 2, c: 2, d: 2, e: 1 });
});

test("the one that is looked at stands in the middle, and no two nodes in one place", () => {
  const names = fc.constantFrom(..."abcdefghij");
  fc.assert(
    fc.property(fc.array(fc.tuple(names, names), { minLength: 1, maxLength: 40 }), (pairs) => {
      const around = graph(["a", "b"], ...pairs);
      const places = placesOf("a", around);
      expect([...places.keys()].toSorted()).toEqual(around.nodes.map(({ id }) => id).toSorted());
      const apart = new Set([...places.values()].map(({ x, y }) => `${x.toFixed(6)} ${y.toFixed(6)}`));
      expect(apart.size).toBe(places.size);
      for (const [id, steps] of stepsFrom("a", around)) {
        const { x, y } = places.get(id) ?? { x: NaN, y: NaN };
        expect(Math.hypot(x, y)).toBeCloseTo(steps);
      }
      expect(placesOf("a", around)).toEqual(places);
    }),
  );
});

test("what is found further on is added once, and only as far as there is room", () => {
  const known = graph(["a", "b"]);
  const more = { ...graph(["b", "a"], ["b", "c"]), edges: [edge("a", "b"), edge("b", "c")], more: 2 };
  expect(joined(known, more)).toEqual({ ...graph(["a", "b"], ["b", "c"]), more: 2 });
  expect(joined(joined(known, more), more).nodes).toHaveLength(3);
  const many = graph(...Array.from({ length: MOST_NODES + 20 }, (_, n) => ["b", `n${n}`] as const));
  const full = joined(known, many);
  expect(full.nodes).toHaveLength(MOST_NODES);
  // Two were there, and one of them was found again.
  expect(full.more).toBe(MOST_NODES + 20 - (MOST_NODES - 2));
  const ids = new Set(full.nodes.map(({ id }) => id));
  expect(full.edges.every(({ source, target }) => ids.has(source) && ids.has(target))).toBe(true);
});
