import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { requestApprovals } from "../../src/store/approvals/approvals.ts";
import type { Store } from "../../src/store/database/store.ts";
import { askQuestion } from "../../src/store/questions/ask.ts";
import { claimRuns } from "../../src/store/runs/claim.ts";
import { appendResult } from "../../src/store/runs/record.ts";
import type { ChatServer } from "../kit/chat-server.ts";
import { form } from "../kit/files.ts";
import { addGraph, person } from "../kit/graph.ts";
import { cookiesOf, spendLink } from "../kit/sign-in.ts";

/** Stands in every text of Ann's: who may not see hers is never told it. */
export const MARK = "quokka";

export interface AnnsThings {
  /** What of hers a path names, by its beginning: the first one counts. */
  readonly named: { readonly [start: string]: string };
  readonly chatId: string;
  readonly taskId: string;
  /** Of a message in the chat. */
  readonly seq: number;
  readonly factId: string;
  readonly nodes: readonly [string, string];
  /** To her chat. */
  readonly link: { readonly id: string; readonly token: string };
  /** Of her browser. */
  readonly cookie: string;
}

/** One of everything that a person can have, made by Ann and hers alone; and a secret and an invitation of the owner's. */
export async function annsThings(store: Store, home: string, { server, as, people }: ChatServer): Promise<AnnsThings> {
  const { ann } = people;
  const made = async (path: string, body: object): Promise<{ id: string; runId: string; seq: number }> => {
    const answer = await as(ann, "POST", path, body);
    expect(answer.status, path).toBeLessThan(300);
    return answer.body;
  };
  const chat = await made("/api/chats", { title: `${MARK} chat` });
  const body = form(`${MARK}.txt`, MARK);
  const sent = await server.fetch(new Request("http://127.0.0.1:8000/api/files", { method: "POST", body }), {
    viewer: ann,
  });
  const file = (await sent.json()) as { readonly id: string };
  const words = { text: `${MARK} message`, attachments: [file.id] };
  const message = await made(`/api/chats/${chat.id}/messages`, words);
  const [run] = await claimRuns(store, { kind: "turn", limit: 1 });
  if (run === undefined) throw new Error("no run");
  const call = { tool: "shell", effect: "external", args: { command: MARK } } as const;
  const asked = ["c1", "c2"].map((callId) => ({ ...call, callId, summary: `${MARK} ${callId}` }));
  await requestApprovals(store, run, asked, 3_600_000);
  const question = { callId: "c3", tool: "ask_user", text: MARK, choices: [], form: undefined, kept: null };
  await askQuestion(store, run, question, 3_600_000);
  const questions = (await as(ann, "GET", "/api/questions")).body.items;
  const later = { instruction: `${MARK} task`, runAt: "2999-01-01T00:00:00Z" };
  const task = await made("/api/tasks", { ...later, chatId: chat.id });
  await made("/api/schedules", { name: `${MARK}-schedule`, when: "every(1 hour)", prompt: `${MARK} prompt` });
  const approvals = (await as(ann, "GET", "/api/approvals")).body.items;
  const yes = { decision: "approve", scope: "run" };
  expect((await as(people.owner, "POST", `/api/approvals/${approvals[0].id}`, yes)).status).toBe(200);
  await requestApprovals(store, run, [{ ...call, callId: "c4", summary: `${MARK} c4` }], 3_600_000);
  const [open] = (await as(ann, "GET", "/api/approvals")).body.items;
  const [grant] = (await as(ann, "GET", "/api/grants")).body.items;
  const outcome = { ok: true, result: MARK.repeat(10_000) } as const;
  await store.transact((tx) =>
    appendResult(tx, run, { callId: "c1", name: "shell", step: 1, durationMs: 1, outcome }, []),
  );
  const blob = await store.db.selectFrom("blobs").select("id").executeTakeFirstOrThrow();
  const secret = { name: MARK, value: "known to the owner alone" };
  expect((await as(people.owner, "POST", "/api/secrets", secret)).status).toBe(200);
  expect((await as(people.owner, "POST", "/api/users/zoe/invite", {})).status).toBe(201);
  const [invite] = (await as(people.owner, "GET", "/api/invites")).body.items;
  const { nodes } = await addGraph(store, ann.id, [person(MARK), person(`${MARK} 2`)]);
  const [one, two] = nodes;
  if (one === undefined || two === undefined) throw new Error("no nodes");
  const [changed] = (await as(ann, "GET", "/api/graph/changes")).body.items;
  const fact = await made("/api/facts", { subject: one.id, text: `${MARK} fact` });
  const token = await made("/api/tokens", { name: `${MARK} token`, scopes: ["read"] });
  const skill = join(home, "workspace/ann/.agents/skills", `${MARK}-skill`);
  await mkdir(skill, { recursive: true });
  await writeFile(join(skill, "SKILL.md"), `---\nname: ${MARK}-skill\ndescription: ${MARK}\n---\n${MARK}\n`);
  const { id: linkId, url } = (await as(ann, "POST", `/api/chats/${chat.id}/links`, { write: true })).body;
  const passkey = { id: `${MARK}-passkey`, user_id: ann.id, name: `${MARK} passkey`, address: "localhost", uses: 0 };
  const key = { credential: MARK, public_key: MARK, created_at: store.clock.now(), used_at: null };
  await store.db
    .insertInto("passkeys")
    .values({ ...passkey, ...key })
    .execute();
  const signedIn = await spendLink(server, (await server.createLoginLink(ann)).url);
  const [session] = (await as(ann, "GET", "/api/sessions")).body.items;
  return {
    chatId: chat.id,
    taskId: task.id,
    seq: message.seq,
    factId: fact.id,
    nodes: [one.id, two.id],
    link: { id: linkId, token: new URL(url).hash.slice(1) },
    cookie: cookiesOf(signedIn),
    named: {
      "/api/skills/": `${MARK}-skill`,
      "/api/chats/": chat.id,
      "/api/runs/": message.runId,
      "/api/tasks/": task.id,
      "/api/schedules/": `${MARK}-schedule`,
      "/api/approvals/": open.id,
      "/api/questions/": questions[0].id,
      "/api/grants/": grant.id,
      "/api/blobs/": blob.id,
      "/api/files/": file.id,
      "/api/graph/nodes/": one.id,
      "/api/graph/changes/": String(changed.id),
      "/api/graph/neighbors/": one.id,
      "/api/facts/": fact.id,
      "/api/entities/": one.id,
      "/api/tokens/": token.id,
      "/api/users/": "ann",
      "/api/work/": run.run.id,
      "/api/sessions/": session.id,
      "/api/passkeys/": passkey.id,
      "/api/invites/": invite.id,
      "/api/prompts/": MARK,
      "/api/secrets/": MARK,
      "/api/tools/": MARK,
      "/api/mcp/servers/": MARK,
      "/api/models/providers/": "openai",
      "/api/changes/tools/": MARK,
    },
  };
}
