import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { spendLink } from "../../../test/kit/sign-in.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { setSecret } from "../../store/secrets/secrets.ts";

eachEngine("the accounts", (engine) => {
  test("are an owner's to see and to change, and nobody else's: not an admin's", async () => {
    const { as, people } = await chatServer(await engine.store());
    const { owner, ann } = people;
    expect((await as(owner, "POST", "/api/users", { name: "cleo", role: "admin" })).status).toBe(201);
    const listed = (await as(owner, "GET", "/api/users")).body.items;
    const admin = listed.find(({ name }: { name: string }) => name === "cleo");
    expect(admin).toMatchObject({ role: "admin", disabled: false });
    for (const who of [ann, admin, people.agent]) {
      expect((await as(who, "GET", "/api/users")).status).toBe(403);
      expect((await as(who, "POST", "/api/users", { name: "dora" })).status).toBe(403);
      expect((await as(who, "PATCH", `/api/users/${who.name}`, { role: "owner" })).status).toBe(403);
      // Whoever there is or is not.
      const told = await as(who, "PATCH", "/api/users/bob", { role: "viewer" });
      expect(told.status).toBe(403);
      expect(await as(who, "PATCH", "/api/users/nobody", { role: "viewer" })).toEqual(told);
      // An admin has a member's rights so far.
      expect((await as(who, "GET", "/api/secrets")).status).toBe(403);
    }
    expect((await as(owner, "GET", "/api/users")).body.items).toEqual(listed);
  });

  test("that are disabled cannot use a sign-in link that was made before", async () => {
    const { as, people, server } = await chatServer(await engine.store());
    const { url } = await server.createLoginLink(people.ann);
    expect((await as(people.owner, "PATCH", "/api/users/ann", { disabled: true })).status).toBe(200);
    expect((await spendLink(server, url)).status).toBe(401);
    // One that was made by whoever did not know yet.
    expect((await spendLink(server, (await server.createLoginLink(people.ann)).url)).status).toBe(401);
    expect((await as(people.owner, "PATCH", "/api/users/ann", { disabled: false })).status).toBe(200);
    expect((await spendLink(server, (await server.createLoginLink(people.ann)).url)).status).toBe(303);
  });
});

test("a name is checked at the door", async () => {
  const { as, people } = await chatServer(await sqlite.store());
  const add = async (name: unknown) => (await as(people.owner, "POST", "/api/users", { name })).status;
  for (const name of [
    "",
    "Ann",
    "аnn",
    "ann smith",
    "1st",
    "../ann",
    "ann\u200b",
    "a".repeat(33),
    "sparky",
    "system",
    7,
  ]) {
    expect([name, await add(name)]).toEqual([name, 400]);
  }
  for (const name of ["a", "ann.smith", "ann_2-b", "b".repeat(32), "constructor", "__proto__".slice(2)]) {
    expect([name, await add(name)]).toEqual([name, 201]);
  }
  expect((await as(people.owner, "POST", "/api/users", { name: "x", role: "agent" })).status).toBe(400);
  expect((await as(people.owner, "POST", "/api/users", { name: "a" })).body.error).toMatchObject({ code: "conflict" });
});

test("secrets are the home's: another owner sees and sets the same ones", async () => {
  const store = await sqlite.store({ home: await tempHome() });
  const { as, people } = await chatServer(store);
  const { body: cleo } = await as(people.owner, "POST", "/api/users", { name: "cleo", role: "owner" });
  await setSecret(store, people.owner, "FIRST", "known-to-the-home-1");
  expect((await as(cleo, "POST", "/api/secrets", { name: "SECOND", value: "known-to-the-home-2" })).status).toBe(200);
  const names = (await as(people.owner, "GET", "/api/secrets")).body.items.map(({ name }: { name: string }) => name);
  expect(names).toEqual(["FIRST", "SECOND"]);
  // Both are masked still.
  expect(store.secrets.text("known-to-the-home-1 known-to-the-home-2")).not.toContain("known-to-the-home");
});
