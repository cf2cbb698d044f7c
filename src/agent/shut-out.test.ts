import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../test/kit/agent.ts";
import { chatServer } from "../../test/kit/chat-server.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { gate, pause, say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { ended, until } from "../../test/kit/worker.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { shareChat, unshareChat } from "../store/chats/shares.ts";
import { changeAccount } from "../store/people/accounts.ts";
import { runRow } from "../store/runs/run.ts";
import { addTask } from "../store/tasks/add.ts";
import { retryTask } from "../store/tasks/change.ts";
import { getTask } from "../store/tasks/read.ts";

const done = () => scriptedModel(() => [say("Done.")]);

eachEngine("work of who is shut out", (engine) => {
  test("is stopped by who disables them: what runs, waits and is queued, and nobody else's", async () => {
    const store = await engine.store();
    const model = scriptedModel(({ messages }) =>
      JSON.stringify(messages).includes("his") ? [say("Done.")] : [pause(gate()), say("Done.")],
    );
    const agent = await startAgent(store, { model, concurrency: 1 });
    const { as, people: they } = await chatServer(store, {
      stopWorkOf: (by, userId, why) => agent.stopper.stopWorkOf(by, userId, why),
    });
    const { owner, ann, bob } = they;
    const { chat } = await createChat(store, ann, {});
    const { runId } = await postMessage(store, ann, chat.id, { text: "hers" });
    const tasks = [];
    for (const runAt of [undefined, undefined, "2999-01-01T00:00:00Z"]) {
      tasks.push((await addTask(store, ann, { instruction: "hers", ...(runAt !== undefined && { runAt }) })).task);
    }
    const his = (await addTask(store, bob, { instruction: "his" })).task;
    await until("her turn and her task to be at work", async () => model.requests.length === 2);
    expect((await as(owner, "PATCH", "/api/users/ann", { disabled: true })).status).toBe(200);
    for (const id of [runId, ...tasks.map((task) => task.runId)]) {
      expect(await ended(store, id)).toMatchObject({ state: "cancelled", stopped_by: "owner" });
    }
    expect(await ended(store, his.runId)).toMatchObject({ state: "completed" });
    expect((await dataOf(store, chat.id, "status")).slice(-2)).toMatchObject([
      { state: "stopping", by: "owner", message: "Stopping: ann is disabled" },
      { state: "cancelled", by: "owner" },
    ]);
    const [, , later] = tasks;
    expect(await getTask(store, ann, later?.id ?? "")).toMatchObject({ error: "cancelled by owner: ann is disabled" });
    expect(agent.errors).toEqual([]);
  });

  test("ends where it is taken up, whatever has become of that stop, and is there to be tried again", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const { task } = await addTask(store, ann, { instruction: "hers" });
    await changeAccount(store, "ann", { disabled: true });
    const model = done();
    await startAgent(store, { model });
    await ended(store, task.runId);
    expect(await getTask(store, ann, task.id)).toMatchObject({
      status: "cancelled",
      error: "cancelled by Sparky: ann is disabled",
    });
    expect((await dataOf(store, task.chatId, "status")).at(-1)?.message).toBe("Task cancelled: ann is disabled");
    expect(model.requests).toEqual([]);
    await changeAccount(store, "ann", { disabled: false });
    expect(await ended(store, (await retryTask(store, ann, task.id)).runId)).toMatchObject({ state: "completed" });
  });

  test("is not answered in a chat where they may not write any more, unless somebody else has written too", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const { chat } = await createChat(store, bob, {});
    const both = await createChat(store, bob, {});
    for (const { id } of [chat, both.chat]) await shareChat(store, bob, id, { user: "ann", write: true });
    const hers = await postMessage(store, ann, chat.id, { text: "hers" });
    await postMessage(store, bob, both.chat.id, { text: "his" });
    const also = await postMessage(store, ann, both.chat.id, { text: "and hers" });
    await unshareChat(store, bob, chat.id, "ann");
    await shareChat(store, bob, both.chat.id, { user: "ann", write: false });
    const model = done();
    await startAgent(store, { model });
    expect(await ended(store, hers.runId)).toMatchObject({ state: "cancelled" });
    expect((await dataOf(store, chat.id, "status")).at(-1)?.message).toBe("Stopped: ann may not write here any more");
    expect(await ended(store, also.runId)).toMatchObject({ state: "completed" });
    const next = await postMessage(store, bob, chat.id, { text: "mine" });
    expect(await ended(store, next.runId)).toMatchObject({ state: "completed" });
    expect(await runRow(store.db, hers.runId)).toMatchObject({ state: "cancelled", step: 0 });
    expect(model.requests).toHaveLength(2);
  });
});
