import { expect, test } from "vitest";
import { eachEngine } from "./databases.ts";

eachEngine("a test's own store", (engine) => {
  test("is fresh, and can be opened a second time", async () => {
    const place = await engine.place();
    const [first, second] = [await engine.open(place), await engine.store()];
    expect(first.kind).toBe(engine.kind);
    expect(await first.db.selectFrom("chats").selectAll().execute()).toEqual([]);
    expect(first.epoch).toBe((await engine.open(place)).epoch);
    expect(second).not.toBe(first);
  });
});
