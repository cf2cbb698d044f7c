import { join } from "node:path";
import type { ModelMessage } from "ai";
import { expect, test } from "vitest";
import { dataOf, startAgent, story } from "../../test/kit/agent.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, gate, pause, say, scriptedModel, think, type Gate, untimed } from "../../test/kit/scripted-model.ts";
import { ended, testTool } from "../../test/kit/worker.ts";
import type { HubEvent } from "../core/hub.ts";
import { AGENT_ID } from "../store/people/user.ts";
import { createChat, getChat } from "../store/chats/chats.ts";
import { readEvents } from "../store/log/events.ts";
import { postMessage } from "../store/chats/messages.ts";
import { addTask } from "../store/tasks/add.ts";
import { getTask } from "../store/tasks/read.ts";
import { taskTools } from "../builtin-tools/tasks.ts";

// Chats, and the people they belong to, are kept apart.

const wordsOf = (messages: readonly ModelMessage[]): string => JSON.stringify(messages);

eachEngine("two chats at once", (engine) => {
  test("F13, F14, F15: share no run, no message and no context", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const gates: { readonly [name: string]: Gate } = { apple: gate(), plum: gate() };
    const model = scriptedModel(({ messages }) => {
      const about = wordsOf(messages).includes("apple") ? "apple" : "plum";
      const again = messages.length > 1;
      return again ? [say(`${about} again`)] : [think(`${about}?`), pause(gates[about] ?? gate()), say(`${about}!`)];
    });
    await startAgent(store, { model });
    const chats = await Promise.all([createChat(store, owner, {}), createChat(store, owner, {})]);
    const [a, b] = [chats[0].chat.id, chats[1].chat.id];
    const first = await postMessage(store, owner, a, { text: "an apple" });
    await gates["apple"]?.reached;
    // A whole conversation in the other chat leaves the run here alone.
    const second = await postMessage(store, owner, b, { text: "a plum" });
    gates["plum"]?.open();
    await ended(store, second.runId);
    await ended(store, (await postMessage(store, owner, b, { text: "more" })).runId);
    expect((await story(store, a)).at(-1)).toBe("starting");
    gates["apple"]?.open();
    await ended(store, first.runId);
    expect(await story(store, a)).toEqual([
      "user: an apple",
      "queued",
      "starting",
      "thinks: apple?",
      "assistant: apple!",
      "completed",
    ]);
    expect((await story(store, b)).filter((line) => /: /.test(line))).toEqual([
      "user: a plum",
      "thinks: plum?",
      "assistant: plum!",
      "user: more",
      "assistant: plum again",
    ]);
    const mixed = model.requests.filter(
      ({ messages }) => /apple/.test(wordsOf(messages)) && /plum/.test(wordsOf(messages)),
    );
    expect([mixed, model.requests.length]).toEqual([[], 3]);
    // F15: the first request of each chat holds nothing but its first message.
    expect(model.requests.slice(0, 2).map(({ messages }) => untimed(messages))).toEqual([
      [{ role: "user", content: "an apple" }],
      [{ role: "user", content: "a plum" }],
    ]);
  });
});

/** Tells for whom it is called, and where that user's files are. */
const whoami = testTool("whoami", async (_text, { principal, workspace }) => ({ ...principal, workspace }));
const workspaces = "/workspaces";

test("F18: a task for a person's chat works there, for that chat's owner, with its task's mark, seen live by the owner", async () => {
  const store = await sqlite.store();
  const { ann, bob } = await people(store);
  const model = scriptedModel([[call("whoami"), call("task_list")], [say("I am yours.")], [say("Hello Ann.")]]);
  await startAgent(store, { model, tools: [whoami, ...taskTools(store)], workspaces });
  const { chat } = await createChat(store, ann, { title: "Ann's" });
  await addTask(store, bob, { instruction: "Bob's secret", runAt: "2999-01-01T00:00:00.000Z" });
  const seen: HubEvent[] = [];
  store.hub.watch(chat.id, { events: (events) => void seen.push(...events), delta: () => {}, gone: () => {} });
  const { task } = await addTask(store, ann, { instruction: "Who are you?", chatId: chat.id });
  expect(task.chatId).toBe(chat.id);
  await ended(store, task.runId);
  const [who, list] = await dataOf(store, chat.id, "tool_result");
  const byName = new Map([who, list].map((result) => [result?.name, result?.result]));
  expect(byName.get("whoami")).toEqual({
    userId: ann.id,
    name: "ann",
    isAgent: false,
    workspace: join(workspaces, ann.id),
  });
  expect(JSON.stringify(byName.get("task_list"))).toContain("Who are you?");
  expect(JSON.stringify(byName.get("task_list"))).not.toContain("Bob's secret");
  expect(model.requests[0]?.instructions).toContain("You act for ann, with their rights only.");
  const events = await readEvents(store.db, chat.id);
  expect(seen.map(({ json }) => JSON.parse(json))).toEqual(events.slice(1));
  const marked = events.filter((event) => event.type !== "chat");
  expect(marked.map((event) => event.taskId)).toEqual(marked.map(() => task.id));
  // F33: the instruction is the person's, not the agent's.
  expect(events.find((event) => event.type === "message")).toMatchObject({
    data: { role: "user", text: "Who are you?" },
    actor: { kind: "user", id: ann.id },
  });
  // F15, the other way round: what follows in this chat knows of it.
  await ended(store, (await postMessage(store, ann, chat.id, { text: "Hi" })).runId);
  expect(wordsOf(model.requests[2]?.messages ?? [])).toContain("I am yours.");
});

test("F34: a task without a chat works for the agent, in a chat that its author sees, with a task's instructions", async () => {
  const store = await sqlite.store();
  const { ann, bob, agent } = await people(store);
  const model = scriptedModel([[call("whoami")], [say("done")]]);
  await startAgent(store, { model, tools: [whoami], workspaces });
  const { task } = await addTask(store, ann, { instruction: "Who are you?" });
  await ended(store, task.runId);
  expect((await dataOf(store, task.chatId, "tool_result"))[0]?.result).toMatchObject({
    userId: AGENT_ID,
    isAgent: true,
  });
  expect(model.requests[0]?.instructions).toMatch(/working on a task by yourself.*for whoever has asked/s);
  for (const viewer of [ann, agent]) {
    expect(await getTask(store, viewer, task.id)).toMatchObject({ status: "completed", ownerId: ann.id });
    expect((await getChat(store, viewer, task.chatId)).ownerId).toBe(AGENT_ID);
  }
  await expect(getTask(store, bob, task.id)).rejects.toMatchObject({ code: "not_found" });
});
