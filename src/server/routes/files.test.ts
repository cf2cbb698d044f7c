import { expect, test } from "vitest";
import { startAgent } from "../../../test/kit/agent.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { call, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { ended } from "../../../test/kit/worker.ts";
import { form, GIF, JPEG, png, webp } from "../../../test/kit/files.ts";
import { resultRead } from "../../builtin-tools/result-read.ts";
import { MAX_FILE_BYTES } from "../../core/files.ts";
import type { Store } from "../../store/database/store.ts";
import { purgeDeleted } from "../../store/endings/purge.ts";
import { sweepFiles } from "../../store/log/files.ts";
import { restingSource, verifyPages } from "../../store/verify/verify.ts";

/** A test reads what it expects; a wrong guess fails its assertion. */
// oxlint-disable-next-line typescript/no-explicit-any
type Body = any;

async function setUp(store: Store) {
  const { server, as, people } = await chatServer(store);
  const send = (viewer: typeof people.ann, body: BodyInit, type: string) => {
    const init = { method: "POST", headers: { "content-type": type }, body, duplex: "half" };
    return server.fetch(new Request("http://127.0.0.1:8000/api/files", init), { viewer });
  };
  const upload = async (name: string, bytes: string | Uint8Array, viewer = people.ann) => {
    const response = await send(viewer, ...(await sentForm(form(name, bytes))));
    return { status: response.status, body: (await response.json()) as Body };
  };
  const get = (viewer: typeof people.ann, id: string, headers: HeadersInit = {}) =>
    server.fetch(new Request(`http://127.0.0.1:8000/api/files/${id}`, { headers }), { viewer });
  const chat = async (viewer = people.ann) => (await as(viewer, "POST", "/api/chats", {})).body.id as string;
  const write = (id: string, attachments: readonly string[], viewer = people.ann, more = {}) =>
    as(viewer, "POST", `/api/chats/${id}/messages`, { text: "look", attachments, ...more });
  const rows = async () => {
    const count = async (table: "files" | "file_parts") =>
      (await store.db.selectFrom(table).select("content_id").execute()).length;
    return [await count("files"), await count("file_parts")];
  };
  return { server, as, ...people, send, upload, get, chat, write, rows };
}

/** As bytes: a form that Node writes as it is read fails where it is not read to its end. */
async function sentForm(data: FormData): Promise<[BodyInit, string]> {
  const written = new Response(data);
  return [await written.arrayBuffer(), written.headers.get("content-type") ?? ""];
}

async function findings(store: Store) {
  const found = [];
  for await (const page of verifyPages(restingSource(store.kind, store.db))) found.push(...page.findings);
  return found;
}

eachEngine("a file that is sent along", (engine) => {
  test("F16 is its uploader’s until it is sent, then of all who see the chat, and goes with the chat", async () => {
    const store = await engine.store();
    const { as, ann, bob, upload, get, chat, write, rows } = await setUp(store);
    const whole = Buffer.alloc(2_500_000, "ünï 🙂\n");
    const { status, body } = await upload("notes.md", whole);
    expect([status, body]).toEqual([
      201,
      { id: expect.any(String), name: "notes.md", size: 2_500_000, mime: "text/plain" },
    ]);
    expect(await rows()).toEqual([1, 3]);
    expect((await get(bob, body.id)).status).toBe(404);
    const id = await chat();
    const sent = await write(id, [body.id], ann, { key: "k" });
    expect(sent.status).toBe(202);
    // Sent twice it is one message, and its file is not asked for again.
    expect((await write(id, [body.id], ann, { key: "k" })).body).toEqual(sent.body);
    const [said] = (await as(ann, "GET", `/api/chats/${id}/events?type=message`)).body.events;
    expect(said.data.attachments).toEqual([body]);
    expect((await get(bob, body.id)).status).toBe(404);
    await as(ann, "POST", `/api/chats/${id}/shares`, { user: "bob" });
    const read = await get(bob, body.id);
    expect(Buffer.from(await read.arrayBuffer()).equals(whole)).toBe(true);
    const etag = read.headers.get("etag") ?? "";
    expect((await get(bob, body.id, { "if-none-match": etag })).status).toBe(304);
    expect(await findings(store)).toEqual([]);
    // Nobody takes it out of the chat, not even who has sent it.
    expect((await as(ann, "DELETE", `/api/files/${body.id}`)).body.error.code).toBe("conflict");
    await as(ann, "DELETE", `/api/chats/${id}`);
    for (const viewer of [ann, bob]) expect((await get(viewer, body.id)).status).toBe(404);
  });

  test("is shared by chats that were made from one another, and stays while one of them does", async () => {
    const store = await engine.store();
    const { as, ann, bob, upload, get, chat, write, rows } = await setUp(store);
    const { id: file } = (await upload("a.txt", "first")).body;
    const id = await chat();
    const { seq } = (await write(id, [file])).body;
    const whole = (await as(ann, "POST", `/api/chats/${id}/fork`, { seq })).body.chat.id;
    // Edited and sent again: its files go along.
    const again = (await as(ann, "POST", `/api/chats/${id}/fork`, { seq: seq - 1, text: "now", attachments: [file] }))
      .body;
    const filesIn = async (chatId: string) =>
      (await as(ann, "GET", `/api/chats/${chatId}/events?type=message`)).body.events[0].data.attachments[0].id;
    const [copy, edited] = [await filesIn(whole), await filesIn(again.chat.id)];
    expect(new Set([file, copy, edited]).size).toBe(3);
    expect(await rows()).toEqual([3, 1]);
    expect((await get(bob, copy)).status).toBe(404);
    await as(ann, "DELETE", `/api/chats/${id}`);
    await store.db.updateTable("chats").set({ deleted_at: 1 }).where("id", "=", id).execute();
    await purgeDeleted(store);
    expect(await rows()).toEqual([2, 1]);
    expect(await (await get(ann, copy)).text()).toBe("first");
    expect(await findings(store)).toEqual([]);
    await store.db.updateTable("chats").set({ deleted_at: 1 }).where("id", "in", [whole, again.chat.id]).execute();
    await purgeDeleted(store);
    expect(await rows()).toEqual([0, 0]);
  });

  test("is sent once more in its chat, by whoever writes there, as a file of their own with the same bytes", async () => {
    const store = await engine.store();
    const { as, ann, bob, upload, get, chat, write, rows } = await setUp(store);
    const { id: file } = (await upload("a.txt", "first")).body;
    const id = await chat();
    await write(id, [file]);
    const again = () => write(id, [file], bob);
    expect((await again()).status).toBe(404);
    await as(ann, "POST", `/api/chats/${id}/shares`, { user: "bob", write: true });
    expect((await again()).status).toBe(202);
    const { events } = (await as(ann, "GET", `/api/chats/${id}/events?type=message`)).body;
    const [first, second] = events.map((event: Body) => event.data.attachments[0]);
    expect(first.id).toBe(file);
    expect(second).toEqual({ ...first, id: expect.any(String) });
    expect(second.id).not.toBe(file);
    expect(await rows()).toEqual([2, 1]);
    expect(await (await get(bob, second.id)).text()).toBe("first");
    expect(await findings(store)).toEqual([]);
    // It counts as theirs who have sent it.
    await store.db
      .updateTable("files")
      .set({ size: 6 * 1024 ** 3 })
      .execute();
    expect((await again()).body.error.code).toBe("too_large");
  });

  test("is missed by `verify` where it is gone, or other bytes are in its place", async () => {
    const store = await engine.store();
    const { upload, chat, write } = await setUp(store);
    const [one, two] = [(await upload("1.txt", "one")).body, (await upload("2.txt", "two")).body];
    await write(await chat(), [one.id, two.id]);
    await store.db.deleteFrom("files").where("id", "=", one.id).execute();
    const { content_id } = await store.db.selectFrom("files").select("content_id").executeTakeFirstOrThrow();
    await store.db
      .updateTable("file_parts")
      .set({ data: Buffer.from("TWO") })
      .where("content_id", "=", content_id)
      .execute();
    expect((await findings(store)).map(({ kind, what }) => `${kind}: ${what}`).sort()).toEqual(
      [`blob: file ${one.id} is missing`, `blob: file ${two.id}`].sort(),
    );
  });

  test("goes after a day if it was not sent, with what a crash has left of others", async () => {
    const store = await engine.store();
    const { as, ann, upload, chat, write, rows } = await setUp(store);
    const kept = (await upload("kept.txt", "kept")).body.id;
    await write(await chat(), [kept]);
    const loose = (await upload("loose.txt", "loose")).body.id;
    const day = store.clock.now() - 25 * 60 * 60 * 1000;
    await store.db.updateTable("files").set({ created_at: day }).execute();
    const part = { content_id: "cut off", n: 0, data: Buffer.from("x"), created_at: day };
    await store.db.insertInto("file_parts").values(part).execute();
    const fresh = (await upload("fresh.txt", "fresh")).body.id;
    await sweepFiles(store, () => false);
    expect(await rows()).toEqual([2, 2]);
    expect((await write(await chat(), [loose])).body.error).toMatchObject({ code: "not_found", hint: /send it again/ });
    expect((await as(ann, "DELETE", `/api/files/${fresh}`)).status).toBe(204);
    expect(await rows()).toEqual([1, 1]);
  });

  test("goes with one message of who has uploaded it, all of them or none", async () => {
    const store = await engine.store();
    const { as, ann, bob, upload, chat, write } = await setUp(store);
    const [mine, other, bobs] = [
      (await upload("mine.txt", "mine")).body.id,
      (await upload("other.txt", "other")).body.id,
      (await upload("bob.txt", "bob", bob)).body.id,
    ];
    const id = await chat();
    const refused = async (files: readonly string[]) => {
      const { code, message } = (await write(id, files)).body.error;
      return [code, message];
    };
    expect(await refused([mine, bobs])).toEqual(["not_found", `file "${bobs}" was not found`]);
    expect(await refused([mine, mine])).toEqual(["invalid_input", "attachments: must not name a file twice"]);
    const eleven = Array.from({ length: 11 }, (_, at) => `file${at}`);
    expect(await refused(eleven)).toEqual(["invalid_input", "attachments: must be at most 10 files"]);
    const elsewhere = await chat();
    expect((await write(elsewhere, [mine])).status).toBe(202);
    expect(await refused([other, mine])).toEqual(["conflict", '"mine.txt" has been sent with another message already']);
    // A refused message takes none of its files.
    const task = await as(ann, "POST", "/api/tasks", { instruction: "read", attachments: [other] });
    expect([task.status, task.body.attachments[0].name]).toEqual([201, "other.txt"]);
    expect((await as(bob, "POST", `/api/chats/${id}/messages`, { text: "x", attachments: [bobs] })).status).toBe(404);
  });
});

eachEngine("what a model is given of files", (engine) => {
  test("is their text as material, read on by a tool, and pictures as pictures, whose bytes no log holds", async () => {
    const store = await engine.store();
    const { upload, chat, write } = await setUp(store);
    const long = `${"All work and no play. ".repeat(3000)}THE END`;
    const text = (await upload("long.txt", long)).body.id;
    const picture = (await upload("dot.png", png(3, 2))).body.id;
    const zip = (await upload("a.bin", Buffer.from([1, 0, 2, 0]))).body.id;
    const model = scriptedModel([[call("result_read", { id: text, offset: 65_990 })], [say("seen")], [say("blind")]], {
      takesImages: true,
    });
    await startAgent(store, { model, tools: [resultRead] });
    const id = await chat();
    const { runId } = (await write(id, [text, picture, zip])).body;
    await ended(store, runId);
    const [first, second] = model.requests.map(({ messages }) => messages);
    const content = first?.findLast(({ role }) => role === "user")?.content as readonly Body[];
    expect(content.filter(({ type }) => type === "file")).toEqual([
      { type: "file", mediaType: "image/png", data: expect.any(Uint8Array) },
    ]);
    expect(Buffer.from(content.find(({ type }) => type === "file").data).equals(png(3, 2))).toBe(true);
    const words = content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
    expect(words).toContain('(A file was sent along: "long.txt", 64 KB. What it holds is material');
    expect(words).toContain(`[cut: read on with result_read {"id":"${text}","offset":24000}]`);
    expect(words).toContain('(A picture was sent along: "dot.png", ');
    expect(words).toContain("you cannot read it.)");
    expect(JSON.stringify(second?.at(-1))).toContain("THE END");
    const kept = JSON.stringify([
      await store.db.selectFrom("events").select("body").execute(),
      await store.db.selectFrom("steps").selectAll().execute(),
    ]);
    expect(kept).not.toContain(png(3, 2).toString("base64").slice(0, 40));
    // The same beginning for the next message, its picture included.
    await ended(store, (await write(id, [])).body.runId);
    const [third] = model.requests.slice(2);
    expect(third?.messages.slice(0, first?.length)).toEqual(first);
  });

  test("is sent once more with a task in its chat, too, as one of who adds the task", async () => {
    const store = await engine.store();
    const { as, ann, bob, upload, get, chat, write, rows } = await setUp(store);
    const { id: file } = (await upload("a.txt", "first")).body;
    const id = await chat();
    await write(id, [file]);
    await as(ann, "POST", `/api/chats/${id}/shares`, { user: "bob", write: true });
    const add = (more: object) =>
      as(bob, "POST", "/api/tasks", { instruction: "Read it", attachments: [file], ...more });
    const { body: task } = await add({ chatId: id });
    expect(task.attachments).toEqual([expect.objectContaining({ name: "a.txt" })]);
    expect(task.attachments[0].id).not.toBe(file);
    expect(await rows()).toEqual([2, 1]);
    expect(await (await get(ann, task.attachments[0].id)).text()).toBe("first");
    // In any other chat it is none of his.
    expect((await add({})).status).toBe(404);
  });

  test("says so to a model that cannot look at pictures; a task’s files are given to its run", async () => {
    const store = await engine.store();
    const { ann, as, upload } = await setUp(store);
    const picture = (await upload("dot.png", png(3, 2))).body.id;
    const model = scriptedModel([[say("done")]]);
    await startAgent(store, { model });
    const task = (await as(ann, "POST", "/api/tasks", { instruction: "read", attachments: [picture] })).body;
    await ended(store, task.runId);
    const content = model.requests[0]?.messages.findLast(({ role }) => role === "user")?.content;
    expect(content).toContain("You cannot look at pictures: say so if it matters.)");
    const [said] = (await as(ann, "GET", `/api/chats/${task.chatId}/events?type=message`)).body.events;
    expect([said.data.text, said.data.attachments[0].name]).toEqual(["read", "dot.png"]);
  });
});

test.each([
  ["dot.png", png(3, 2), "image/png", 3, 2],
  ["dot.jpeg", JPEG, "image/jpeg", 1, 1],
  ["dot.gif", GIF, "image/gif", 1, 1],
  ["dot.webp", webp(5, 4), "image/webp", 5, 4],
  // Called by another picture's ending: what it is says it.
  ["dot.jpg", png(3, 2), "image/png", 3, 2],
])("%s is known by its bytes, with its size", async (name, bytes, mime, width, height) => {
  const { upload } = await setUp(await sqlite.store());
  expect((await upload(name, bytes)).body).toMatchObject({ name, mime, width, height });
});

test("what comes in is checked at the door, and what is refused leaves nothing", async () => {
  const { ann, send, upload, rows } = await setUp(await sqlite.store());
  const exe = Buffer.concat([Buffer.from("MZ"), Buffer.alloc(200)]);
  const late = Buffer.concat([Buffer.alloc(1024 * 1024, "a"), Buffer.from([0xff, 0xfe, 0])]);
  const refused = async (name: string, bytes: string | Uint8Array) => {
    const { status, body } = await upload(name, bytes);
    return [status, body.error.message];
  };
  const plain = "the file’s name";
  const table: readonly (readonly [string, string | Uint8Array, number, string])[] = [
    ["report.pdf", "no PDF at all", 400, '"report.pdf" is not a PDF: its bytes are text'],
    ["photo.png", exe, 400, '"photo.png" is not a picture: its bytes are application/x-msdownload'],
    ["notes.txt", png(1, 1), 400, '"notes.txt" is not text: its bytes are image/png'],
    ["notes.txt", late, 400, '"notes.txt" is not text: its bytes are binary data'],
    ["drawing.svg", png(1, 1), 400, '"drawing.svg" is not text: its bytes are image/png'],
    ["big.png", png(1, 1, [10_000, 10_000]), 413, '"big.png" is a picture of 10000 × 10000: 100 megapixels'],
    ["none.png", png(1, 1, [0, 5]), 400, '"none.png" is a broken picture'],
    ["empty.txt", "", 400, '"empty.txt" is empty'],
    ["../up.txt", "x", 400, `${plain} must not be a path`],
    ["C:\\up.txt", "x", 400, `${plain} must not be a path`],
    ["invoice\u202egpj.exe", "x", 400, `${plain} holds characters that cannot be seen`],
    ["be\u0007ll.txt", "x", 400, `${plain} holds characters that cannot be seen`],
    ["ü".repeat(130), "x", 400, `${plain} is longer than 255 bytes`],
    ["big.bin", Buffer.alloc(MAX_FILE_BYTES + 1), 413, "the file is larger than 25 MB"],
  ];
  for (const [name, bytes, status, message] of table) expect(await refused(name, bytes)).toEqual([status, message]);
  const two = form("1.txt", "1");
  two.append("file", new Blob(["2"]), "2.txt");
  const none = new FormData();
  none.set("text", "no file");
  const boundary = "multipart/form-data; boundary=x";
  const begun = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc';
  const cutOff = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(begun)),
    pull: (controller) => controller.error(new Error("the network is gone")),
  });
  // Its file is whole, and what stands behind that is not.
  const behind = `${begun}\r\n--x\r\nContent-Disposition: form-data; name="more"\r\n\r\nx`;
  const broken: readonly (readonly [BodyInit, string, string])[] = [
    [...(await sentForm(two)), "there is more than one file in the form"],
    [...(await sentForm(none)), "there is no file in the form"],
    ["{}", "application/json", "the body is no form (multipart/form-data)"],
    [begun, boundary, "the upload broke off, or is no whole form"],
    [behind, boundary, "the upload broke off, or is no whole form"],
    [cutOff, boundary, "the upload broke off, or is no whole form"],
    ["", boundary, "the upload broke off, or is no whole form"],
  ];
  for (const [body, type, message] of broken) {
    const response = await send(ann, body, type);
    expect([response.status, ((await response.json()) as Body).error]).toMatchObject([400, { message }]);
  }
  expect(await rows()).toEqual([0, 0]);
  for (let n = 0; n < 40; n++) await upload("x.txt", "x");
  expect((await refused("x.txt", "x"))[1]).toBe("40 files of yours wait for a message already, or come in now");
});

test("a download is never a page: an SVG with a script, and HTML, are only ever saved; pictures are shown as such", async () => {
  const { ann, upload, get } = await setUp(await sqlite.store());
  const headersOf = async (name: string, bytes: string | Uint8Array) => {
    const { id } = (await upload(name, bytes)).body;
    const { headers } = await get(ann, id);
    return [
      "content-type",
      "content-disposition",
      "content-security-policy",
      "x-content-type-options",
      "cache-control",
    ].map((each) => headers.get(each));
  };
  const safe = ["sandbox; default-src 'none'", "nosniff", "private, no-cache"];
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  for (const [name, text] of [
    ["x.svg", svg],
    ["x.html", "<!doctype html><script>alert(1)</script>"],
    ["x.xml", `<?xml version="1.0"?>${svg}`],
  ] as const) {
    const saved = `attachment; filename="${name}"; filename*=UTF-8''${name}`;
    expect(await headersOf(name, text)).toEqual(["application/octet-stream", saved, ...safe]);
  }
  const shown = `inline; filename="a_b_ _.png"; filename*=UTF-8''a%22b%25%20%C3%BC.png`;
  expect(await headersOf("a%22b% ü.png", png(1, 1))).toEqual([
    "image/png",
    shown.replace("a_b", "a_22b").replace("a%22b", "a%2522b"),
    ...safe,
  ]);
});
