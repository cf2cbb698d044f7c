import { expect, onTestFinished, test } from "vitest";
import { startAgent } from "../../../test/kit/agent.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, type Engine } from "../../../test/kit/databases.ts";
import { call, say, scriptedModel, untimed } from "../../../test/kit/scripted-model.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import { testTool, until } from "../../../test/kit/worker.ts";
import type { Effect } from "../../core/events.ts";
import { addAccount } from "../../store/people/accounts.ts";
import type { User } from "../../store/people/user.ts";
import { policyOf } from "../../tools/policy.ts";
import { approvalSchema, type Approval } from "../../wire/approvals.ts";

/** A message makes the agent call the tool that asks first: `send` reaches outside, `note` does not. */
async function scene(engine: Engine) {
  const store = await engine.store();
  const ran: string[] = [];
  const tool = (name: string, effect: Effect) => ({
    ...testTool(name, async (text) => {
      ran.push(text);
      return "done";
    }),
    effect,
    policy: policyOf("ask"),
  });
  const model = scriptedModel(({ messages }) => {
    const last = untimed(messages).at(-1);
    const [, name = "", text = ""] = /^(send|note) (.*)$/.exec(String(last?.content)) ?? [];
    return last?.role === "user" ? [call(name, { text })] : [say("ended")];
  });
  const app = await chatServer(store);
  const agent = await startAgent(store, { model, tools: [tool("send", "external"), tool("note", "write")] });
  onTestFinished(() => agent.stop());
  const { ann } = app.people;
  const admin = { ...(await addAccount(store, "cleo", "admin")), role: "admin" } as const satisfies User;
  const open = async (viewer: User): Promise<readonly Approval[]> =>
    (await app.as(viewer, "GET", "/api/approvals")).body.items.map((item: unknown) => approvalSchema.parse(item));
  /** Says something in a chat of `of`, and returns what is asked then. */
  const asked = async (of: User, text: string, by: User = of, chat?: string) => {
    const chatId = chat ?? (await app.as(of, "POST", "/api/chats", { title: "A private matter" })).body.id;
    const said = await app.as(by, "POST", `/api/chats/${chatId}/messages`, { text });
    expect(said.status).toBeLessThan(300);
    const approval = await until("what is asked", async () =>
      (await open(of)).find((item) => item.chatId === chatId && item.runId === said.body.runId),
    );
    return { chatId, approval, path: `/api/approvals/${approval.id}` };
  };
  const answer = async (
    who: User,
    path: string,
    decision: "approve" | "deny",
  ): Promise<[number, string | undefined]> => {
    const { status, body } = await app.as(who, "POST", path, { decision });
    return [status, body.error?.code];
  };
  return { ...app, ann, admin, ran, open, asked, answer };
}

const FORBIDDEN = [403, "forbidden"];

eachEngine("who says yes", (engine) => {
  test("to what a member's run is about to do is an owner or an admin, who see that call and nothing else of the chat", async () => {
    const { as, people, ann, admin, ran, open, asked, answer } = await scene(engine);
    const { owner, bob } = people;
    const { chatId, approval, path } = await asked(ann, "send one");
    expect(approval).toMatchObject({
      chatTitle: "A private matter",
      chatOwner: "ann",
      canDecide: true,
      canApprove: false,
    });
    expect(await answer(ann, path, "approve")).toEqual(FORBIDDEN);
    expect(await open(bob)).toEqual([]);
    for (const who of [owner, admin]) {
      expect(await open(who)).toMatchObject([
        {
          id: approval.id,
          args: { text: "one" },
          chatTitle: "",
          canSee: false,
          chatOwner: "ann",
          canDecide: true,
          canApprove: true,
        },
      ]);
      expect((await as(who, "GET", "/api/status")).body.waiting.approvals).toBe(1);
      expect((await as(who, "GET", `/api/chats/${chatId}`)).status).toBe(404);
      expect((await as(who, "GET", `/api/chats/${chatId}/events`)).status).toBe(404);
    }
    expect(await answer(admin, path, "approve")).toEqual([200, undefined]);
    await until("the call", async () => ran.includes("one"));
    expect(await answer(owner, path, "deny")).toEqual([409, "conflict"]);
    // Whoever has asked for it may say no.
    const second = await asked(ann, "send two", ann, chatId);
    expect(await answer(ann, second.path, "deny")).toEqual([200, undefined]);
    expect(ran).toEqual(["one"]);
  });

  test("is not who has asked for it where it reaches outside, but for an owner", async () => {
    const { people, ann, admin, ran, open, asked, answer } = await scene(engine);
    const { owner } = people;
    const outside = await asked(admin, "send one");
    expect(outside.approval).toMatchObject({ canDecide: true, canApprove: false });
    expect(await answer(admin, outside.path, "approve")).toEqual(FORBIDDEN);
    expect(await open(owner)).toMatchObject([{ chatOwner: "cleo", canApprove: true }]);
    expect(await answer(owner, outside.path, "approve")).toEqual([200, undefined]);
    // What stays inside an admin answers for.
    expect(await answer(admin, (await asked(admin, "note two")).path, "approve")).toEqual([200, undefined]);
    expect(await answer(ann, (await asked(ann, "note three")).path, "approve")).toEqual(FORBIDDEN);
    expect(await answer(owner, (await asked(owner, "send four")).path, "approve")).toEqual([200, undefined]);
    await until("the calls", async () => ran.length === 3);
    expect(ran.toSorted()).toEqual(["four", "one", "two"]);
  });

  test("is not who writes in another's chat: not an admin who has said there what to do, nor a member", async () => {
    const { as, people, ann, admin, open, asked, answer } = await scene(engine);
    const { owner, bob } = people;
    const chatId = (await as(ann, "POST", "/api/chats", { title: "Ours" })).body.id;
    for (const user of ["cleo", "bob"]) {
      const shared = await as(ann, "POST", `/api/chats/${chatId}/shares`, { user, write: true });
      expect(shared.status).toBeLessThan(300);
    }
    const byAdmin = await asked(ann, "send one", admin, chatId);
    expect(await answer(admin, byAdmin.path, "approve")).toEqual(FORBIDDEN);
    expect(await answer(bob, byAdmin.path, "approve")).toEqual(FORBIDDEN);
    expect(await answer(bob, byAdmin.path, "deny")).toEqual([200, undefined]);
    // Nor to what Ann has asked for there: nobody can tell whose idea it was.
    const byAnn = await asked(ann, "send two", ann, chatId);
    expect(await answer(admin, byAnn.path, "approve")).toEqual(FORBIDDEN);
    expect(await answer(owner, byAnn.path, "approve")).toEqual([200, undefined]);
    // An owner's own are nobody else's to see.
    const mine = await asked(owner, "send three");
    expect(await open(admin)).toEqual([]);
    expect(await answer(admin, mine.path, "approve")).toEqual([404, "not_found"]);
  });

  test("is told of it at once, and no more after being made a member", async () => {
    const { as, people, ann, admin, listen, token, asked, answer } = await scene(engine);
    const device = await socketClient(await listen());
    device.send({ type: "hello", v: 1, token: await token(admin) });
    await device.first("welcome");
    const { path } = await asked(ann, "send one");
    await device.first("changed", ({ topic }) => topic === "approvals");
    expect((await as(people.owner, "PATCH", "/api/users/cleo", { role: "member" })).status).toBe(200);
    expect(await answer({ ...admin, role: "member" }, path, "approve")).toEqual([404, "not_found"]);
  });
});
