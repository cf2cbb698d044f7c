import { expect, test } from "vitest";
import { dataOf, startAgent, story } from "../../test/kit/agent.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { gate, pause, say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { say as tell } from "../../test/kit/talk.ts";
import { ended } from "../../test/kit/worker.ts";
import type { StepRequest } from "../models/model.ts";
import type { Store } from "../store/database/store.ts";
import { createChat } from "../store/chats/chats.ts";
import { compactChat } from "../store/chats/compact.ts";
import { postMessage } from "../store/chats/messages.ts";
import { shareChat } from "../store/chats/shares.ts";
import { setLimits } from "../store/limits/change.ts";
import { AGENT_ID, type User } from "../store/people/user.ts";
import { runRow } from "../store/runs/run.ts";
import { verifyStore } from "../store/verify/verify.ts";

const AGENT = { id: AGENT_ID, name: "agent", role: "agent" } as unknown as User;
const isSummary = ({ instructions }: StepRequest): boolean => instructions.startsWith("A conversation between you");

async function longChat(store: Store, who: User): Promise<string> {
  const { chat } = await createChat(store, who, {});
  const lines = Array.from({ length: 60 }, (_, at) => [
    [who, at === 1 ? "The house is to be painted blue." : `How is it with number ${at} today?`],
    [AGENT, `Number ${at} is as it was yesterday, and nothing needs to be done about it.`],
  ]).flat() as unknown as (readonly [User, string])[];
  await tell(store, chat.id, lines);
  return chat.id;
}

eachEngine("a chat that is summed up because somebody wants it", (engine) => {
  test("goes on from the summary, with its end word by word, and nothing is said", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const model = scriptedModel((request) => [say(isSummary(request) ? "The house is to be blue." : "Blue.")]);
    await startAgent(store, { model });
    const chatId = await longChat(store, owner);
    const before = await story(store, chatId);
    const { runId } = await compactChat(store, owner, chatId);
    expect(await ended(store, runId)).toMatchObject({ state: "completed", step: 0, reason: null });
    const [summary, ...more] = await dataOf(store, chatId, "summary");
    expect(more).toEqual([]);
    expect(summary?.text).toBe("The house is to be blue.");
    expect(await story(store, chatId)).toEqual([...before, "queued", "starting", "completed"]);
    expect((await dataOf(store, chatId, "status")).at(-1)?.message).toBe("Summed up");
    expect(await dataOf(store, chatId, "usage")).toHaveLength(1);
    await ended(store, (await postMessage(store, owner, chatId, { text: "Which colour?" })).runId);
    const sent = JSON.stringify(model.requests.at(-1)?.messages);
    expect(sent).toContain("The house is to be blue.");
    expect(sent).toContain("Number 59 is as it was");
    expect(sent).not.toContain("Number 3 is as it was");
    for await (const finding of verifyStore(store)) throw new Error(JSON.stringify(finding));
  });

  test("answers what is said meanwhile, and a short one has nothing to sum up", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const held = gate();
    const model = scriptedModel((request) =>
      isSummary(request) ? [say("The house is"), pause(held), say(" to be blue.")] : [say("It is blue.")],
    );
    await startAgent(store, { model });
    const chatId = await longChat(store, owner);
    const { runId } = await compactChat(store, owner, chatId);
    await held.reached;
    await expect(compactChat(store, owner, chatId)).rejects.toMatchObject({ code: "conflict" });
    expect((await postMessage(store, owner, chatId, { text: "Which colour?" })).runId).toBe(runId);
    held.open();
    expect(await ended(store, runId)).toMatchObject({ state: "completed", step: 1 });
    expect((await story(store, chatId)).slice(-2)).toEqual(["assistant: It is blue.", "completed"]);
    expect(await dataOf(store, chatId, "summary")).toHaveLength(1);

    const { chat } = await createChat(store, owner, {});
    expect(await ended(store, (await compactChat(store, owner, chat.id)).runId)).toMatchObject({ state: "completed" });
    expect((await dataOf(store, chat.id, "status")).at(-1)?.message).toBe("There is not enough yet to sum up");
    expect(model.requests).toHaveLength(2);
  });

  test("is taken up again after a shutdown, waits where a limit is used up, and is for who may write there", async () => {
    const place = await engine.place();
    const first = await engine.open(place);
    const { ann, bob, owner } = await people(first);
    const chatId = await longChat(first, ann);
    await expect(compactChat(first, owner, chatId)).rejects.toMatchObject({ code: "not_found" });
    await shareChat(first, ann, chatId, { user: "bob", write: false });
    await expect(compactChat(first, bob, chatId)).rejects.toMatchObject({ code: "forbidden" });
    const held = gate();
    const agent = await startAgent(first, { model: scriptedModel([[say("The"), pause(held)]]) });
    const { runId } = await compactChat(first, ann, chatId);
    await held.reached;
    await agent.stop();
    await setLimits(first, owner, ann, { tokensPerDay: 5 });
    await first[Symbol.asyncDispose]();
    const second = await engine.open(place);
    await startAgent(second, { model: scriptedModel(() => [say("Blue.")]) });
    await expect.poll(async () => (await runRow(second.db, runId)).wait_reason).toBe("limit");
    await setLimits(second, owner, ann, { tokensPerDay: null });
    expect(await ended(second, runId)).toMatchObject({ state: "completed" });
    expect((await dataOf(second, chatId, "summary")).map(({ text }) => text)).toEqual(["Blue."]);
  });
});
