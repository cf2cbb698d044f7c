import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { askQuestion } from "../../src/store/questions/ask.ts";
import { requestApprovals } from "../../src/store/approvals/approvals.ts";
import { claimRuns } from "../../src/store/runs/claim.ts";
import { appendResult } from "../../src/store/runs/record.ts";
import type { OpenApi } from "../docs/http-page.ts";
import { chatServer } from "../kit/chat-server.ts";
import { eachEngine } from "../kit/databases.ts";
import { addGraph, person } from "../kit/graph.ts";
import { spendLink } from "../kit/sign-in.ts";
import { tempHome } from "../kit/temp-home.ts";

/** Stands in every text of Ann's: nobody else is ever told it. */
const MARK = "quokka";
const SKILL = `${MARK}-skill`;

/** Whose thing a path names, by its beginning: the longest one counts. */
type Things = { readonly [start: string]: string };

/** Bodies that a route would take from the owner of the thing. */
const BODIES: { readonly [route: string]: object } = {
  "POST /api/chats/{id}/messages": { text: "hello" },
  "POST /api/chats/{id}/seen": { seq: 1 },
  "POST /api/chats/{id}/pin": { pinned: true },
  "POST /api/chats/{id}/tags": { add: ["tea"] },
  "POST /api/chats/{id}/fork": { seq: 1 },
  "POST /api/chats/{id}/shares": { user: "owner" },
  "POST /api/approvals/{id}": { decision: "approve" },
  "POST /api/questions/{id}": { answer: "yes" },
  "POST /api/skills/{name}/approve": { hash: "0".repeat(64) },
  "POST /api/skills/{name}/refuse": { hash: "0".repeat(64) },
  "PATCH /api/users/{name}": { disabled: true },
  "PATCH /api/users/{name}/limits": { tokensPerDay: 5 },
  "POST /api/users/{name}/password": { password: "a password of bob's" },
  "PATCH /api/tools/{name}": { policy: { chat: "allow" } },
  "POST /api/mcp/servers/{name}/approve": { tool: "echo", digest: "0".repeat(64) },
  "POST /api/changes/tools/{server}": { decision: "refuse", tools: [{ tool: "echo", digest: "0".repeat(64) }] },
  "POST /api/prompts/{server}/{name}": { arguments: {} },
  "POST /api/prompts/{name}": { arguments: {} },
  "POST /api/mcp/servers/{name}/call": { tool: "echo", args: {} },
};

/** Places where only the owner has things: a member is told so, whatever the name. */
const OWNERS = [
  "/api/secrets/",
  "/api/invites/",
  "/api/tools/",
  "/api/mcp/servers/",
  "/api/models/providers/",
  "/api/changes/tools/",
  "/api/prompts/{name}",
];

eachEngine("another user's things", (engine) => {
  test("F16 are not found by any route, list, search, count or export, and nothing of them changes", async () => {
    const home = await tempHome();
    const store = await engine.store({ home });
    const skillRoots = { home, personal: home, shipped: null, workspaces: join(home, "workspace") };
    const { server, as, people } = await chatServer(store, { skillRoots });
    const { ann, bob } = people;
    const made = async (path: string, body: object): Promise<{ id: string; runId: string; seq: number }> => {
      const answer = await as(ann, "POST", path, body);
      expect(answer.status, path).toBeLessThan(300);
      return answer.body;
    };
    const chat = await made("/api/chats", { title: `${MARK} chat` });
    const message = await made(`/api/chats/${chat.id}/messages`, { text: `${MARK} message` });
    const [run] = await claimRuns(store, { kind: "turn", limit: 1 });
    if (run === undefined) throw new Error("no run");
    const call = { tool: "shell", args: { command: MARK } } as const;
    const asked = ["c1", "c2"].map((callId) => ({ ...call, callId, summary: `${MARK} ${callId}` }));
    await requestApprovals(store, run, asked, 60_000);
    const question = { callId: "c3", tool: "ask_user", text: MARK, choices: [], form: undefined, kept: null };
    await askQuestion(store, run, question, 60_000);
    const questions = (await as(ann, "GET", "/api/questions")).body.items;
    const task = await made("/api/tasks", { instruction: `${MARK} task`, runAt: "2999-01-01T00:00:00Z" });
    await made("/api/schedules", { name: `${MARK}-schedule`, when: "every(1 hour)", prompt: `${MARK} prompt` });
    const approvals = (await as(ann, "GET", "/api/approvals")).body.items;
    await made(`/api/approvals/${approvals[0].id}`, { decision: "approve", scope: "run" });
    const [grant] = (await as(ann, "GET", "/api/grants")).body.items;
    const outcome = { ok: true, result: MARK.repeat(10_000) } as const;
    await store.transact((tx) =>
      appendResult(tx, run, { callId: "c1", name: "shell", step: 1, durationMs: 1, outcome }, []),
    );
    const blob = await store.db.selectFrom("blobs").select("id").executeTakeFirstOrThrow();
    expect(
      (await as(people.owner, "POST", "/api/secrets", { name: MARK, value: "known to the owner alone" })).status,
    ).toBe(200);
    const { nodes } = await addGraph(store, ann.id, [person(MARK), person(`${MARK} 2`)]);
    const [changed] = (await as(ann, "GET", "/api/graph/changes")).body.items;
    const fact = await made("/api/facts", { subject: nodes[0]?.id, text: `${MARK} fact` });
    const token = await made("/api/tokens", { name: `${MARK} token`, scopes: ["read"] });
    const skill = join(home, "workspace/ann/.agents/skills", SKILL);
    await mkdir(skill, { recursive: true });
    await writeFile(join(skill, "SKILL.md"), `---\nname: ${SKILL}\ndescription: ${MARK}\n---\n${MARK}\n`);
    await spendLink(server, (await server.createLoginLink(ann)).url);
    const [session] = (await as(ann, "GET", "/api/sessions")).body.items;
    const things: Things = {
      "/api/skills/": SKILL,
      "/api/chats/": chat.id,
      "/api/runs/": message.runId,
      "/api/tasks/": task.id,
      "/api/schedules/": `${MARK}-schedule`,
      "/api/approvals/": approvals[1].id,
      "/api/questions/": questions[0].id,
      "/api/grants/": grant.id,
      "/api/blobs/": blob.id,
      "/api/graph/nodes/": nodes[0]?.id ?? "",
      "/api/graph/changes/": String(changed.id),
      "/api/graph/neighbors/": nodes[0]?.id ?? "",
      "/api/facts/": fact.id,
      "/api/entities/": nodes[0]?.id ?? "",
      "/api/tokens/": token.id,
      "/api/users/": "ann",
      "/api/sessions/": session.id,
      "/api/prompts/": MARK,
    };
    const response = await server.fetch(new Request("http://127.0.0.1:8000/openapi.json"));
    const { paths } = (await response.json()) as OpenApi;
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    const logged = async () => store.db.selectFrom("events").selectAll().orderBy("chat_id").orderBy("seq").execute();
    const before = await logged();

    for (const { method, path } of routes.filter(({ path }) => path.includes("{"))) {
      if (OWNERS.some((each) => path.startsWith(each))) {
        const asks = ["nope", MARK].map((name) =>
          as(bob, method, path.replace(/\{\w+\}/, name), BODIES[`${method} ${path}`]),
        );
        const [none, some] = await Promise.all(asks);
        expect([method, path, some?.status, some?.body.error.code]).toEqual([method, path, 403, "forbidden"]);
        expect(some?.body).toEqual(none?.body);
        continue;
      }
      const start = Object.keys(things).find((each) => path.startsWith(each));
      expect(start, `${path}: which thing of Ann's is it about?`).toBeDefined();
      const url = path.replace(/\{\w+\}/g, things[start ?? ""] ?? "");
      const body = method === "GET" ? undefined : (BODIES[`${method} ${path}`] ?? {});
      const { status, body: answer } = await as(bob, method, url, body);
      expect([method, path, status, answer?.error.code]).toEqual([method, path, 404, "not_found"]);
      // That is the answer for a thing that does not exist at all, but for its name.
      const none = await as(bob, method, url.replaceAll(things[start ?? ""] ?? "", "nope"), body);
      const plain = (text: string): string => text.replaceAll(things[start ?? ""] ?? "", "nope");
      expect([method, path, plain(JSON.stringify(answer))]).toEqual([method, path, JSON.stringify(none.body)]);
    }

    const secrets = [MARK, ...Object.values(things).filter((each) => each !== "ann" && !/^\d+$/.test(each))];
    const told = (text: string): readonly string[] => secrets.filter((secret) => text.includes(secret));
    const lists = routes.filter(({ method, path }) => method === "GET" && !path.includes("{") && path !== "/health");
    const narrowed = [
      "/api/graph/search?q=",
      "/api/search?q=",
      "/api/recall?q=",
      "/api/tasks?search=",
      "/api/graph/search?name=",
    ];
    const prefixed = ["/api/chats", "/api/tasks", "/api/approvals", "/api/grants", "/api/graph/search"].map(
      (path) => `${path}?prefix=${things[`${path.replace("search", "nodes")}/`]?.slice(0, 4) ?? ""}`,
    );
    const exports = ["json", "jsonl", "dot", "graphml", "cypher", "csv", "md"].map(
      (format) => `/api/graph/export?format=${format}`,
    );
    const known = new Set(routes.map(({ path }) => path));
    const asks = [
      ...lists.map(({ path }) => path),
      ...narrowed.map((path) => path + MARK),
      ...prefixed,
      ...exports,
      // What a `recall` event of a chat that both read may name.
      `/api/recall/items?ids=${chat.id}.${message.seq},${nodes[0]?.id},${fact.id}`,
      `/api/facts?status=all&about=${nodes[0]?.id}`,
      `/api/tasks?chatId=${chat.id}`,
    ].filter((path) => known.has(path.split("?")[0] ?? ""));
    expect(asks.length).toBeGreaterThan(15);
    let shown = 0;
    for (const path of asks) {
      const get = async (viewer: typeof ann): Promise<string> =>
        (await server.fetch(new Request(`http://127.0.0.1:8000${path}`), { viewer })).text();
      const theirs = await get(bob);
      // The query itself may be told back.
      expect([path, told(theirs.replaceAll(`"query":"${MARK}"`, ""))]).toEqual([path, []]);
      shown += told(await get(ann)).length > 0 ? 1 : 0;
    }
    // Ann is shown hers by the same requests.
    expect(shown).toBeGreaterThan(10);
    expect((await as(bob, "GET", "/api/status")).body).toMatchObject({ tasks: { total: 0 }, running: [], next: [] });
    const counts = (await as(bob, "GET", "/api/graph/stats")).body;
    expect(counts).toMatchObject({ nodes: 0, edges: 0 });
    // What it says of others is the same, whatever they have.
    await store.db.deleteFrom("facts").execute();
    await store.db.deleteFrom("nodes").where("owner_id", "=", ann.id).execute();
    expect((await as(bob, "GET", "/api/graph/stats")).body).toEqual(counts);
    expect(await logged()).toEqual(before);
  });
});
