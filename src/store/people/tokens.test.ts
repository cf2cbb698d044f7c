import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { createToken, setToken, userOfToken } from "./tokens.ts";
import { ensureUsers } from "./users.ts";

eachEngine("a token", (engine) => {
  test("lets its user in, is kept only as a hash, and nothing like it lets anybody in", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const token = await createToken(store, owner.id, "laptop");
    expect(await userOfToken(store, token)).toEqual(owner);
    expect(await userOfToken(store, `${token}x`)).toBeNull();
    expect(await userOfToken(store, "")).toBeNull();
    expect(JSON.stringify(await store.db.selectFrom("tokens").selectAll().execute())).not.toContain(token.slice(7));
  });

  test("of a file no longer lets in once the file holds another; other tokens stay", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const other = await createToken(store, owner.id, "laptop");
    for (let i = 0; i < 2; i++) await setToken(store, owner.id, "token file", "sparky_first");
    expect(await userOfToken(store, "sparky_first")).toEqual(owner);
    await setToken(store, owner.id, "token file", "sparky_second");
    expect(await userOfToken(store, "sparky_first")).toBeNull();
    expect(await userOfToken(store, "sparky_second")).toEqual(owner);
    expect(await userOfToken(store, other)).toEqual(owner);
  });
});
