import { expect, test } from "vitest";
import { eachEngine } from "./databases.ts";

eachEngine("a test's own store", (engine) => {
  test("is fresh, and can be opened a second time", async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    expect(first.kind).toBe(engine.kind);
    expect(await first.db.selectFrom("chats").select("id").execute()).toEqual([]);
    await first[Symbol.asyncDispose]();
    const second = await engine.open(place);
    expect(second.epoch).toBe(first.epoch);
    expect(second.bootId).not.toBe(first.bootId);
  });
});
