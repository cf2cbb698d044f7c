import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import { graphTools } from "../../src/builtin-tools/graph.ts";
import { resultRead } from "../../src/builtin-tools/result-read.ts";
import { taskTools } from "../../src/builtin-tools/tasks.ts";
import type { Store } from "../../src/store/database/store.ts";
import { ModelError, type StepRequest } from "../../src/models/model.ts";
import { hostShell } from "../kit/host-shell.ts";
import { applySchedulesFile } from "../../src/worker/schedules-file.ts";
import { startAgent } from "../kit/agent.ts";
import { chatServer } from "../kit/chat-server.ts";
import { call, cut, fail, say, scriptedModel, stepsIn, think, type Step } from "../kit/scripted-model.ts";
import { socketClient } from "../kit/socket-client.ts";
import { testTool, until } from "../kit/worker.ts";

// Text comes into a home by these doors. What a property test sends through them is any UTF-16 at all.

/** Half characters, U+0000, marks, signs of SQL, JSON and patterns, and whole characters of every kind. */
const unit = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("\ud83d", "\ude00", "\udfff", "\ud800", "😀", "👩‍👩‍👧", "🇩🇪") },
  { weight: 2, arbitrary: fc.constantFrom("\0", "\\", "\\ud83d", "\\u0000", '"', "'", "%", "_", "\ufeff", "\ufffe") },
  { weight: 2, arbitrary: fc.constantFrom("\n", "\r\n", "\t", "\u0085", "\u2028", "\u202e", "\u001b[31m", "\u0001") },
  { weight: 4, arbitrary: fc.constantFrom("a", "B", " ", "ß", "İ", "e\u0301", "漢", "क्षि", "ำ") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 1 }) },
);

/** So long that what is cut somewhere is cut in the middle of a character. */
const long = fc
  .tuple(
    fc.constantFrom(20, 60, 80, 120, 160, 200, 240, 300, 2048, 4000),
    fc.integer({ min: -3, max: 2 }),
    fc.boolean(),
  )
  .map(([at, by, pairs]) => (pairs ? "😀" : "x").repeat(Math.floor((at + by) / (pairs ? 2 : 1))) + "😀👩‍👩‍👧 and more");

export const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit, minLength: 1, maxLength: 40 }) },
  { weight: 2, arbitrary: long },
);

/** Big enough for a blob, with the end of its preview anywhere. */
export const bigText = fc
  .tuple(fc.nat(3), anyText)
  .map(([n, text]) => "x".repeat(n) + `${text}😀`.repeat(Math.ceil(40_000 / text.length)));

/** The same text in pieces as a stream brings them: split anywhere, between the halves of a character too. */
const inPieces = (text: string): string[] => text.match(/[\s\S]{1,3}/g) ?? [];

export interface Said {
  /** One for each place; the same one may come again. */
  readonly texts: readonly string[];
  readonly big: string;
}

/** What has to be, wherever text came in: whatever was sent was taken or refused, and the model saw only whole text. */
export async function throughAllDoors(store: Store, home: string, { texts, big }: Said): Promise<void> {
  let next = 0;
  const text = (): string => texts[next++ % texts.length] ?? "";
  let breaks = 0;
  const source = { text, big, breaksOff: () => breaks++ === 0 };
  const model = scriptedModel((request) => steps(request, source)[stepsIn(request)] ?? [say("Done.")]);
  const given = testTool("gives", async () => ({ [text()]: [text(), { big }] }));
  const throws = testTool("throws", async () => {
    throw new Error(text());
  });
  const shell = hostShell();
  const tools = [...graphTools(store), ...taskTools(store), resultRead, given, throws, shell];
  const agent = await startAgent(store, { model, tools, workspaces: join(home, "workspace") });
  const chats = await chatServer(store);
  const { owner } = chats.people;
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await chats.as(owner, method, path, body);
    expect(answer.status, `${method} ${path} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`).toBeLessThan(
      500,
    );
    return answer;
  };
  const of = encodeURIComponent;
  const sound = (words: string): string => of(words.toWellFormed());

  // HTTP: what people and scripts write.
  const chat = await ask("POST", "/api/chats", { title: text(), key: text() });
  const plain = await ask("POST", "/api/chats", {});
  for (const { body } of [chat, plain].filter(({ status }) => status < 300)) {
    await ask("POST", `/api/chats/${body.id}/messages`, { text: `#work ${text()}`, key: text() });
    await ask("PATCH", `/api/chats/${body.id}`, { title: text(), model: text() });
  }
  const chatId = String(plain.body.id);
  for (const marker of ["#fail", "#break", "#say"]) {
    const { body } = await ask("POST", "/api/chats", { key: marker });
    await ask("POST", `/api/chats/${body.id}/messages`, { text: `${marker} ${text()}` });
    await ask("POST", `/api/chats/${body.id}/messages`, { text: marker });
  }
  const task = await ask("POST", "/api/tasks", { instruction: text(), key: text(), metadata: { [text()]: text() } });
  await ask("POST", "/api/tasks", { instruction: `#work ${text().replaceAll("\0", "")}` });
  if (task.status < 300) await ask("PATCH", `/api/tasks/${task.body.id}`, { metadata: { [text()]: [text()] } });

  // Files: a prompt that is read when its schedule runs, and a file of schedules.
  const prompt = join(home, "prompt.md");
  writeFileSync(prompt, Buffer.concat([Buffer.from(`#say ${text()}`), Buffer.from([0xed, 0xa0, 0xbd, 0xff, 0x00])]));
  await ask("POST", "/api/schedules", { name: "filed", when: "every(1 day)", prompt: `file(${prompt})` });
  await ask("POST", "/api/schedules", { name: "said", when: "every(1 day)", prompt: text(), description: text() });
  const file = join(home, "schedules.yaml");
  const [name, words, about] = [`n${text()}`, `#say ${text()}`, text()].map((each) => JSON.stringify(each));
  writeFileSync(
    file,
    `schedules:\n  - {name: yaml, when: every(1 day), prompt: ${words}, description: ${about}, metadata: {a: ${about}}}\n` +
      `  - {name: ${name}, when: every(1 day), prompt: ${words}}\n`,
  );
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  await applySchedulesFile({ store, owner, log, pollMs: 10_000 }, file);
  for (const each of ["filed", "said", "yaml"]) await ask("POST", `/api/schedules/${each}/run`, {});

  // The socket.
  const client = await socketClient(await chats.listen());
  client.send({ type: "hello", v: 1, token: await chats.token(owner) });
  await client.first("welcome");
  client.send({ type: "subscribe", sub: text().slice(0, 90), chatId, after: 0, deltas: true });
  client.send({ type: "message", ref: text().slice(0, 90), chatId, text: text(), key: text() });
  client.send({ type: "message", ref: "r", chatId, text: "#say more", key: "k" });
  await client.first("ack", ({ ref }) => ref === "r");

  // What is asked of people is answered with words, until nothing works any more.
  await until(
    "the end of all runs",
    async () => {
      const { body } = await ask("GET", "/api/approvals");
      for (const { id } of body.items) {
        const note = text();
        const [first] = [await ask("POST", `/api/approvals/${id}`, { decision: "deny", note }), next++];
        if (first.status === 400) await ask("POST", `/api/approvals/${id}`, { decision: "approve" });
      }
      const open = await store.db.selectFrom("runs").select("id").where("ended_at", "is", null).execute();
      return open.length === 0 && body.items.length === 0;
    },
    60_000,
  );
  await agent.stop();
  expect(agent.errors).toEqual([]);
  expect(chats.logged.filter(({ level }) => level === "error")).toEqual([]);

  // Whatever was taken in can be read, and looked for, and went to the model and over the wire as whole text.
  const searches = texts.flatMap((each) => [
    `/api/search?q=${sound(each)}`,
    `/api/chats?search=${sound(each)}`,
    `/api/tasks?search=${sound(each)}`,
    `/api/graph/search?q=${sound(each)}`,
  ]);
  const pages = ["", "/events", "/events?type=status"].map((part) => `/api/chats/${chatId}${part}`);
  const lists = ["chats", "tasks", "schedules?recent=5", "approvals?state=all", "away", "status", "activity", "stats"];
  const graph = ["graphml", "json", "csv", "dot"].map((format) => `/api/graph/export?format=${format}&part=nodes`);
  for (const path of [...searches, ...pages, ...lists.map((list) => `/api/${list}`)]) await ask("GET", path);
  for (const path of graph) {
    const request = new Request(`http://127.0.0.1:8000${path}`);
    expect((await chats.server.fetch(request, { viewer: owner })).status, path).toBeLessThan(500);
  }
  for (const request of model.requests) expect(isWhole(request.messages)).toBe(true);
  for (const frame of client.frames) expect(isWhole(frame), JSON.stringify(frame)).toBe(true);
  client.socket.close();
  await client.closed;
  await chats.server.close();
}

interface Source {
  readonly text: () => string;
  readonly big: string;
  /** Whether a stream breaks off this time, and is tried again. */
  readonly breaksOff: () => boolean;
}

/** What the model says is chosen by the words that it is asked with. */
function steps(request: StepRequest, { text, big, breaksOff }: Source): readonly Step[] {
  const asked = request.messages.findLast((message) => message.role === "user")?.content;
  const marker = /#(\w+)/.exec(String(asked))?.[1];
  const failing = new ModelError("model_bad_request", text(), { retryable: false });
  switch (marker) {
    case "fail":
      return [[think(...inPieces(text())), fail(failing)]];
    case "break":
      return [[say(...inPieces(text())), breaksOff() ? cut : fail(failing)]];
    case "say":
      return [[think(...inPieces(text())), say(...inPieces(`${text()}\ud83d`)), say("\ude00", ...inPieces(text()))]];
    case "work": {
      const node = { type: "t", name: `n${text()}`, content: text(), data: { [text()]: text() } };
      return [
        [
          think(...inPieces(text())),
          call("graph_add", { nodes: [node] }, "1"),
          call("task_add", { instruction: text(), key: text() }, "2"),
          call("plan_update", { items: [{ text: text(), status: "doing" }] }, "3"),
          call("gives", { text: text() }, "4"),
          call("throws", { text: big }, "5"),
          call(text(), { [text()]: [text()] }, text()),
          call("result_read", { id: text().slice(0, 90) }, "7"),
          call(
            "shell",
            { command: `printf '%s' '${text().replaceAll(/['\0]/g, "")}'; printf '\\355\\240\\275\\000'` },
            "8",
          ),
        ],
        [call("graph_search", { query: text() }, "1"), call("task_list", { search: text() }, "2")],
        [say(...inPieces(text()))],
      ];
    }
    default:
      return [[say(...inPieces(text()))]];
  }
}

/** Whether every text in it can be told in UTF-8, and kept by both engines. */
export function isWhole(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0");
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, each]) => isWhole(key) && isWhole(each));
}
