import { expect, test } from "vitest";
import { startAgent } from "../../test/kit/agent.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { talk } from "../../test/kit/talk.ts";
import { agentDeps, echoTool, ended } from "../../test/kit/worker.ts";
import type { Model, StepRequest } from "../models/model.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { shareChat } from "../store/chats/shares.ts";
import { forgetTold } from "../store/recall/recalled.ts";
import type { Store } from "../store/database/store.ts";
import { addTask } from "../store/tasks/add.ts";
import { getTask } from "../store/tasks/read.ts";
import { createRegistry } from "../tools/registry.ts";
import { shownContext, type ShownDeps } from "./shown-context.ts";

const isSummary = ({ instructions }: StepRequest): boolean => instructions.startsWith("A conversation between you");
const MOVERS = "The movers come on Friday at 09:30 with the big van.";

function shownDeps(store: Store, model: Model): ShownDeps {
  const deps = agentDeps(store, { model });
  return { ...deps, toolsNow: async () => createRegistry<never>([echoTool]), skillsNow: async () => "" };
}

eachEngine("what a model was given", (engine) => {
  test("is shown of every step as it was sent: over tools, memory, summaries, what had no room, and tasks", async () => {
    const store = await engine.store();
    const { owner, agent } = await people(store);
    const sent: StepRequest[] = [];
    const model = scriptedModel(
      (request) => {
        if (isSummary(request)) return [say("Decisions\n- to wait for the movers")];
        sent.push(request);
        return sent.length % 3 === 0
          ? [say("Done.")]
          : [call("echo", { text: "x".repeat(900) }, `call_${sent.length}`)];
      },
      { contextTokens: 2500, price: { input: 1, output: 1 } },
    );
    const toolsFor = async () => createRegistry([echoTool]);
    await startAgent(store, { model, toolsFor, recall: true });
    await talk(store, owner, [
      [owner, MOVERS],
      [agent, "I have noted it."],
    ]);
    const { chat } = await createChat(store, owner, {});
    const runs: string[] = [];
    for (const text of ["When do the movers come with their van?", "And then?", "Look once more", "Good night"]) {
      runs.push((await postMessage(store, owner, chat.id, { text })).runId);
      expect(await ended(store, runs.at(-1) ?? "")).toMatchObject({ state: "completed" });
    }
    const { task } = await addTask(store, owner, { instruction: "Count the boxes" });
    await expect.poll(async () => (await getTask(store, owner, task.id)).status).toBe("completed");
    const deps = shownDeps(store, model);
    const steps = await store.db.selectFrom("steps").selectAll().orderBy("at").orderBy("step").execute();
    expect(steps).toHaveLength(15);
    expect(sent).toHaveLength(15);
    const wasThere = { summary: false, memory: false };
    for (const [at, { chat_id, run_id: runId, step }] of steps.entries()) {
      const shown = await shownContext(deps, owner, chat_id, { runId, step });
      const { instructions, messages, tools } = sent[at] as StepRequest;
      expect(shown.messages.map(({ role, content }) => ({ role, content }))).toEqual(messages);
      expect(shown).toMatchObject({ runId, step, instructions, asSent: true, model: model.id });
      expect(shown.tools.map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
      expect(shown.costUsd).toBeCloseTo(shown.tokens.total / 1e6);
      wasThere.summary ||= JSON.stringify(messages).includes("to wait for the movers");
      wasThere.memory ||= JSON.stringify(messages).includes(MOVERS);
    }
    expect(wasThere).toEqual({ summary: true, memory: true });
    // Many steps, and what they have in common is kept once.
    const { n } = await store.db
      .selectFrom("request_parts")
      .select((eb) => eb.fn.countAll<number>().as("n"))
      .executeTakeFirstOrThrow();
    expect(Number(n)).toBe(3);
  });

  test("is what the next answer begins with, where nothing was sent yet", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const model = scriptedModel([[call("echo", { text: "hello" })], [say("Hello.")], [say("Hello again.")]]);
    await startAgent(store, { model, toolsFor: async () => createRegistry([echoTool]), effort: () => "low" });
    const { chat } = await createChat(store, owner, {});
    const deps = shownDeps(store, model);
    expect(await shownContext(deps, owner, chat.id, {})).toMatchObject({
      ...{ chatId: chat.id, runId: null, step: null, messages: [], asSent: null, costUsd: null, leftOut: 0 },
      effort: null,
    });
    const high = { ...deps, effort: () => "high" as const };
    expect((await shownContext(high, owner, chat.id, {})).effort).toBe("high");
    const silent = { ...high, modelFor: () => ({ ...model, mayThink: false }) };
    expect((await shownContext(silent, owner, chat.id, {})).effort).toBeNull();
    await ended(store, (await postMessage(store, owner, chat.id, { text: "hi" })).runId);
    const shown = await shownContext(deps, owner, chat.id, {});
    expect((await shownContext(deps, owner, chat.id, { step: 1 })).effort).toBe("low");
    await ended(store, (await postMessage(store, owner, chat.id, { text: "and again" })).runId);
    const [, , next] = model.requests;
    const messages = shown.messages.map(({ role, content }) => ({ role, content }));
    expect(messages).toEqual(next?.messages.slice(0, messages.length));
    expect(messages).toHaveLength(4);
    expect(shown.instructions).toBe(next?.instructions);
  });

  test("is for whose chat it is; what was not kept, and steps that are not there, are told so", async () => {
    const store = await engine.store();
    const { owner, ann, bob } = await people(store);
    const model = scriptedModel([[say("Hello.")]]);
    await startAgent(store, { model });
    const { chat } = await createChat(store, ann, {});
    const { runId } = await postMessage(store, ann, chat.id, { text: "hi" });
    await ended(store, runId);
    await shareChat(store, ann, chat.id, { user: "bob", write: true });
    const deps = shownDeps(store, model);
    await expect(shownContext(deps, bob, chat.id, { step: 1 })).rejects.toMatchObject({ code: "forbidden" });
    await expect(shownContext(deps, owner, chat.id, {})).rejects.toMatchObject({ code: "not_found" });
    await expect(shownContext(deps, ann, chat.id, { step: 2 })).rejects.toThrow("step 2 of this chat was not found");
    await expect(shownContext(deps, ann, chat.id, { runId: "other" })).rejects.toThrow('a step of run "other"');
    await store.db.updateTable("steps").set({ request: null }).execute();
    await expect(shownContext(deps, ann, chat.id, { step: 1 })).rejects.toThrow("an older version of Sparky");
  });

  test("tells no more what was forgotten since, and that it is not all that was sent", async () => {
    const store = await engine.store();
    const { owner, agent } = await people(store);
    const model = scriptedModel([[say("On Friday.")]]);
    await startAgent(store, { model, recall: true });
    const earlier = await talk(store, owner, [
      [owner, MOVERS],
      [agent, "I have noted it."],
    ]);
    const { chat } = await createChat(store, owner, {});
    await ended(
      store,
      (await postMessage(store, owner, chat.id, { text: "When do the movers come with their van?" })).runId,
    );
    const deps = shownDeps(store, model);
    const before = await shownContext(deps, owner, chat.id, { step: 1 });
    expect(JSON.stringify(before.messages)).toContain(MOVERS);
    expect(before.asSent).toBe(true);
    await forgetTold(store.db, earlier);
    const after = await shownContext(deps, owner, chat.id, { step: 1 });
    expect(JSON.stringify(after.messages)).not.toContain(MOVERS);
    expect(after.asSent).toBe(false);
  });
});
