import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { spendLink } from "../../../test/kit/sign-in.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { setSecret } from "../../store/secrets/secrets.ts";

eachEngine("the accounts", (engine) => {
  test("are an owner's to see and to change, and no member's", async () => {
    const { as, people } = await chatServer(await engine.store());
    const { owner, ann } = people;
    const listed = (await as(owner, "GET", "/api/users")).body.items;
    for (const who of [ann, people.agent]) {
      expect((await as(who, "GET", "/api/users")).status).toBe(403);
      expect((await as(who, "POST", "/api/users", { name: "dora" })).status).toBe(403);
      expect((await as(who, "PATCH", `/api/users/${who.name}`, { role: "owner" })).status).toBe(403);
      // Whoever there is or is not.
      const told = await as(who, "PATCH", "/api/users/bob", { role: "viewer" });
      expect(told.status).toBe(403);
      expect(await as(who, "PATCH", "/api/users/nobody", { role: "viewer" })).toEqual(told);
    }
    expect((await as(owner, "GET", "/api/users")).body.items).toEqual(listed);
  });

  test("of members and viewers an admin looks after: not those of admins and owners, nor their own, nor anybody's password", async () => {
    const { as, people, server } = await chatServer(await engine.store());
    const { owner } = people;
    const add = (name: string, role: string, by = owner) => as(by, "POST", "/api/users", { name, role });
    const admin = (await add("cleo", "admin")).body;
    await add("olga", "owner");
    const status = async (method: string, path: string, body?: object) => (await as(admin, method, path, body)).status;
    expect((await add("dora", "member", admin)).status).toBe(201);
    expect((await add("vera", "viewer", admin)).status).toBe(201);
    expect(await status("PATCH", "/api/users/dora", { role: "viewer" })).toBe(200);
    expect(await status("PATCH", "/api/users/vera", { disabled: true })).toBe(200);
    expect(await status("PATCH", "/api/users/dora/limits", { tokensPerDay: 1000 })).toBe(200);
    expect(await status("GET", "/api/users/dora/limits")).toBe(200);
    expect(await status("GET", "/api/sessions?user=dora")).toBe(200);
    // Nobody above themselves, or beside: neither by a role, nor by an invitation.
    for (const role of ["admin", "owner"]) {
      expect((await add("eve", role, admin)).body.error).toMatchObject({ code: "forbidden", hint: "ask an owner" });
      expect(await status("POST", "/api/users/eve/invite", { role })).toBe(403);
      expect(await status("PATCH", "/api/users/dora", { role })).toBe(403);
    }
    for (const name of ["cleo", "owner", "olga"]) {
      expect([name, await status("PATCH", `/api/users/${name}`, { role: "member" })]).toEqual([name, 403]);
      expect([name, await status("PATCH", `/api/users/${name}`, { disabled: true })]).toEqual([name, 403]);
      expect([name, await status("PATCH", `/api/users/${name}/limits`, { tokensPerDay: null })]).toEqual([name, 403]);
    }
    for (const name of ["owner", "olga", "dora"]) {
      const password = { password: "a long enough password" };
      expect([name, await status("POST", `/api/users/${name}/password`, password)]).toEqual([name, 403]);
    }
    expect(await status("GET", "/api/sessions?user=olga")).toBe(403);
    await spendLink(server, (await server.createLoginLink(owner)).url);
    const [session] = (await as(owner, "GET", "/api/sessions")).body.items;
    expect(await status("DELETE", `/api/sessions/${session.id}`)).toBe(404);
    expect(await status("GET", "/api/secrets")).toBe(403);
    // What an owner invites to be an admin is an owner's to withdraw, and an admin's own invitation ends with the role.
    expect((await as(owner, "POST", "/api/users/finn/invite", { role: "admin" })).status).toBe(201);
    const [invite] = (await as(owner, "GET", "/api/invites")).body.items;
    expect(await status("DELETE", `/api/invites/${invite.id}`)).toBe(403);
    expect(await status("POST", "/api/users/gina/invite", { role: "viewer" })).toBe(201);
    const open = async () =>
      (await as(owner, "GET", "/api/invites")).body.items.map(({ name }: { name: string }) => name);
    expect(await open()).toEqual(["gina", "finn"]);
    expect((await as(owner, "PATCH", "/api/users/cleo", { role: "member" })).status).toBe(200);
    expect(await open()).toEqual(["finn"]);
  });

  test("and what was done with them an admin sees in the audit, and nothing of owners", async () => {
    const { as, people } = await chatServer(await engine.store());
    const { owner, ann } = people;
    const admin = (await as(owner, "POST", "/api/users", { name: "cleo", role: "admin" })).body;
    await as(ann, "POST", "/api/tokens", { name: "hers", scopes: ["read"] });
    await as(owner, "POST", "/api/tokens", { name: "ours", scopes: ["read"] });
    await as(admin, "POST", "/api/tokens", { name: "mine", scopes: ["read"] });
    const things = async (who: typeof owner) =>
      (await as(who, "GET", "/api/audit")).body.items.map(({ thing }: { thing: string }) => thing);
    expect(await things(admin)).toEqual(["mine", "hers"]);
    expect(await things(ann)).toEqual(["hers"]);
    expect(await things(owner)).toEqual(["mine", "ours", "hers", "cleo"]);
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
