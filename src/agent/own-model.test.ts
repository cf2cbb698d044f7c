import { expect, test } from "vitest";
import { startAgent } from "../../test/kit/agent.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { call, gate, pause, say, scriptedModel, type ScriptedModel } from "../../test/kit/scripted-model.ts";
import { echoTool, ended } from "../../test/kit/worker.ts";
import { SparkyError } from "../core/errors.ts";
import { createChat, patchChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { readEvents } from "../store/log/events.ts";
import { ensureUsers } from "../store/people/users.ts";

/** Models by the name that a chat chooses; null: the instance's. */
const chosenFrom =
  (models: { readonly [name: string]: ScriptedModel }) =>
  (name: string | null): ScriptedModel => {
    const model = models[name ?? "own"];
    if (model === undefined) throw new SparkyError("invalid_input", `no model ${name}`);
    return model;
  };

eachEngine("the model of a chat", (engine) => {
  test("what is chosen while a run is under way answers from the next run on, also when the run is taken up again", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const held = gate();
    const own = scriptedModel([[call("echo", { text: "1" })], [pause(held)], [say("The old one.")]], { id: "own" });
    const other = scriptedModel(() => [say("The new one.")], { id: "other" });
    const modelFor = chosenFrom({ own, other });
    const before = await startAgent(store, { model: own, modelFor, tools: [echoTool] });
    const { chat } = await createChat(store, owner, {});
    const { runId } = await postMessage(store, owner, chat.id, { text: "one" });
    await held.reached;
    expect(await patchChat(store, owner, chat.id, { model: "other" })).toMatchObject({ model: "other" });
    await before.stop();
    const agent = await startAgent(store, { model: own, modelFor, tools: [echoTool] });
    expect(await ended(store, runId)).toMatchObject({ state: "completed", model: "own" });
    const next = await postMessage(store, owner, chat.id, { text: "two" });
    expect(await ended(store, next.runId)).toMatchObject({ state: "completed", model: "other" });
    expect(own.requests).toHaveLength(3);
    const usage = await readEvents(store.db, chat.id, { types: ["usage"] });
    expect(usage.map(({ data }) => "model" in data && data.model)).toEqual(["own", "own", "own", "other"]);
    await agent.stop();
  });

  test("a run whose model cannot be reached any more goes on with the chat's choice", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const held = gate();
    const own = scriptedModel([[call("echo", { text: "1" })], [pause(held)]], { id: "gone" });
    const before = await startAgent(store, { model: own, tools: [echoTool] });
    const { chat } = await createChat(store, owner, {});
    const { runId } = await postMessage(store, owner, chat.id, { text: "one" });
    await held.reached;
    await patchChat(store, owner, chat.id, { model: "other" });
    await before.stop();
    const other = scriptedModel(() => [say("The new one.")], { id: "other" });
    const agent = await startAgent(store, { model: other, modelFor: chosenFrom({ other }), tools: [echoTool] });
    expect(await ended(store, runId)).toMatchObject({ state: "completed", model: "other" });
    await agent.stop();
  });

  test("each call's usage tells what its request was made of, how big the window is, and whether that is a guess", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    // Too small for summaries: what does not fit is left out.
    const model = scriptedModel(() => [say("x".repeat(6000))], { contextTokens: 1200, isWindowGuessed: true });
    const agent = await startAgent(store, { model, tools: [echoTool] });
    const { chat } = await createChat(store, owner, {});
    for (let n = 0; n < 6; n += 1) {
      await ended(store, (await postMessage(store, owner, chat.id, { text: `No. ${n}` })).runId);
    }
    await agent.stop();
    const contexts = (await readEvents(store.db, chat.id, { types: ["usage"] })).map(({ type, data }) =>
      type === "usage" ? data.context : undefined,
    );
    expect(contexts).toHaveLength(6);
    expect(contexts[0]).toMatchObject({ leftOut: 0, window: 1200, windowGuessed: true });
    expect(contexts.every((context) => (context?.system ?? 0) > 100 && (context?.tools ?? 0) > 100)).toBe(true);
    expect(contexts.at(-1)?.leftOut).toBeGreaterThan(0);
  });
});
