import { sql } from "kysely";
import { expect, test } from "vitest";
import { startAgent } from "../../../test/kit/agent.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { call, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { cookiesOf, spendLink } from "../../../test/kit/sign-in.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import { testTool, until } from "../../../test/kit/worker.ts";
import { getApproval, listApprovals } from "../../store/approvals/approvals.ts";
import { postMessage } from "../../store/chats/messages.ts";
import { readEvents } from "../../store/log/events.ts";
import { createToken, setToken } from "../../store/people/tokens.ts";
import { TOKEN_FILE } from "../../store/audit/via.ts";
import { getQuestion, listQuestions, type Question } from "../../store/questions/questions.ts";
import { addTask } from "../../store/tasks/add.ts";
import { policyOf } from "../../tools/policy.ts";

eachEngine("an answer", (engine) => {
  test("F97 says by which credential it came: a session, one that a passkey has begun, a token by its name, the token file, over HTTP and sockets", async () => {
    const store = await engine.store();
    const app = await chatServer(store);
    const { owner } = app.people;
    const url = await app.listen();
    const danger = { ...testTool("danger", async () => "did"), policy: policyOf("ask") };
    await startAgent(store, {
      model: scriptedModel((request) => [request.messages.length > 1 ? say("x") : call("danger")]),
      tools: [danger],
    });
    const file = "sparky_the-token-of-the-file";
    await setToken(store, owner.id, `${TOKEN_FILE}/home/ada/.sparky`, file);
    const phone = await createToken(store, owner.id, "phone");
    const another = await app.server.createLoginLink(owner);
    const byPasskey = cookiesOf(await spendLink(app.server, another.url));
    const passkey = {
      id: "k",
      user_id: owner.id,
      name: "phone",
      address: "localhost",
      credential: "c",
      public_key: "p",
    };
    const counted = { uses: 0, created_at: 0, used_at: null };
    await store.db
      .insertInto("passkeys")
      .values({ ...passkey, ...counted })
      .execute();
    await sql`UPDATE "session" SET passkey_id = 'k'`.execute(store.db);
    const link = await app.server.createLoginLink(owner);
    const cookie = (await spendLink(app.server, link.url)).headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const post = (id: string, headers: Record<string, string>) =>
      fetch(`${url}/api/approvals/${id}`, { method: "POST", headers, body: '{"decision":"approve"}' });
    const answers: readonly (readonly [via: string, answer: (id: string) => Promise<unknown>])[] = [
      ["session", (id) => post(id, { cookie })],
      ["passkey", (id) => post(id, { cookie: byPasskey })],
      ["token:phone", (id) => post(id, { authorization: `Bearer ${phone}` })],
      ["token file", (id) => post(id, { authorization: `Bearer ${file}` })],
      ["token file", (id) => app.as(owner, "POST", `/api/approvals/${id}`, { decision: "approve" })],
      [
        "token:phone",
        async (id) => {
          const client = await socketClient(url);
          client.send({ type: "hello", v: 1, token: phone });
          client.send({ type: "decide", ref: "r", approvalId: id, decision: "deny" });
          await client.first("ack");
        },
      ],
    ];
    for (const [via, answer] of answers) {
      const { task } = await addTask(store, owner, { instruction: "go" });
      const id = await until("the question", async () => {
        const { items } = await listApprovals(store, owner);
        return items.find(({ chatId }) => chatId === task.chatId)?.id;
      });
      await answer(id);
      const told = (await readEvents(store.db, task.chatId, { types: ["approval"] })).flatMap((event) =>
        event.type === "approval" && event.data.state !== "requested" ? [[event.data.by, event.data.via]] : [],
      );
      expect(told).toEqual([["owner", via]]);
      expect(await getApproval(store, owner, id)).toMatchObject({ by: "owner", via });
    }
  });

  test("F97 to a question says the same, or that it was written in the chat", async () => {
    const store = await engine.store();
    const app = await chatServer(store);
    const { owner } = app.people;
    const url = await app.listen();
    await startAgent(store, {
      model: scriptedModel((request) => [
        request.messages.length > 1 ? say("x") : call("ask_user", { question: "Which?" }),
      ]),
    });
    const phone = await createToken(store, owner.id, "phone");
    const words = '{"answer":"this one"}';
    const byToken = { method: "POST", headers: { authorization: `Bearer ${phone}` }, body: words };
    const answers: readonly (readonly [via: string, answer: (asked: Question) => Promise<unknown>])[] = [
      ["token:phone", ({ id }) => fetch(`${url}/api/questions/${id}`, byToken)],
      ["token file", ({ id }) => app.as(owner, "POST", `/api/questions/${id}`, { answer: "this one" })],
      ["message", ({ chatId }) => postMessage(store, owner, chatId, { text: "this one" })],
    ];
    for (const [via, answer] of answers) {
      const { task } = await addTask(store, owner, { instruction: "go" });
      const asked = await until("the question", async () => {
        const { items } = await listQuestions(store, owner);
        return items.find(({ chatId }) => chatId === task.chatId);
      });
      await answer(asked);
      const told = await until("the answer", async () => {
        const events = await readEvents(store.db, task.chatId, { types: ["question"] });
        return events.flatMap(({ type, data }) => (type === "question" && data.state === "answered" ? [data] : []))[0];
      });
      expect([told.by, told.via, told.answer]).toEqual(["owner", via, "this one"]);
      expect(await getQuestion(store, owner, asked.id)).toMatchObject({ by: "owner", via });
    }
  });

  test("is taken only from a person in a browser where SPARKY_APPROVE_BY says so, and refused as a whole otherwise", async () => {
    const store = await engine.store();
    const app = await chatServer(store, { approveBy: "session" });
    const { owner } = app.people;
    const url = await app.listen();
    const danger = { ...testTool("danger", async () => "did"), policy: policyOf("ask") };
    await startAgent(store, {
      model: scriptedModel((request) => [request.messages.length > 1 ? say("x") : call("danger")]),
      tools: [danger],
    });
    const phone = await createToken(store, owner.id, "phone");
    const { task } = await addTask(store, owner, { instruction: "go" });
    const id = await until("the question", async () => (await listApprovals(store, owner)).items[0]?.id);
    const post = (path: string, headers: Record<string, string>, body: object = { decision: "approve" }) =>
      fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const bearer = { authorization: `Bearer ${phone}` };
    expect((await post(`/api/approvals/${id}`, bearer)).status).toBe(403);
    expect((await app.as(owner, "POST", `/api/approvals/${id}`, { decision: "approve" })).status).toBe(403);
    const client = await socketClient(url);
    client.send({ type: "hello", v: 1, token: phone });
    client.send({ type: "decide", ref: "r", approvalId: id, decision: "approve" });
    expect(await client.first("error")).toMatchObject({ ref: "r", code: "forbidden" });
    const tools = { decision: "approve", tools: [{ tool: "echo", digest: "0".repeat(64) }] };
    expect((await post("/api/changes/tools/odd", bearer, tools)).status).toBe(403);
    expect((await post("/api/skills/x/approve", bearer, { hash: "0".repeat(64) })).status).toBe(403);
    expect((await getApproval(store, owner, id)).state).toBe("requested");
    const link = await app.server.createLoginLink(owner);
    const cookie = (await spendLink(app.server, link.url)).headers.getSetCookie()[0]?.split(";")[0] ?? "";
    expect((await post(`/api/approvals/${id}`, { cookie })).status).toBe(200);
    await until(
      "the call",
      async () => (await readEvents(store.db, task.chatId, { types: ["tool_result"] })).length > 0,
    );
  });
});
