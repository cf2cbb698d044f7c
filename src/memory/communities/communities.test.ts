import { expect, test } from "vitest";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { checkSize, deepStats } from "./communities.ts";
import { communitiesInThread } from "./in-thread.ts";

const never = new AbortController().signal;

/** Everybody of a family knows everybody. */
const family = (name: string, size: number) => {
  const names = Array.from({ length: size }, (_, at) => `${name}${at}`);
  const edges = names.flatMap((one, at) => names.slice(at + 1).map((other) => `${one} knows ${other}`));
  return { nodes: names.map((each) => person(each)), edges };
};

eachEngine("the communities of a graph", (engine) => {
  test("are what belongs together of what the person may see, the same each time, with who stands in the middle", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const [a, b] = [family("a", 6), family("b", 4)];
    await addGraph(store, "agent", [...a.nodes, ...b.nodes, person("alone")], [...a.edges, ...b.edges, "a0 knows b0"]);
    await addGraph(store, ann.id, family("secret", 3).nodes, family("secret", 3).edges);
    const { nodes, edges, deep } = await deepStats(store, bob.id, never);
    expect([nodes, edges]).toEqual([11, 22]);
    expect(deep.communities).toMatchObject({ count: 2, largest: [{ size: 6 }, { size: 4 }] });
    expect(deep.communities.modularity).toBeGreaterThan(0.3);
    expect(deep.communities.largest.map((each) => each.nodes.map(({ name }) => name[0]).join(""))).toEqual([
      "aaaaa",
      "bbbb",
    ]);
    expect(deep.central).toHaveLength(10);
    expect(deep.central[0]).toMatchObject({ type: "person", name: "a0", neighbours: 6 });
    expect(await deepStats(store, bob.id, never)).toMatchObject({ deep });
    const mine = await deepStats(store, ann.id, never);
    expect(mine.deep.communities.count).toBe(3);
    expect(JSON.stringify(deep)).not.toContain("secret");
  });
});

test("a memory without edges has none", async () => {
  const store = await sqlite.store();
  await people(store);
  const none = { count: 0, modularity: 0, largest: [] };
  expect((await deepStats(store, "agent", never)).deep).toEqual({ communities: none, central: [] });
  await addGraph(store, "agent", [person("alone")]);
  expect((await deepStats(store, "agent", never)).deep).toEqual({ communities: none, central: [] });
});

test("a stop ends the thread, and a memory that is too big is refused with what may be", async () => {
  const stop = new AbortController();
  const ends = Uint32Array.from({ length: 200_000 }, (_, at) => (at * 7919) % 20_011);
  const working = communitiesInThread({ ends, shown: { communities: 1, nodes: 1, central: 1 } }, stop.signal);
  stop.abort();
  await expect(working).rejects.toMatchObject({ code: "unavailable" });
  await expect(
    communitiesInThread({ ends, shown: { communities: 1, nodes: 1, central: 1 } }, stop.signal),
  ).rejects.toMatchObject({ code: "unavailable" });
  expect(() => checkSize({ nodes: 100_000, edges: 500_000 })).not.toThrow();
  expect(() => checkSize({ nodes: 100_001, edges: 1 })).toThrow(
    "communities are found in up to 100000 nodes and 500000 edges, and here are 100001 and 1",
  );
});
