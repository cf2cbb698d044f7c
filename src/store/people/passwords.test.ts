import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addAccount, changeAccount } from "./accounts.ts";
import { keepPassword, withoutPassword } from "./passwords.ts";
import { ensureUsers } from "./users.ts";

eachEngine("who has no password", (engine) => {
  test("is named, but for the agent and who is shut out", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const ann = await addAccount(store, "ann", "member");
    await addAccount(store, "bob", "viewer");
    expect(await withoutPassword(store.db)).toEqual(["owner", "ann", "bob"]);
    for (const { id: userId } of [owner, ann]) {
      await store.transact((tx) => keepPassword(tx, { userId, hash: "hash", before: null }));
    }
    expect(await withoutPassword(store.db)).toEqual(["bob"]);
    await changeAccount(store, "bob", { disabled: true });
    expect(await withoutPassword(store.db)).toEqual([]);
    await changeAccount(store, "bob", { disabled: false });
    expect(await withoutPassword(store.db)).toEqual(["bob"]);
  });
});
