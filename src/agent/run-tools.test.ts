import { expect, test } from "vitest";
import { startAgent, story } from "../../test/kit/agent.ts";
import { sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { echoTool, ended } from "../../test/kit/worker.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import type { Tx } from "../store/database/store.ts";
import { createRegistry } from "../tools/registry.ts";

test("a run asks for its tools once, as its chat's owner, and has them to its end", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const asked: { readonly chatId: string; readonly userId: string }[] = [];
  const model = scriptedModel([[call("echo", { text: "1" })], [call("echo", { text: "2" })], [say("Done")]]);
  const agent = await startAgent(store, {
    model,
    toolsFor: async ({ run }, { userId }) => {
      asked.push({ chatId: run.chat_id, userId });
      // Another run would get none.
      return createRegistry<Tx>(asked.length === 1 ? [echoTool] : []);
    },
  });
  const { chat } = await createChat(store, owner, {});
  const { runId } = await postMessage(store, owner, chat.id, { text: "go" });
  expect(await ended(store, runId)).toMatchObject({ state: "completed" });
  expect(asked).toEqual([{ chatId: chat.id, userId: owner.id }]);
  expect(await story(store, chat.id)).toContain("has echo");
  expect(model.requests.map(({ tools }) => tools.map(({ name }) => name))).toEqual([["echo"], ["echo"], ["echo"]]);
  expect(agent.errors).toEqual([]);
});
