import { expect, test, vi } from "vitest";
import { startAgent } from "../../../test/kit/agent.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { form } from "../../../test/kit/files.ts";
import { pdfOf } from "../../../test/kit/pdf.ts";
import { call, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { ended } from "../../../test/kit/worker.ts";
import { resultRead } from "../../builtin-tools/result-read.ts";
import type { Attachment } from "../../core/events.ts";
import { fileWords } from "../../core/files.ts";
import type { Store } from "../../store/database/store.ts";
import { purgeDeleted } from "../../store/endings/purge.ts";
import { sweepFiles } from "../../store/log/files.ts";
import { restingSource, verifyPages } from "../../store/verify/verify.ts";
import { PageReader } from "../../tools/web/page-reader.ts";

vi.setConfig({ testTimeout: 120_000 });

async function setUp(store: Store, pages?: PageReader) {
  const { server, as, people } = await chatServer(store, pages === undefined ? {} : { pages });
  const send = async (name: string, bytes: Uint8Array) => {
    const written = new Response(form(name, bytes));
    const headers = { "content-type": written.headers.get("content-type") ?? "" };
    const init = { method: "POST", headers, body: await written.arrayBuffer() };
    const response = await server.fetch(new Request("http://127.0.0.1:8000/api/files", init), { viewer: people.ann });
    return { status: response.status, body: (await response.json()) as Attachment };
  };
  const chatWith = async (attachments: readonly string[]) => {
    const chatId = (await as(people.ann, "POST", "/api/chats", {})).body.id as string;
    const sent = await as(people.ann, "POST", `/api/chats/${chatId}/messages`, { text: "What is in it?", attachments });
    return { chatId, runId: sent.body.runId as string, seq: sent.body.seq as number };
  };
  const rows = async () => {
    const count = async (table: "files" | "file_parts") =>
      (await store.db.selectFrom(table).select("content_id").execute()).length;
    return [await count("files"), await count("file_parts")];
  };
  return { as, ...people, send, chatWith, rows };
}

/** What the model was told of the one message. */
async function told(
  store: Store,
  files: readonly Attachment[],
  chatWith: (ids: readonly string[]) => Promise<{ runId: string }>,
) {
  const model = scriptedModel([[say("seen")]]);
  await startAgent(store, { model, tools: [resultRead] });
  await ended(store, (await chatWith(files.map(({ id }) => id))).runId);
  return JSON.stringify(model.requests[0]?.messages);
}

eachEngine("a PDF", (engine) => {
  test("F31 is read once while it comes in; a model has its text with each page’s number, and reads on in it", async () => {
    const store = await engine.store();
    const { as, ann, send, chatWith, rows } = await setUp(store);
    const pages = Array.from({ length: 60 }, (_, at) => `This is side ${at + 1}. ${"Clay and glaze. ".repeat(40)}`);
    const { status, body } = await send("Firing.pdf", pdfOf("Firing", pages));
    expect([status, body]).toMatchObject([201, { name: "Firing.pdf", mime: "application/pdf", pages: 60 }]);
    expect([body.readPages, body.unread]).toEqual([undefined, undefined]);
    expect(await rows()).toEqual([1, 2]);
    const model = scriptedModel(({ messages }) => {
      const seen = JSON.stringify(messages);
      if (seen.includes("side 60.")) return [say("read")];
      const [, offset] = /read on with result_read \{[^}]*?offset[^}]*?(\d+)\}/.exec(seen) ?? [];
      return [call("result_read", { id: body.id, offset: Number(offset), limit: 24_000 })];
    });
    await startAgent(store, { model, tools: [resultRead] });
    const { chatId, runId, seq } = await chatWith([body.id]);
    expect((await ended(store, runId)).state).toBe("completed");
    const [first, second] = model.requests.map(({ messages }) => JSON.stringify(messages));
    expect(first).toContain("It is the text of 60 pages of a PDF;");
    expect(first).toContain("[page 1]\\\\nThis is side 1. Clay");
    expect(second).toContain("[page 60]\\nThis is side 60. Clay");
    // A chat that is made from this one has the same text, and it goes with the last of them.
    const fork = (await as(ann, "POST", `/api/chats/${chatId}/fork`, { seq })).body.chat.id as string;
    expect(await rows()).toEqual([2, 2]);
    await store.db.updateTable("chats").set({ deleted_at: 1 }).where("id", "=", chatId).execute();
    await purgeDeleted(store);
    expect(await rows()).toEqual([1, 2]);
    await store.db.updateTable("file_parts").set({ created_at: 1 }).execute();
    await sweepFiles(store, () => false);
    expect(await rows()).toEqual([1, 2]);
    for await (const page of verifyPages(restingSource(store.kind, store.db))) expect(page.findings).toEqual([]);
    const { text_id } = await store.db.selectFrom("files").select("text_id").executeTakeFirstOrThrow();
    await store.db.deleteFrom("file_parts").where("content_id", "=", text_id).execute();
    const missed: string[] = [];
    for await (const page of verifyPages(restingSource(store.kind, store.db)))
      missed.push(...page.findings.map(({ what }) => what));
    expect(missed).toEqual([expect.stringMatching(/^the text of file /)]);
    await store.db.updateTable("chats").set({ deleted_at: 1 }).where("id", "=", fork).execute();
    await purgeDeleted(store);
    expect(await rows()).toEqual([0, 0]);
  });
});

const wanting = pdfOf("x", ["secret words"], { encrypted: true });
const drawing = pdfOf("x", ["", ""], { draw: () => "0 0 100 100 re f" });

test.each([
  {
    when: "wants a password",
    bytes: wanting,
    known: { unread: "encrypted" },
    note: "(not read: it opens with a password only)",
    says: "opens with a password only: you cannot read it",
  },
  {
    when: "is none",
    bytes: Buffer.from("%PDF-1.7 and no more"),
    known: { unread: "damaged" },
    note: "(not read: it is damaged)",
    says: "a damaged PDF: you cannot read it",
  },
  {
    when: "is of pictures alone",
    bytes: drawing,
    known: { pages: 2, unread: "no_text" },
    note: " bytes (not read: there is no text in it)",
    says: "a PDF without any text",
  },
])("one that $when is taken as it is, and people and the model are told", async ({ bytes, known, note, says }) => {
  const store = await sqlite.store();
  const { send, chatWith, rows } = await setUp(store);
  const { status, body } = await send("x.pdf", bytes);
  expect([status, body]).toMatchObject([201, known]);
  expect(fileWords(body)).toContain(note);
  expect(await rows()).toEqual([1, 1]);
  const words = await told(store, [body], chatWith);
  expect(words).toContain(says);
  expect(words).not.toContain("secret words");
});

test("one of 500 pages is read as far as there is time, and its beginning alone goes to the model", async () => {
  const store = await sqlite.store();
  const { send, chatWith } = await setUp(store);
  const pages = Array.from({ length: 500 }, (_, at) => `This is side ${at + 1}. ${"Clay and glaze. ".repeat(120)}`);
  const { status, body } = await send("long.pdf", pdfOf("long", pages));
  expect([status, body]).toMatchObject([201, { pages: 500 }]);
  const read = body.readPages ?? 500;
  expect(read).toBeGreaterThan(0);
  const words = await told(store, [body], chatWith);
  expect(words).toContain(read === 500 ? "It is the text of 500 pages" : `the first ${read} of`);
  expect(words).toContain("This is side 1.");
  expect(words).not.toContain("This is side 500.");
  expect(words.length).toBeLessThan(100_000);
});

test("one that unfolds without end, and one that takes too long, are given up; the next is read all the same", async () => {
  const store = await sqlite.store();
  const bomb = pdfOf("x", [" ".repeat(400_000_000)], { draw: (text) => text, deflated: true });
  expect(bomb.length).toBeLessThan(1_000_000);
  const { send, chatWith } = await setUp(store, new PageReader({ timeoutMs: 60_000, memoryMb: 48 }));
  const burst = (await send("bomb.pdf", bomb)).body;
  expect(burst.unread).toBe("too_much");
  const impatient = await setUp(await sqlite.store(), new PageReader({ timeoutMs: 1, memoryMb: 512 }));
  expect((await impatient.send("slow.pdf", pdfOf("x", ["words"]))).body.unread).toBe("too_much");
  const next = (await send("next.pdf", pdfOf("x", ["The next one"]))).body;
  const words = await told(store, [burst, next], chatWith);
  expect(words).toContain("a PDF that is too much to be read");
  expect(words).toContain("The next one");
});

test("one that cannot be read just now for lack of a thread is not taken, and nothing of it is left", async () => {
  const { rows, send } = await setUp(await sqlite.store(), {
    read: async () => Promise.reject(new Error("the thread could not be had")),
  } as unknown as PageReader);
  expect((await send("x.pdf", pdfOf("x", ["words"]))).status).toBe(500);
  expect(await rows()).toEqual([0, 0]);
});
