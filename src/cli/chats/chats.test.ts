import { expect, test } from "vitest";
import { sparky } from "../../../test/golden/scripted-cli.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { overApp } from "../../../test/kit/cli-app.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import type { ChatEvent, NewEvent } from "../../core/events.ts";
import { AGENT_ACTOR, SYSTEM_ACTOR } from "../../store/people/actors.ts";
import { createChat } from "../../store/chats/chats.ts";
import { readEvents } from "../../store/log/events.ts";
import { postMessage } from "../../store/chats/messages.ts";
import { claimRuns } from "../../store/runs/claim.ts";
import { endRun } from "../../store/endings/run.ts";
import { entryLines } from "../terminal/entry.ts";
import { textOf } from "../terminal/text.ts";
import { advance, emptyTerminalView } from "../terminal/view.ts";

async function scene() {
  const store = await sqlite.store();
  const app = await chatServer(store);
  const { owner, ann } = app.people;
  const make = async (title: string) => (await createChat(store, owner, { title })).chat.id;
  const run = (...argv: string[]) => sparky(["chats", ...argv], overApp(app, owner));
  const ids = async (...argv: string[]) =>
    (await run("list", ...argv)).stdout
      .trim()
      .split("\n")
      .map((line) => line.split("\t")[0]);
  return { store, owner, ann, app, make, run, ids };
}

const agent = { runId: null, taskId: null, step: 1, actor: AGENT_ACTOR };
const said = (text: string): NewEvent => ({ type: "message", data: { role: "assistant", text }, ...agent });

test("the list is filtered by title, by what works and by what is archived, and % is a plain character", async () => {
  const { store, owner, make, ids, run } = await scene();
  const [garden, graph, cent] = [await make("The Garden"), await make("Graph"), await make("100% done")];
  expect(await ids("--search", "GARDEN")).toEqual([garden]);
  expect(await ids("--search", "%")).toEqual([cent]);
  expect(await ids("--working")).toEqual([""]);
  await postMessage(store, owner, graph, { text: "Hello" });
  expect(await ids("--working")).toEqual([graph]);
  expect((await run("archive", garden)).stdout).toBe(`${garden}\n`);
  expect(await ids("--archived")).toEqual([garden]);
  expect(await ids()).toEqual([graph, cent]);
  // By its id an archived chat is found all the same.
  expect((await run("unarchive", garden.slice(0, 6))).exit).toBe(0);
  expect(await ids("--archived")).toEqual([""]);
});

test("rename writes its event, and what one may only watch cannot be changed", async () => {
  const { store, app, ann, make, run } = await scene();
  const id = await make("Old");
  expect((await run("rename", id, " New ")).exit).toBe(0);
  const last = (await readEvents(store.db, id, {})).at(-1);
  expect(last).toMatchObject({ type: "chat", data: { change: "renamed", title: "New", by: "person" } });
  const asAnn = overApp(app, ann);
  expect(await sparky(["chats", "show", id], asAnn)).toMatchObject({ exit: 5, stdout: "" });
  await store.db.insertInto("chat_shares").values({ chat_id: id, user_id: ann.id, can_write: 0 }).execute();
  expect((await sparky(["chats", "show", id], asAnn)).exit).toBe(0);
  expect((await sparky(["chats", "rename", id, "Mine"], asAnn)).exit).toBe(4);
  expect((await sparky(["chats", "delete", id, "--yes"], asAnn)).exit).toBe(4);
});

test("delete asks, names what it takes with it, and the chat is gone", async () => {
  const { store, owner, app, make, run } = await scene();
  const id = await make("Secret plans");
  await postMessage(store, owner, id, { text: "Hello" });
  expect((await run("delete", id)).exit).toBe(2);
  const refused = await sparky(["chats", "delete", id], { ...overApp(app, owner), terminal: true, answer: "" });
  expect(refused).toMatchObject({ exit: 1, stdout: "" });
  expect(refused.stderr).toContain("Secret plans, with all that belongs to it, and stop what the agent does there?");
  expect((await run("delete", id, "--yes")).stdout).toBe(`${id}\n`);
  expect((await run("show", id)).exit).toBe(5);
});

test("show and export give the whole log, over many pages, and --last the end of it", async () => {
  const { store, make, run } = await scene();
  const id = await make("Long");
  await store.append({ chatId: id, events: Array.from({ length: 450 }, (_, at) => said(`#${at}`)) });
  const log = await readEvents(store.db, id, {});
  const lines = (text: string): ChatEvent[] =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as ChatEvent);
  expect(lines((await run("show", id, "--json")).stdout)).toEqual(log);
  expect(lines((await run("show", id, "--json", "--last", "230")).stdout)).toEqual(log.slice(-230));
  const exported = JSON.parse((await run("export", id, "--format", "json")).stdout) as object;
  expect(exported).toMatchObject({ chat: { id, title: "Long", head: 451 }, events: log });
  const markdown = (await run("export", id)).stdout;
  expect(markdown.match(/^#\d+$/gm)).toHaveLength(450);
  expect(markdown.startsWith("# Long\n")).toBe(true);
});

test("what a schedule tells in its chat is shown and exported in its words, in the terminal too", async () => {
  const { store, make, run } = await scene();
  const id = await make("Runs");
  const message = "Paused after 5 failures in a row";
  const data = { change: "paused", schedule: "tick", reason: "failures", message } as const;
  const place = { runId: null, taskId: null, step: null, actor: SYSTEM_ACTOR };
  const events = await store.append({ chatId: id, events: [{ type: "schedule", data, ...place }] });
  expect((await run("show", id)).stdout).toContain(message);
  expect((await run("export", id)).stdout).toContain(message);
  const { settled } = advance(
    emptyTerminalView,
    events.map((event) => ({ kind: "event", event })),
  );
  const lines = settled.flatMap((each) => entryLines(each, { width: 80, me: "u", now: 0 })).map(textOf);
  expect(lines.join("\n")).toContain(message);
});

test("what a log says cannot break out of an exported document, or move a cursor", async () => {
  const { store, make, run } = await scene();
  const id = await make("Title\nwith\u001b[2J break");
  const use = {
    callId: "c1",
    name: "shell",
    args: { a: "```\n# not a heading" },
    effect: "read",
    summary: "",
  } as const;
  const result = { callId: "c1", name: "shell", ok: true, result: "````\n\u001b[31mred", durationMs: 5, size: 9 };
  await store.append({
    chatId: id,
    events: [
      { type: "thought", data: { text: "one\ntwo" }, ...agent },
      { type: "thought", data: { text: "I look.\nNow.", said: true }, ...agent },
      { type: "tool_use", data: use, ...agent },
      { type: "tool_result", data: result, ...agent },
    ],
  });
  const { stdout } = await run("export", id);
  expect(stdout).not.toContain("\u001b");
  expect(stdout).toContain("> *Thought:* one\n> two\n");
  expect(stdout).toMatch(/^## agent · \S+\n\nI look\.\nNow\.\n/m);
  expect(stdout).toContain("`````\n````\n\\u001b[31mred\n`````");
  expect(stdout.startsWith("# Title with break\n")).toBe(true);
});

test("a followed chat needs a server", async () => {
  const { store, owner, make, run } = await scene();
  const id = await make("x");
  await postMessage(store, owner, id, { text: "Hello" });
  const [claimed] = await claimRuns(store, { kind: "turn", limit: 1 });
  if (claimed === undefined) throw new Error("no run");
  const ending = { state: "completed", message: "Done", result: "" } as const;
  await store.transact((tx) => endRun(tx, claimed.run.id, ending, { readSeq: Number.MAX_SAFE_INTEGER }));
  expect(await run("show", "-f", id)).toMatchObject({ exit: 3, stdout: "" });
});
