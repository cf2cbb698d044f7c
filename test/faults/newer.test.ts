import { expect, test } from "vitest";
import { createMarkdown } from "../../src/core/log-markdown.ts";
import { createLogPrinter } from "../../src/cli/command/log-lines.ts";
import { RunningRuns } from "../../src/cli/overview/watch-screen.ts";
import { entryLines } from "../../src/cli/terminal/entry.ts";
import { foldChat } from "../../src/core/chat-view.ts";
import type { ChatEvent } from "../../src/core/events.ts";
import { foldTranscript, type LogEvent } from "../../src/core/transcript.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import { readEvents } from "../../src/store/log/events.ts";
import { decodeEvent, logPageSchema } from "../../web/live/decode.ts";
import { chatServer } from "../kit/chat-server.ts";
import { eachEngine } from "../kit/databases.ts";

// What a newer Sparky has written, or its server sends, is read by one that does not know it: an event of an unknown kind, a
// run that waits for an unknown reason or is in an unknown state.

const place = (seq: number) => ({
  chatId: "c1",
  seq,
  at: "2026-12-01T14:02:10.000Z",
  runId: "r1",
  taskId: null,
  step: null,
  actor: { kind: "agent", id: "agent", name: "agent" },
});
const status = (seq: number, data: object) => ({ ...place(seq), type: "status", data });

const NEWER_LOG: readonly object[] = [
  status(1, { state: "starting", message: "Working", attempt: 1 }),
  { ...place(2), type: "hologram", data: { beams: 3 } },
  status(3, { state: "waiting", message: "Waits for the moon", reason: "moon" }),
  status(4, { state: "resumed", message: "Going on: the moon is up", reason: "moonrise", attempt: 2 }),
  status(5, { state: "waiting", message: "Waits for the sun", reason: "sun" }),
  status(6, { state: "dreaming", message: "Dreams of sheep" }),
];
/** As a client has them that trusts its server. */
const raw = NEWER_LOG as readonly ChatEvent[];

test("the page decodes all of it, and its view has the run waiting, in the words of the server", () => {
  const events = NEWER_LOG.map(decodeEvent);
  expect(events.map(({ type }) => type)).toEqual(["status", "unknown", "status", "status", "status", "unknown"]);
  expect(logPageSchema.parse({ events: NEWER_LOG, first: 1, last: 6, epoch: "e" }).events).toEqual(events);
  const { entries, runs } = foldTranscript(events);
  expect(entries).toHaveLength(6);
  expect(runs.get("r1")).toMatchObject({ state: "waiting", reason: "sun", message: "Waits for the sun" });
});

test("the commands show all of it in plain words", () => {
  const lines: string[] = [];
  const out = { terminal: false, print: (line: string) => void lines.push(line) };
  const printer = createLogPrinter(out as never, 100, "data");
  const document = createMarkdown("A chat");
  const running = new RunningRuns();
  const seen: string[] = [];
  for (const event of raw) {
    printer.event(event);
    lines.push(document.event(event));
    running.event(event, "A chat");
    seen.push(running.line(Date.parse(event.at)));
  }
  const told = lines.join("\n");
  for (const words of ["hologram", "Waits for the moon", "Going on: the moon is up", "Dreams of sheep"])
    expect(told.split(words).length, words).toBe(3);
  expect(told).not.toMatch(/undefined|\[object/);
  expect(seen[2]).toBe("◔ A chat: Waits for the moon 0s");
});

test("the chat in the terminal shows all of it, and goes on", () => {
  const events = raw.map((event): LogEvent => event);
  const { entries, runs } = foldTranscript(events);
  const at = { width: 80, me: "ann", now: 0 };
  const lines = entries.flatMap((entry) => entryLines({ entry, run: runs.get("r1") }, at));
  const text = lines
    .flat()
    .map(({ text }) => text)
    .join("\n");
  for (const words of ["hologram", "Waits for the moon", "Going on: the moon is up", "Dreams of sheep"])
    expect(text).toContain(words);
  expect(foldChat(raw).runs.get("r1")).toMatchObject({ state: "waiting", message: "Dreams of sheep" });
});

eachEngine("a log that a newer Sparky has written", (engine) => {
  test("is served, listed and folded, and is no reason for a request to fail", async () => {
    const store = await engine.store();
    const app = await chatServer(store);
    const { owner } = app.people;
    const { chat } = await createChat(store, owner, {});
    const { head } = await store.db
      .selectFrom("chats")
      .select("head")
      .where("id", "=", chat.id)
      .executeTakeFirstOrThrow();
    for (const [index, event] of NEWER_LOG.entries()) {
      const { type, chatId: _chat, seq: _seq, ...body } = { ...(event as ChatEvent) };
      const seq = head + 1 + index;
      const row = {
        chat_id: chat.id,
        seq,
        type,
        at: Date.parse(body.at),
        run_id: null,
        task_id: null,
        body: JSON.stringify({ ...body, type }),
      };
      await store.db.insertInto("events").values(row).execute();
      await store.db.updateTable("chats").set({ head: seq }).where("id", "=", chat.id).execute();
    }
    const page = await app.as(owner, "GET", `/api/chats/${chat.id}/events`);
    expect([page.status, page.body.last]).toEqual([200, head + NEWER_LOG.length]);
    expect(logPageSchema.parse(page.body).events).toHaveLength(head + NEWER_LOG.length);
    const { status, body } = await app.as(owner, "GET", `/api/chats/${chat.id}`);
    expect([status, body.view.head]).toEqual([200, head + NEWER_LOG.length]);
    for (const path of ["/api/chats", "/api/status", "/api/away", "/api/activity"])
      expect([path, (await app.as(owner, "GET", path)).status]).toEqual([path, 200]);
    const known = await readEvents(store.db, chat.id);
    expect(known.filter(({ type }) => type === "status")).toHaveLength(4);
  });
});
