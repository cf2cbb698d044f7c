import { expect, test } from "vitest";
import { startAgent } from "../../test/kit/agent.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { ended } from "../../test/kit/worker.ts";
import { createDemoModel } from "../models/demo/demo.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { readEvents } from "../store/log/events.ts";
import { addTask } from "../store/tasks/add.ts";
import { getTask } from "../store/tasks/read.ts";

eachEngine("a model that says that it did nothing", (engine) => {
  test("has failed as a task, whose error says why, and has answered as a chat", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const agent = await startAgent(store, { model: createDemoModel({ pauseMs: 0 }) });
    const { task: odd } = await addTask(store, ann, { instruction: "Book me a flight to Paris" });
    const { task: plain } = await addTask(store, ann, { instruction: "What time is it?" });
    await Promise.all([odd, plain].map(({ runId }) => ended(store, runId)));
    const why = "the demo model did nothing: no tool of mine fits each word of it";
    expect(await getTask(store, ann, odd.id)).toMatchObject({ status: "failed", error: why, result: null });
    expect(await getTask(store, ann, plain.id)).toMatchObject({ status: "completed", error: null });
    const said = (await readEvents(store.db, odd.chatId)).filter(({ type }) => type === "message" || type === "error");
    expect(said.map(({ type, data }) => [type, JSON.stringify(data)])).toMatchObject([
      ["message", expect.stringContaining("Book me a flight")],
      ["message", expect.stringContaining("I cannot do that, and did nothing")],
      ["error", expect.stringContaining("model_gave_up")],
    ]);
    const { chat } = await createChat(store, ann, {});
    const { runId } = await postMessage(store, ann, chat.id, { text: "Book me a flight to Paris" });
    expect(await ended(store, runId)).toMatchObject({ state: "completed" });
    await agent.stop();
    expect(agent.errors).toEqual([]);
  });
});
