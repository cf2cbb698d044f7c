import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import type { Store } from "../database/store.ts";
import { readEvents } from "../log/events.ts";
import { away, markAwaySeen } from "../overview/away.ts";
import { addAccount, changeAccount } from "../people/accounts.ts";
import type { User } from "../people/user.ts";
import { claimRuns } from "../runs/claim.ts";
import { addTask } from "../tasks/add.ts";
import { createChat } from "./chats.ts";
import { forkChat } from "./fork.ts";
import { mentionable } from "./mentions.ts";
import { postMessage } from "./messages.ts";
import { shareChat, unshareChat } from "./shares.ts";

eachEngine("a mention", (engine) => {
  /** A chat of Ann's in which Bob writes and a viewer, Vera, watches. */
  async function scene() {
    const store = await engine.store();
    const { owner, agent, ann, bob } = await people(store);
    const vera = await addAccount(store, "vera", "viewer");
    const { chat } = await createChat(store, ann, { title: "The garden" });
    await shareChat(store, ann, chat.id, { user: "bob", write: true });
    await shareChat(store, ann, chat.id, { user: "vera", write: false });
    const say = (who: User, text: string, key?: string) => postMessage(store, who, chat.id, { text, key });
    return { store, owner, agent, ann, bob, vera: { ...vera, role: "viewer" } as User, chat: chat.id, say };
  }

  const toldTo = async (store: Store, viewer: User) =>
    (await away(store, viewer)).items.flatMap(({ kind, chatId, seq, title, reason }) =>
      kind === "mentioned" ? [{ chatId, seq, title, reason }] : [],
    );
  const mentioned = async (store: Store, chat: string) =>
    (await readEvents(store.db, chat, { types: ["message"] })).map(({ data }) =>
      "mentions" in data ? data.mentions?.map(({ name }) => name) : undefined,
    );

  test("is told to whom it means and to nobody else, once however often it is sent, until it is seen", async () => {
    const { store, ann, bob, vera, chat, say } = await scene();
    const { seq } = await say(ann, "Water it, @Bob. `@vera`", "k");
    await say(ann, "Water it, @Bob. `@vera`", "k");
    const told = { chatId: chat, seq, title: "The garden", reason: "ann: Water it, @Bob. `@vera`" };
    expect(await toldTo(store, bob)).toEqual([told]);
    expect((await away(store, bob)).totals).toMatchObject({ mentioned: 1, inputTokens: 0 });
    expect([await toldTo(store, ann), await toldTo(store, vera)]).toEqual([[], []]);
    await markAwaySeen(store, bob, { [chat]: seq });
    expect(await toldTo(store, bob)).toEqual([]);
    await say(bob, `@ann it is done, \\"mentions\\":[ ${"x".repeat(1000)}`);
    expect(await toldTo(store, ann)).toMatchObject([{ reason: expect.stringMatching(/^bob: @ann it is done, .*x…$/) }]);
  });

  test("ends with the share, and is none of somebody who cannot see the chat, is shut out, speaks, or is the agent", async () => {
    const { store, owner, agent, ann, bob, chat, say } = await scene();
    expect(await mentionable(store, bob, chat)).toEqual(["ann", "vera"]);
    await say(ann, "@bob @vera @owner @ann @agent @nobody");
    await changeAccount(store, "vera", { disabled: true });
    await say(bob, "@vera @bob");
    expect(await mentioned(store, chat)).toEqual([["bob", "vera"], undefined]);
    expect(await toldTo(store, owner)).toEqual([]);
    expect(await mentionable(store, bob, chat)).toEqual(["ann"]);
    await expect(mentionable(store, owner, chat)).rejects.toMatchObject({ code: "not_found" });
    expect(await toldTo(store, bob)).toHaveLength(1);
    await unshareChat(store, ann, chat, "bob");
    expect([await toldTo(store, bob), await toldTo(store, agent)]).toEqual([[], []]);
    // Whoever is let in again has it before them again.
    await shareChat(store, ann, chat, { user: "bob", write: false });
    expect(await toldTo(store, bob)).toHaveLength(1);
  });

  test("in the agent’s chats means its owners and who shares them; the agent itself and instructions mention nobody", async () => {
    const { store, owner, agent, ann, bob } = await scene();
    const { task } = await addTask(store, ann, { instruction: "Ask @owner and @bob" });
    await postMessage(store, ann, task.chatId, { text: "@owner, @bob: look" });
    await postMessage(store, agent, task.chatId, { text: "@owner and @ann" });
    expect(await mentionable(store, owner, task.chatId)).toEqual(["ann"]);
    expect(await claimRuns(store, { kind: "task", limit: 1 })).toHaveLength(1);
    expect(await mentioned(store, task.chatId)).toEqual([["owner"], undefined, undefined]);
    expect([await toldTo(store, bob), (await toldTo(store, owner)).length]).toEqual([[], 1]);
  });

  test("stays behind when a chat is made from this one: nobody who comes there later was meant", async () => {
    const { store, ann, bob, chat, say } = await scene();
    const { seq } = await say(ann, "@bob look");
    const fork = (await forkChat(store, ann, chat, { seq, text: "@bob again" })).chat.id;
    await shareChat(store, ann, fork, { user: "bob", write: false });
    expect(await mentioned(store, fork)).toEqual([undefined, undefined]);
    expect((await toldTo(store, bob)).map(({ chatId }) => chatId)).toEqual([chat]);
  });
});
