import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";

eachEngine("chats over HTTP", (engine) => {
  test("a message goes into the log in the name of who wrote it, and of nobody else who is signed in by then", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const { owner, agent, ann } = people;
    // Both may write there: the owner acts for the agent.
    const { id } = (await as(agent, "POST", "/api/chats", {})).body;
    const path = `/api/chats/${id}/messages`;
    const refused = await as(agent, "POST", path, { text: "mine", key: "k", by: owner.id });
    expect([refused.status, refused.body.error]).toEqual([
      409,
      {
        code: "conflict",
        message: "this message was written by somebody else, and you are signed in as agent",
        hint: "sign in as who wrote it, or write it yourself",
      },
    ]);
    const foreign = await as(ann, "POST", path, { text: "mine", by: owner.id });
    const nowhere = await as(ann, "POST", "/api/chats/nope/messages", { text: "mine", by: owner.id });
    expect(foreign).toEqual(nowhere);
    expect((await as(owner, "POST", path, { text: "mine", key: "k", by: owner.id })).status).toBe(202);
    expect((await as(agent, "POST", path, { text: "from a client that says nothing of it" })).status).toBe(202);
    const { events } = (await as(owner, "GET", `/api/chats/${id}/events`)).body;
    const said = events.filter(({ type }: { type: string }) => type === "message");
    expect(said.map((event: { actor: { name: string } }) => event.actor.name)).toEqual(["owner", "agent"]);
  });
});
