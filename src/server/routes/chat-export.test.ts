import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import type { ChatEvent, NewEvent } from "../../core/events.ts";
import { AGENT_ACTOR } from "../../store/people/actors.ts";

const EVENTS = 10_000;
const BY = { runId: null, taskId: null, step: null, actor: AGENT_ACTOR };
const said = (text: string): NewEvent => ({ type: "message", data: { role: "assistant", text }, ...BY });

eachEngine("the export of a chat", (engine) => {
  test("a chat of 10,000 events is written whole and in order, as it comes, in both forms", async () => {
    const store = await engine.store();
    const { as, server, people } = await chatServer(store);
    const { ann } = people;
    const { id } = (await as(ann, "POST", "/api/chats", { title: 'Tea "and" cake' })).body;
    for (let at = 0; at < EVENTS; at += 500) {
      await store.append({ chatId: id, events: Array.from({ length: 500 }, (_, n) => said(`No. ${at + n}.`)) });
    }
    const get = (query: string) =>
      server.fetch(new Request(`http://127.0.0.1:8000/api/chats/${id}/export${query}`), { viewer: ann });
    const json = await get("");
    expect(json.headers.get("content-disposition")).toBe(`attachment; filename="tea-and-cake-${id.slice(0, 8)}.json"`);
    const { chat, events } = (await json.json()) as { chat: object; events: readonly ChatEvent[] };
    expect(Object.keys(chat)).not.toContain("seen");
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: EVENTS + 1 }, (_, n) => n + 1));

    const markdown = await get("?format=md");
    expect(markdown.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    expect(markdown.headers.get("content-disposition")).toContain(".md");
    let parts = 0;
    let text = "";
    const decoder = new TextDecoder();
    for await (const part of markdown.body ?? []) {
      parts += 1;
      text += decoder.decode(part, { stream: true });
    }
    expect(parts).toBeGreaterThan(EVENTS / 2);
    expect(text.match(/^No\. \d+\.$/gm)).toEqual(Array.from({ length: EVENTS }, (_, n) => `No. ${n}.`));
    expect((await get("?format=pdf")).status).toBe(400);
  });

  test("what is known as a secret by now is masked in it, and who may not see the chat gets nothing", async () => {
    const store = await engine.store();
    const { as, server, people } = await chatServer(store);
    const { ann, bob } = people;
    const { id } = (await as(ann, "POST", "/api/chats", { title: "Keys" })).body;
    await store.append({ chatId: id, events: [said('It is "correct-horse-battery".')] });
    store.secrets.know(ann.id, [{ name: "horse", value: "correct-horse-battery" }]);
    for (const format of ["md", "json"]) {
      const request = new Request(`http://127.0.0.1:8000/api/chats/${id}/export?format=${format}`);
      const text = await (await server.fetch(request, { viewer: ann })).text();
      expect(text).toContain("It is");
      expect(text).not.toContain("correct-horse");
      expect((await server.fetch(request, { viewer: bob })).status).toBe(404);
    }
  });
});
