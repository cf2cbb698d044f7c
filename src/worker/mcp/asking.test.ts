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
      toolsFor: async ({ run }, principal) => createRegistry<Tx>([...(await desk.toolsFor(principal, run.id))]),
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

  test.each([
    { idempotent: true, what: "and the call is made once more with the answer where it may be repeated", is: "result" },
    { idempotent: false, what: "else its outcome is unknown, and the answer is told with it", is: "error" },
  ])("is kept by the older revision too, $what", async ({ idempotent, is }) => {
    const store = await engine.store();
    const { owner } = await people(store);
    const tool = "trigger-elicitation-request";
    const may = { policy: "allow", ...(idempotent && { idempotent: [tool] }) };
    const servers = { everything: { ...real("everything", "stdio"), ...may } };
    const open = async () => (await deskOf(store, owner.id, servers)).desk;
    const first = await open();
    await first.look((await first.server("everything")).definition, person(owner));
    const { result } = await talk(store, owner, open, `mcp__everything__${tool}`, {}, [{ name: "Ann" }]);
    const words = expect.stringMatching(
      idempotent ? /Name: Ann/ : /not made again, .* had answered: name: Ann; whether it happened is unknown$/,
    );
    expect(result).toMatchObject({ ok: idempotent, [is]: words, ...(!idempotent && { interrupted: true }) });
  });

  test("is told with an unknown outcome too where the server is gone by the time of the answer", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const everything = { ...real("everything", "stdio"), policy: "allow" };
    const first = (await deskOf(store, owner.id, { everything })).desk;
    await first.look((await first.server("everything")).definition, person(owner));
    let opened = 0;
    const gone = { command: "no-such-program-here", policy: "allow" };
    const open = async () => (++opened === 1 ? first : (await deskOf(store, owner.id, { everything: gone })).desk);
    const name = "mcp__everything__trigger-elicitation-request";
    const { result } = await talk(store, owner, open, name, {}, [{ name: "Ann" }]);
    expect(result).toMatchObject({ ok: false, interrupted: true, error: expect.stringContaining("name: Ann") });
  });
});
