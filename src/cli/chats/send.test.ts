import { expect, test } from "vitest";
import { sparky } from "../../../test/golden/scripted-cli.ts";
import { startAgent } from "../../../test/kit/agent.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { gate, pause, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { addTask } from "../../store/tasks/add.ts";

test("what is sent to a task that ends before it reads it is answered by the turn that follows, and that answer is shown", async () => {
  const store = await sqlite.store();
  const app = await chatServer(store);
  const url = await app.listen();
  const last = gate();
  const model = scriptedModel((request) =>
    JSON.stringify(request.messages).includes("And now?")
      ? [say("Now I rest.")]
      : [say("The task is done."), pause(last)],
  );
  await startAgent(store, { model, tools: [] });
  const { owner } = app.people;
  const { task } = await addTask(store, owner, { instruction: "Do it" });
  await last.reached;
  const config = { home: "/nowhere", url, token: await app.token(owner), agentLoop: true, dbUrl: null };
  const sent = sparky(["chat", "send", "--chat", task.chatId, "And now?"], {
    deps: { loadConfig: async () => config },
  });
  const seen = async (): Promise<boolean> =>
    (await store.db.selectFrom("message_keys").select("seq").execute()).length > 0;
  while (!(await seen())) await new Promise((resolve) => setTimeout(resolve, 5));
  last.open();
  const { exit, stdout } = await sent;
  expect([exit, stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "Now I rest."]);
});
