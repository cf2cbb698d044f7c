import { expect, onTestFinished, test } from "vitest";
import { scheduleTools } from "../../../src/builtin-tools/schedules.ts";
import { taskTools } from "../../../src/builtin-tools/tasks.ts";
import { addAccount } from "../../../src/store/people/accounts.ts";
import type { User } from "../../../src/store/people/user.ts";
import { policyOf } from "../../../src/tools/policy.ts";
import { approvalSchema, type Approval } from "../../../src/wire/approvals.ts";
import { startAgent } from "../../kit/agent.ts";
import { chatServer } from "../../kit/chat-server.ts";
import { eachEngine, type Engine } from "../../kit/databases.ts";
import { call, say, scriptedModel } from "../../kit/scripted-model.ts";
import { testTool, until } from "../../kit/worker.ts";

// Self-approval: whoever can get words to the agent also says yes to what they make it do outside. Cleo is an admin, Ann a member.

const HOUR_MS = 3_600_000;

/** The agent obeys the last thing it was told, by whomever: `send X` reaches outside and asks first. */
async function scene(engine: Engine) {
  const store = await engine.store();
  const ran: string[] = [];
  const send = testTool("send", async (text) => {
    ran.push(text);
    return "sent";
  });
  const model = scriptedModel(({ messages }) => {
    const told = JSON.stringify(messages.at(-1)?.content ?? "");
    const [, word] = /(?:^|\W)send (\w+)/.exec(told) ?? [];
    if (told.includes("delegate")) return [call("delegate", { tasks: [{ instruction: `send ${word}` }] })];
    if (told.includes("plan"))
      return [call("schedule_add", { name: "hers", when: "every(1 hour)", prompt: "send memory" })];
    if (told.includes("ask me")) return [call("ask_user", { question: "What now?" })];
    return word === undefined ? [say("ended")] : [call("send", { text: word })];
  });
  const app = await chatServer(store);
  const tools = [{ ...send, effect: "external" as const, policy: policyOf("ask") }];
  const agent = await startAgent(store, { model, tools: [...tools, ...taskTools(store), ...scheduleTools(store)] });
  onTestFinished(() => agent.stop());
  const { ann } = app.people;
  const cleo = { ...(await addAccount(store, "cleo", "admin")), role: "admin" } as const satisfies User;
  const done = async (who: User, method: string, path: string, body: object) => {
    const answer = await app.as(who, method, path, body);
    expect([path, answer.status < 300, answer.body]).toEqual([path, true, answer.body]);
    return answer.body;
  };
  const asked = (of: User, what: string): Promise<Approval> =>
    until(`the question for ${what}`, async () => {
      const { items } = (await app.as(of, "GET", "/api/approvals")).body;
      return items.map((item: unknown) => approvalSchema.parse(item)).find(({ summary }: Approval) => summary === what);
    });
  const answer = async (who: User, { id }: Approval, body: object): Promise<[number, string | undefined]> => {
    const { status, body: told } = await app.as(who, "POST", `/api/approvals/${id}`, body);
    return [status, told.error?.code];
  };
  const chat = async (of: User, ...shares: readonly { readonly user: string; readonly write: boolean }[]) => {
    const { id } = await done(of, "POST", "/api/chats", { title: "Private matters" });
    for (const share of shares) await done(of, "POST", `/api/chats/${id}/shares`, share);
    return id as string;
  };
  const tell = (who: User, chatId: string, text: string) =>
    done(who, "POST", `/api/chats/${chatId}/messages`, { text });
  return { ...app, store, ann, cleo, ran, done, asked, answer, chat, tell };
}

const YES = { decision: "approve" };
const FORBIDDEN = [403, "forbidden"];
const CLEO_WRITES = { user: "cleo", write: true };

eachEngine("an admin says no yes to what they have made the agent do outside", (engine) => {
  test("by a task of their own, or what that delegates", async () => {
    const { cleo, done, asked, answer, people } = await scene(engine);
    await done(cleo, "POST", "/api/tasks", { instruction: "send one" });
    expect(await answer(cleo, await asked(cleo, "one"), YES)).toEqual(FORBIDDEN);
    await done(cleo, "POST", "/api/tasks", { instruction: "delegate send two" });
    const two = await asked(cleo, "two");
    expect(await answer(cleo, two, YES)).toEqual(FORBIDDEN);
    expect(await answer(people.owner, two, YES)).toEqual([200, undefined]);
  });

  test("by words in a chat that is shared with them: a message, one into a task, a changed task, an answer, what is delegated", async () => {
    const { ann, cleo, done, asked, answer, chat, tell, as } = await scene(engine);
    const message = await chat(ann, CLEO_WRITES);
    await tell(cleo, message, "send one");
    expect(await answer(cleo, await asked(cleo, "one"), YES)).toEqual(FORBIDDEN);
    const delegated = await chat(ann, CLEO_WRITES);
    await tell(cleo, delegated, "delegate send two");
    expect(await answer(cleo, await asked(cleo, "two"), YES)).toEqual(FORBIDDEN);
    const changed = await chat(ann, CLEO_WRITES);
    const runAt = new Date(Date.now() + HOUR_MS).toISOString();
    const later = await done(ann, "POST", "/api/tasks", { instruction: "wait", chatId: changed, runAt });
    await done(cleo, "PATCH", `/api/tasks/${later.id}`, { instruction: "send three", runAt: null });
    expect(await answer(cleo, await asked(cleo, "three"), YES)).toEqual(FORBIDDEN);
    const into = await chat(ann, CLEO_WRITES);
    await done(ann, "POST", "/api/tasks", { instruction: "send fine", chatId: into });
    await asked(ann, "fine");
    await tell(cleo, into, "send four");
    expect(await answer(cleo, await asked(cleo, "four"), YES)).toEqual(FORBIDDEN);
    const question = await chat(ann, CLEO_WRITES);
    await tell(ann, question, "ask me");
    const open = await until("the question", async () => (await as(cleo, "GET", "/api/questions")).body.items[0]);
    await done(cleo, "POST", `/api/questions/${open.id}`, { answer: "send five" });
    expect(await answer(cleo, await asked(cleo, "five"), YES)).toEqual(FORBIDDEN);
  });

  test("by a note: what the agent reads is for who may write in its chat", async () => {
    const { ann, cleo, asked, answer, chat, tell, people } = await scene(engine);
    await tell(ann, await chat(ann), "send fine");
    const fine = await asked(cleo, "fine");
    for (const who of [cleo, people.owner])
      expect(await answer(who, fine, { decision: "deny", note: "send evil" })).toEqual(FORBIDDEN);
    expect(await answer(cleo, fine, { decision: "deny" })).toEqual([200, undefined]);
  });

  test("by a standing yes: it counts no more where its giver may write, nor when they may say yes no more", async () => {
    const { ann, cleo, asked, answer, chat, tell, done, ran, people } = await scene(engine);
    const until = { ...YES, scope: `until ${new Date(Date.now() + HOUR_MS).toISOString()}` };
    const chatId = await chat(ann);
    await tell(ann, chatId, "send one");
    expect(await answer(cleo, await asked(cleo, "one"), until)).toEqual([200, undefined]);
    await tell(ann, chatId, "send two");
    await expect.poll(() => ran).toEqual(["one", "two"]);
    await done(ann, "POST", `/api/chats/${chatId}/shares`, CLEO_WRITES);
    await tell(cleo, chatId, "send three");
    expect(await answer(cleo, await asked(cleo, "three"), YES)).toEqual(FORBIDDEN);
    await done(people.owner, "PATCH", "/api/users/cleo", { disabled: true });
    await tell(ann, await chat(ann), "send four");
    expect(await answer(people.owner, await asked(people.owner, "four"), YES)).toEqual([200, undefined]);
  });
});

eachEngine("a yes for somebody else", (engine) => {
  test("makes nothing of theirs one's own: what a member's run plans is the member's", async () => {
    const { ann, asked, answer, chat, tell, as, people } = await scene(engine);
    const names = async (who: User) =>
      (await as(who, "GET", "/api/schedules")).body.items.map((s: { name: string }) => s.name);
    const plans = "hers every(1 hour): send memory";
    await tell(ann, await chat(ann), "plan");
    expect(await answer(people.owner, await asked(people.owner, plans), YES)).toEqual([200, undefined]);
    await expect.poll(() => names(ann)).toEqual(["hers"]);
    expect(await names(people.owner)).toEqual([]);
  });

  test("shows nothing else of theirs: not what they answered, nor in the audit what is done in their chats", async () => {
    const { ann, cleo, asked, answer, chat, tell, as, done, people } = await scene(engine);
    await tell(ann, await chat(ann), "send fine");
    await answer(ann, await asked(ann, "fine"), { decision: "deny", note: "private words" });
    expect((await as(cleo, "GET", "/api/approvals?state=all")).body.items).toEqual([]);
    const owners = await chat(people.owner, { user: "ann", write: true });
    await tell(people.owner, owners, "send fine");
    await answer(ann, await asked(ann, "fine"), { decision: "deny" });
    await done(ann, "POST", "/api/tokens", { name: "hers", scopes: ["read"] });
    expect((await as(ann, "DELETE", `/api/chats/${owners}`)).status).toBe(204);
    const audit = (await as(cleo, "GET", "/api/audit")).body.items;
    expect(audit.map(({ kind }: { kind: string }) => kind)).toEqual(["token.made"]);
  });

  test("lets nobody write where they only watch: what a chat delegates is shared as the chat is", async () => {
    const { ann, asked, chat, tell, as, people } = await scene(engine);
    const id = await chat(ann, { user: "bob", write: false });
    await tell(ann, id, "delegate send one");
    const { chatId, canDecide } = await asked(people.bob, "one");
    expect(canDecide).toBe(false);
    for (const each of [id, chatId])
      expect((await as(people.bob, "POST", `/api/chats/${each}/messages`, { text: "send two" })).status).toBe(403);
  });
});
