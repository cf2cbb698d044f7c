import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { AGENT_ACTOR } from "../../store/people/actors.ts";

eachEngine("what happened while one was away", (engine) => {
  test("costs two looks, however many tabs ask at once, and each is told what there was when it asked", async () => {
    const store = await engine.store();
    let queries = 0;
    const db = store.db.withPlugin({
      transformQuery: ({ node }) => {
        queries += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const { as, people } = await chatServer({ ...store, db });
    const { ann, bob } = people;
    const { id } = (await as(ann, "POST", "/api/chats", { title: "Kiln" })).body;
    const happens = (text: string) =>
      store.append({
        chatId: id,
        events: [{ type: "notice", data: { text }, runId: null, taskId: null, step: null, actor: AGENT_ACTOR }],
      });
    await happens("It is hot.");
    const asked = async (user: typeof ann, times: number) => {
      queries = 0;
      const answers = await Promise.all(Array.from({ length: times }, () => as(user, "GET", "/api/away")));
      return { totals: answers.map(({ body }) => body.total), queries };
    };
    const one = await asked(ann, 1);
    const many = await asked(ann, 50);
    expect(one.queries).toBeGreaterThan(3);
    expect(many.queries).toBeLessThanOrEqual(one.queries * 2);
    expect(many.totals).toEqual(Array.from({ length: 50 }, () => 1));

    const before = as(ann, "GET", "/api/away");
    await happens("It is cold.");
    expect((await as(ann, "GET", "/api/away")).body.total).toBe(2);
    expect((await before).status).toBe(200);
    expect((await asked(bob, 2)).totals).toEqual([0, 0]);
  });
});
