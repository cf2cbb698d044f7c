import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";

eachEngine("the welcome", (engine) => {
  test("is the owner's alone, goes on where it was left, and never begins again once done", async () => {
    const { as, people } = await chatServer(await engine.store());
    const { owner, ann } = people;
    const me = async () => (await as(owner, "GET", "/api/me")).body;
    expect(await me()).toEqual({ id: owner.id, name: owner.name, role: "owner", welcome: "model" });
    expect((await as(owner, "PATCH", "/api/me", { welcome: "schedules" })).body.welcome).toBe("schedules");
    expect((await as(owner, "PATCH", "/api/me", { welcome: "tools" })).body.welcome).toBe("tools");
    expect(await me()).toMatchObject({ welcome: "tools" });
    expect((await as(owner, "PATCH", "/api/me", { welcome: "done" })).body).not.toHaveProperty("welcome");
    // A tab that was left open.
    expect((await as(owner, "PATCH", "/api/me", { welcome: "schedules" })).body).not.toHaveProperty("welcome");
    expect(await me()).not.toHaveProperty("welcome");
    expect((await as(owner, "PATCH", "/api/me", { welcome: "again" })).status).toBe(400);
    expect((await as(ann, "GET", "/api/me")).body).toEqual({ id: ann.id, name: ann.name, role: "member" });
  });
});
