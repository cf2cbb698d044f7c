import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { people } from "../../../test/kit/members.ts";
import { graphCheck } from "../graph/check.ts";
import { keepApart } from "./apart.ts";
import { duplicates } from "./duplicates.ts";
import { fixGraph } from "./fix.ts";
import { mergeNodes } from "./merge.ts";
import { undoChange } from "./undo.ts";

eachEngine("two that look like one and are not", (engine) => {
  test("are proposed no more, not merged by themselves, and may be one again; the others of their name still are", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const names = ["Reed lake", "reed_lake", "REED-LAKE", "Old mill", "old_mill"];
    const { nodes } = await addGraph(
      store,
      ann.id,
      names.map((name) => person(name, name)),
    );
    const [a = "", b = "", c = "", mill = "", other = ""] = nodes.map(({ id }) => id);
    const pairs = async () =>
      (await duplicates(store.db, ann, {})).items.map(({ left, right }) => [left.id, right.id].toSorted());
    const sorted = (...some: readonly (readonly [string, string])[]) => some.map((pair) => pair.toSorted());
    const apart = (left: string, right: string, isApart = true) =>
      keepApart(store, ann, { left, right, apart: isApart });
    expect(await pairs()).toHaveLength(3);
    expect(await apart(mill, other)).toEqual({ left: mill, right: other, apart: true });
    // The other way round it is the same pair.
    await apart(other, mill);
    expect(await pairs()).not.toContainEqual([mill, other].toSorted());
    expect((await graphCheck(store.db, ann.id)).duplicates).toMatchObject({
      count: 1,
      examples: [{ name: "reed lake" }],
    });
    await apart(b, a);
    // The third may be either.
    const [third, ...more] = await pairs();
    expect([sorted([a, c])[0], sorted([b, c])[0]]).toContainEqual(third);
    expect(more.every((pair) => pair.includes(c))).toBe(true);
    await apart(a, c);
    expect(await pairs()).toEqual(sorted([b, c]));
    await apart(b, c);
    expect(await pairs()).toEqual([]);
    expect((await graphCheck(store.db, ann.id)).duplicates.count).toBe(0);
    expect((await fixGraph(store, ann, ["duplicates"], false)).done).toEqual([]);
    await apart(mill, other, false);
    expect(await pairs()).toEqual(sorted([mill, other]));
    // By hand they may be merged; when that is undone, what was said of them still holds.
    const { change = 0 } = await mergeNodes(store, ann, { keep: a, drop: b }, false);
    await undoChange(store, ann, change);
    expect(await pairs()).toEqual(sorted([mill, other]));
  });

  test("are told apart by whoever may merge them", async () => {
    const store = await engine.store();
    const { owner, ann, bob } = await people(store);
    const { nodes } = await addGraph(store, "agent", [person("Ann"), person("ann ")]);
    const [left = "", right = ""] = nodes.map(({ id }) => id);
    const of = (who: typeof ann, pair = { left, right }) => keepApart(store, who, { ...pair, apart: true });
    await expect(of(ann)).rejects.toMatchObject({ code: "forbidden" });
    const hers = (await addGraph(store, ann.id, [person("Mine")])).nodes[0]?.id ?? "";
    await expect(of(bob, { left: hers, right })).rejects.toMatchObject({ code: "not_found" });
    await expect(of(owner, { left, right: left })).rejects.toMatchObject({ code: "invalid_input" });
    expect(await of(owner)).toMatchObject({ apart: true });
    expect((await duplicates(store.db, owner, {})).items).toEqual([]);
  });
});
