import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";

test("the owner sees the models and may have one asked; a member may do neither", async () => {
  const { as, people } = await chatServer(await sqlite.store());
  expect((await as(people.owner, "GET", "/api/models")).body).toMatchObject({ model: "demo", chosenBy: null });
  expect((await as(people.owner, "POST", "/api/models/test", {})).body).toMatchObject({ model: "demo", ok: true });
  for (const viewer of [people.ann, people.agent]) {
    expect((await as(viewer, "GET", "/api/models")).status).toBe(403);
    expect((await as(viewer, "POST", "/api/models/test", { model: "demo" })).status).toBe(403);
  }
});

test("everybody is told which models a chat may have, with those of their own chats and no one else's", async () => {
  const { as, people } = await chatServer(await sqlite.store());
  await as(people.ann, "POST", "/api/chats", { model: "ollama/anns" });
  await as(people.bob, "POST", "/api/chats", { model: "ollama/bobs" });
  const { status, body } = await as(people.ann, "GET", "/api/models/choices");
  expect([status, body.model]).toEqual([200, "demo"]);
  const ids = body.items.map(({ id }: { id: string }) => id);
  expect(ids).toContain("ollama/anns");
  expect(ids).not.toContain("ollama/bobs");
});

test.each([
  [{ model: "nonsense" }, /SPARKY_MODEL is "nonsense"/],
  [{ model: "openai/gpt-5" }, /OPENAI_API_KEY is not set/],
  [{ model: "" }, /model/],
  [{ modle: "demo" }, /modle/],
])("%j is refused with what is allowed", async (body, says) => {
  const { as, people } = await chatServer(await sqlite.store());
  const answer = await as(people.owner, "POST", "/api/models/test", body);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toMatch(new RegExp(says.source.replaceAll('"', '\\\\"')));
});
