import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { createToken, setToken, identityOfToken } from "./tokens.ts";
import { ensureUsers } from "./users.ts";

eachEngine("a token", (engine) => {
  test("lets its user in, is kept only as a hash, and nothing like it lets anybody in", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const token = await createToken(store, owner.id, "laptop");
    expect((await identityOfToken(store, token))?.user).toEqual(owner);
    expect(await identityOfToken(store, `${token}x`)).toBeNull();
    expect(await identityOfToken(store, "")).toBeNull();
    expect(JSON.stringify(await store.db.selectFrom("tokens").selectAll().execute())).not.toContain(token.slice(7));
  });

  test("of a file no longer lets in once the file holds another; other tokens stay", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const other = await createToken(store, owner.id, "laptop");
    for (let i = 0; i < 2; i++) await setToken(store, owner.id, "token file", "sparky_first");
    expect((await identityOfToken(store, "sparky_first"))?.user).toEqual(owner);
    await setToken(store, owner.id, "token file", "sparky_second");
    expect(await identityOfToken(store, "sparky_first")).toBeNull();
    expect((await identityOfToken(store, "sparky_second"))?.user).toEqual(owner);
    expect((await identityOfToken(store, other))?.user).toEqual(owner);
  });
});
