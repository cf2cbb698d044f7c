import { join } from "node:path";
import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../../test/kit/agent.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { deskOf, person } from "../../../test/kit/mcp/desk.ts";
import { real } from "../../../test/kit/mcp/servers.ts";
import { people } from "../../../test/kit/members.ts";
import { call, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { ended, until } from "../../../test/kit/worker.ts";
import type { Json } from "../../core/events.ts";
import { createChat } from "../../store/chats/chats.ts";
import { postMessage } from "../../store/chats/messages.ts";
import type { Store, Tx } from "../../store/database/store.ts";
import type { User } from "../../store/people/user.ts";
import { answerQuestion } from "../../store/questions/answer.ts";
import { questionsOfRun } from "../../store/questions/ask.ts";
import { createRegistry } from "../../tools/registry.ts";
import type { McpDesk } from "./desk.ts";

const asking = {
  command: process.execPath,
  args: [join(import.meta.dirname, "../../../test/kit/mcp/asking-server.ts")],
};

/** A run of the owner's that calls the tool, with a worker and servers of its own; each answer comes to another worker. */
async function talk(
  store: Store,
  owner: User,
  open: () => Promise<McpDesk>,
  name: string,
  args: object,
  answers: readonly Json[],
) {
  const model = scriptedModel([[call(name, args as never)], [say("Done")]]);
  const { chat } = await createChat(store, owner, {});
  const { runId } = await postMessage(store, owner, chat.id, { text: "go" });
  for (let n = 0; ; n++) {
    const desk = await open();
    const agent = await startAgent(store, {
      model,
      toolsFor: async (_, principal) => createRegistry<Tx>([...(await desk.toolsFor(principal))]),
    });
    const answer = answers[n];
    if (answer === undefined) {
      expect(await ended(store, runId)).toMatchObject({ state: "completed" });
      await agent.stop();
      expect(agent.errors).toEqual([]);
      const results = await dataOf(store, chat.id, "tool_result");
      return { result: results[0], texts: (await dataOf(store, chat.id, "question")).map(({ text }) => text) };
    }
    const question = await until("a question", async () =>
      [...(await questionsOfRun(store, runId ?? "")).values()].find(({ state }) => state === "asked"),
    );
    await agent.stop();
    await desk[Symbol.asyncDispose]();
    await answerQuestion(store, owner, question.id, answer);
  }
}

eachEngine("what servers ask of people", (engine) => {
  test("is kept by the newer revision, one question after the other, and the call goes on with all answers and its state", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const servers = { asking: { ...asking, policy: "allow" } };
    const open = async () => (await deskOf(store, owner.id, servers)).desk;
    const first = await open();
    await first.look((await first.server("asking")).definition, person(owner));
    const { result, texts } = await talk(store, owner, open, "mcp__asking__book", { at: "8pm" }, [
      { value: "Ann" },
      { value: "Yes" },
    ]);
    expect(texts).toEqual(expect.arrayContaining(["The tool server asking asks: For whom?", "Really?"]));
    expect(result).toMatchObject({
      ok: true,
      result: expect.stringContaining('8pm state of 8pm {"name":{"action":"accept","content":{"value":"Ann"}},"sure"'),
    });
  });

  test("is kept by the older revision too, and the call is made once more with the answer", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const servers = { everything: { ...real("everything", "stdio"), policy: "allow" } };
    const open = async () => (await deskOf(store, owner.id, servers)).desk;
    const first = await open();
    await first.look((await first.server("everything")).definition, person(owner));
    const { result } = await talk(store, owner, open, "mcp__everything__trigger-elicitation-request", {}, [
      { name: "Ann" },
    ]);
    expect(result).toMatchObject({ ok: true, result: expect.stringContaining("Name: Ann") });
  });
});
