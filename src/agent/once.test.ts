import { expect, test } from "vitest";
import { askedBy, reads } from "../../test/kit/asked.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { agentDeps, echoTool } from "../../test/kit/worker.ts";
import { createChat, patchChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { claimRuns } from "../store/runs/claim.ts";
import { requestStop } from "../store/endings/stop.ts";
import { workRun } from "./run.ts";

eachEngine("what is read once", (engine) => {
  test("a chat's row, with the right to write in it, for each message, stop and change", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const { chat } = await createChat(store, ann, {});
    const ofChats = async (work: Parameters<typeof askedBy>[1]): Promise<number> =>
      (await askedBy(store, work)).filter((query) => reads(query) && query.sql.includes('from "chats"')).length;
    expect(await ofChats((asking) => postMessage(asking, ann, chat.id, { text: "hello" }))).toBe(1);
    expect(await ofChats((asking) => requestStop(asking, ann, { chatId: chat.id }))).toBe(1);
    // The answer to a change is the chat as it is then.
    expect(await ofChats((asking) => patchChat(asking, ann, chat.id, { title: "same" }))).toBe(2);
  });

  test("a run's row, for each of its steps", async () => {
    const store = await engine.store();
    const { ann } = await people(store);
    const readsOf = async (steps: number): Promise<number> => {
      const asked = await askedBy(store, async (asking) => {
        const { chat } = await createChat(store, ann, {});
        await postMessage(store, ann, chat.id, { text: "go" });
        const [claimed] = await claimRuns(store, { kind: "turn", limit: 1 });
        if (claimed === undefined) throw new Error("nothing to claim");
        const script = Array.from({ length: steps }, (_, at) =>
          at === steps - 1 ? [say("done")] : [call("echo", { text: `${at}` })],
        );
        const deps = agentDeps(asking, { model: scriptedModel(script), tools: [echoTool] });
        await workRun(deps, claimed, new AbortController().signal);
      });
      return asked.filter(({ sql }) => /^select \* from "runs" where "id" = \S+$/.test(sql)).length;
    };
    const few = await readsOf(2);
    expect(few).toBeGreaterThanOrEqual(2);
    expect(await readsOf(7)).toBe(few + 5);
  });
});
