import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { addAccount, changeAccount, listAccounts } from "./accounts.ts";
import { identityOfToken, createToken } from "./tokens.ts";
import { ensureUsers } from "./users.ts";
import { welcomeOf } from "./welcome.ts";

eachEngine("accounts", (engine) => {
  test("are added with a role, listed in the order in which they came, and changed", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    await addAccount(store, "ann", "member");
    await addAccount(store, "cleo", "viewer");
    expect(await changeAccount(store, "ann", { role: "admin" })).toMatchObject({ role: "admin", disabled: false });
    expect(await changeAccount(store, "ann", { disabled: true })).toMatchObject({ role: "admin", disabled: true });
    expect((await listAccounts(store)).map(({ name, role, disabled }) => [name, role, disabled])).toEqual(
      expect.arrayContaining([
        ["agent", "agent", false],
        [owner.name, "owner", false],
        ["ann", "admin", true],
        ["cleo", "viewer", false],
      ]),
    );
    expect(await changeAccount(store, "ann", { disabled: false })).toMatchObject({ role: "admin", disabled: false });
  });

  test("bear one name each: of two who add it at once one is told, and nothing is half done", async () => {
    const store = await engine.store();
    await ensureUsers(store);
    const tries = await Promise.allSettled([addAccount(store, "ann", "member"), addAccount(store, "ann", "viewer")]);
    expect(tries.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    for (const name of ["ann", "owner", "agent"]) {
      await expect(addAccount(store, name, "member")).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining(name),
      });
    }
    expect(await listAccounts(store)).toHaveLength(3);
  });

  test("lose no owner: the one that the home was made with stays one, whoever else becomes one and whenever", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    await addAccount(store, "ann", "owner");
    // As where the clock went back before she was added.
    const early = store.kind === "sqlite" ? "2001-01-01T00:00:00.000Z" : new Date("2001-01-01");
    await store.db.updateTable("user").set({ created_at: early }).where("name", "=", "ann").execute();
    for (const change of [{ role: "member" }, { role: "viewer" }, { disabled: true }] as const) {
      await expect(changeAccount(store, owner.name, change)).rejects.toMatchObject({ code: "conflict" });
      await expect(changeAccount(store, "agent", change)).rejects.toMatchObject({ code: "conflict" });
    }
    expect((await ensureUsers(store)).owner).toEqual(owner);
    // Nothing of its own has to be set up by a later one.
    const ann = (await listAccounts(store)).find(({ name }) => name === "ann");
    expect(await welcomeOf(store, ann?.id ?? "")).toBe("done");
    expect(await changeAccount(store, "ann", { role: "member" })).toMatchObject({ role: "member" });
    await expect(changeAccount(store, "nobody", { role: "member" })).rejects.toMatchObject({ code: "not_found" });
  });

  test("that are disabled let nobody in by a token, until they are enabled again", async () => {
    const store = await engine.store();
    await ensureUsers(store);
    const { id } = await addAccount(store, "ann", "member");
    const token = await createToken(store, id, "laptop");
    await changeAccount(store, "ann", { disabled: true });
    expect(await identityOfToken(store, token)).toBeNull();
    await changeAccount(store, "ann", { disabled: false });
    expect((await identityOfToken(store, token))?.user).toEqual({ id, name: "ann", role: "member" });
  });
});
