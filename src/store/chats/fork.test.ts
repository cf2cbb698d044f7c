import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { startAgent } from "../../../test/kit/agent.ts";
import { call, say, scriptedModel, stepsIn } from "../../../test/kit/scripted-model.ts";
import { ended, testTool } from "../../../test/kit/worker.ts";
import { happenedAt, type NewEvent } from "../../core/events.ts";
import { AGENT_ACTOR } from "../people/actors.ts";
import { writeBlob } from "../log/blobs.ts";
import { readEvents } from "../log/events.ts";
import { ensureUsers } from "../people/users.ts";
import type { Store } from "../database/store.ts";
import type { Finding } from "../verify/finding.ts";
import { verifyStore } from "../verify/verify.ts";
import { addTask } from "../tasks/add.ts";
import { createChat, getChat, markSeen, patchChat } from "./chats.ts";
import { forkChat } from "./fork.ts";
import { forkedEvents } from "./forked-events.ts";
import { postMessage } from "./messages.ts";

/** The types that are copied. */
const COPIED = new Set<string>(["message", "thought", "tool_use", "tool_start", "tool_result"]);

const big = testTool("big", async () => "x".repeat(40_000));

/** A chat in which the agent has called a tool with a big result, and answered. */
async function scene(store: Store) {
  const { owner } = await ensureUsers(store);
  const asked: string[] = [];
  const model = scriptedModel((request) => {
    asked.push(JSON.stringify(request.messages));
    return stepsIn(request) === 0 && asked.length === 1 ? [say("I look."), call("big")] : [say("That is all.")];
  });
  const agent = await startAgent(store, { model, tools: [big] });
  const { chat } = await createChat(store, owner, { title: "Tea" });
  const { runId } = await postMessage(store, owner, chat.id, { text: "Look", key: "k" });
  await ended(store, runId);
  const events = await readEvents(store.db, chat.id);
  return { owner, agent, chat, events, head: events.length, asked };
}

async function findings(store: Store): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for await (const finding of verifyStore(store)) found.push(finding);
  return found;
}

eachEngine("forks", (database) => {
  test("what one does oneself with a chat leaves it read, and what was not read before stays unread", async () => {
    const store = await database.store();
    const { owner, agent, chat, head } = await scene(store);
    await agent.stop();
    const unread = async (id: string) => {
      const { head: last, seen } = await getChat(store, owner, id);
      return last - seen;
    };
    await forkChat(store, owner, chat.id, { seq: head });
    expect(await unread(chat.id)).toBe(head + 1);
    await markSeen(store, owner, chat.id, head + 1);
    const made = await forkChat(store, owner, chat.id, { seq: head });
    expect([await unread(chat.id), await unread(made.chat.id)]).toEqual([0, 0]);
    await patchChat(store, owner, chat.id, { title: "Coffee", archived: true });
    expect(await unread(chat.id)).toBe(0);
    await postMessage(store, owner, chat.id, { text: "Look again" });
    await patchChat(store, owner, chat.id, { title: "Tea" });
    expect(await unread(chat.id)).toBeGreaterThan(1);
  });

  test("a chat is made from another: what was said and done is told, nothing runs twice, and both name each other", async () => {
    const store = await database.store();
    const { owner, agent, chat, head, asked } = await scene(store);
    const made = await forkChat(store, owner, chat.id, { seq: head, text: "And now?", model: "other", key: "f" });
    expect(made).toMatchObject({ created: true, chat: { title: "Tea", model: "other", origin: "user" } });
    await ended(store, made.message?.runId ?? "");
    await agent.stop();
    const log = await readEvents(store.db, made.chat.id);
    expect(log.map(({ type }) => type).slice(0, 8)).toEqual([
      ...["chat", "message", "thought", "tool_use", "tool_start", "tool_result", "message", "chat"],
    ]);
    expect(log.find((event) => event.type === "chat" && event.data.change === "forked")?.data).toEqual({
      change: "forked",
      from: chat.id,
      seq: head,
    });
    expect((await readEvents(store.db, chat.id)).at(-1)?.data).toEqual({ change: "fork", to: made.chat.id, seq: head });
    // The model of the new chat is told of the effect, and of the words.
    expect(asked.at(-1)).toMatch(
      /Look.*you called .*big.* with.*xxx.*read on with result_read.*That is all.*And now\?/s,
    );
    expect(await store.db.selectFrom("blobs").select("chat_id").execute()).toHaveLength(2);
    expect(await store.db.selectFrom("runs").select("id").where("chat_id", "=", made.chat.id).execute()).toHaveLength(
      1,
    );
    expect(await findings(store)).toEqual([]);
  });

  test("what a message refers to goes with it, whole, to where it stands now, and is not read again", async () => {
    const store = await database.store();
    const { owner } = await ensureUsers(store);
    const read: string[] = [];
    const agent = await startAgent(store, {
      model: scriptedModel(() => [say("Read.")]),
      tools: [],
      resources: {
        names: async () => ["docs"],
        read: async (_, { uri }) => (read.push(uri), "y".repeat(40_000)),
      },
    });
    const { chat } = await createChat(store, owner, { title: "Tea" });
    for (const text of ["Hello", "See @docs:x://a"]) {
      await ended(store, (await postMessage(store, owner, chat.id, { text })).runId);
    }
    const head = (await readEvents(store.db, chat.id)).length;
    const made = await forkChat(store, owner, chat.id, { seq: head, text: "And now?" });
    await ended(store, made.message?.runId ?? "");
    await agent.stop();
    expect(read).toEqual(["x://a"]);
    const log = await readEvents(store.db, made.chat.id);
    const [resource] = log.flatMap((event) => (event.type === "resource" ? [event.data] : []));
    expect(log[(resource?.messageSeq ?? 0) - 1]?.data).toMatchObject({ text: "See @docs:x://a" });
    const blobs = await store.db.selectFrom("blobs").select(["id", "chat_id"]).execute();
    expect(blobs).toContainEqual({ id: resource?.blob, chat_id: made.chat.id });
    expect(await findings(store)).toEqual([]);
  });

  test.each([
    { of: {}, at: "its first words", text: "What is the weather?", is: "What is the weather?" },
    { of: {}, at: "what came behind them", text: "And tomorrow?", is: "What time is it?" },
    { of: { title: "Tea" }, at: "its first words", text: "What is the weather?", is: "Tea" },
  ])("a chat $of that begins with $text in place of $at is called $is", async ({ of, at, text, is }) => {
    const store = await database.store();
    const { owner } = await ensureUsers(store);
    const { chat } = await createChat(store, owner, of);
    const { seq } = await postMessage(store, owner, chat.id, { text: "What time is it?" });
    const made = await forkChat(store, owner, chat.id, { seq: at === "its first words" ? seq - 1 : seq, text });
    expect(made.chat.title).toBe(is);
    expect(await findings(store)).toEqual([]);
  });

  test("what a run has told a task of its own is nobody's word there: it refers to nothing, and the model is told what it is", async () => {
    const store = await database.store();
    const { owner } = await ensureUsers(store);
    const read: string[] = [];
    const asked: string[] = [];
    const agent = await startAgent(store, {
      model: scriptedModel(({ messages }) => (asked.push(JSON.stringify(messages)), [say("Done.")])),
      tools: [],
      resources: { names: async () => ["docs"], read: async (_, { uri }) => (read.push(uri), "theirs") },
    });
    const { chat } = await createChat(store, owner, { title: "Tea" });
    const { runId } = await postMessage(store, owner, chat.id, { text: "Hello" });
    await ended(store, runId);
    const descent = { parentRun: runId, rootRun: runId, depth: 1, origins: ["chat", "task"] as const };
    const added = { instruction: "Read @docs:x://a", chatId: chat.id };
    const { task } = await addTask(store, owner, added, { from: { descent, owner } });
    const run = await store.db.selectFrom("runs").select("id").where("task_id", "=", task.id).executeTakeFirstOrThrow();
    await ended(store, run.id);
    for (let from = chat.id, n = 0; n < 2; n += 1) {
      // A chat that was made from one that was made from another tells the same.
      const seq = (await readEvents(store.db, from)).length;
      const made = await forkChat(store, owner, from, { seq, text: "And now?" });
      await ended(store, made.message?.runId ?? "");
      expect(asked.at(-1)).toContain("A task was given here");
      from = made.chat.id;
    }
    await agent.stop();
    expect(read).toEqual([]);
    expect(await findings(store)).toEqual([]);
  });

  test("too much that is kept beside the log is too much to copy, and leaves nothing", async () => {
    const store = await database.store();
    const { owner } = await ensureUsers(store);
    const { chat } = await createChat(store, owner, { title: "Tea" });
    const json = JSON.stringify("x".repeat(12 * 1024 * 1024));
    const by = { runId: null, taskId: null, step: null, actor: AGENT_ACTOR };
    for (const callId of ["one", "two", "three"]) {
      await store.transact(async (tx) => {
        const blob = tx.newId();
        await writeBlob(tx, chat.id, { id: blob, json });
        const use = { callId, name: "big", args: {}, effect: "read", summary: "" } as const;
        const result = { callId, name: "big", ok: true, result: "x", size: json.length, durationMs: 1, blob };
        await tx.append(chat.id, [
          { type: "tool_use", data: use, ...by },
          { type: "tool_result", data: result, ...by },
        ]);
      });
    }
    const seq = (await readEvents(store.db, chat.id)).length;
    await expect(forkChat(store, owner, chat.id, { seq })).rejects.toMatchObject({ code: "too_large" });
    expect(await store.db.selectFrom("chats").select("id").execute()).toHaveLength(1);
    expect(await forkChat(store, owner, chat.id, { seq: seq - 2 })).toMatchObject({ created: true });
  });

  test("what is copied says when it happened, also in a chat that was made from one that was made from another", async () => {
    const store = await database.store();
    const { owner, agent, chat, head, events } = await scene(store);
    await agent.stop();
    const happened = events.flatMap(({ type, at }) => (COPIED.has(type) ? [[type, at]] : []));
    let from = chat.id;
    for (let seq = head, n = 0; n < 2; n += 1) {
      from = (await forkChat(store, owner, from, { seq })).chat.id;
      const copies = (await readEvents(store.db, from)).filter(({ type }) => COPIED.has(type));
      expect(copies.map((event) => [event.type, happenedAt(event)])).toEqual(happened);
      expect(copies.every(({ at }) => at >= (events.at(-1)?.at ?? ""))).toBe(true);
      seq = copies.length + 2;
    }
    expect(await findings(store)).toEqual([]);
  });

  test("a key that has made a chat in another way makes no fork, and its chat is not given for one", async () => {
    const store = await database.store();
    const { owner } = await ensureUsers(store);
    const { chat } = await createChat(store, owner, { title: "Tea" });
    const { chat: other } = await createChat(store, owner, { title: "Coffee" });
    await createChat(store, owner, { key: "k" });
    const refused = { code: "conflict", message: "this key has made another chat already, and not from this one" };
    await expect(forkChat(store, owner, chat.id, { seq: 1, key: "k" })).rejects.toMatchObject(refused);
    await forkChat(store, owner, other.id, { seq: 1, key: "l" });
    await expect(forkChat(store, owner, chat.id, { seq: 1, key: "l" })).rejects.toMatchObject(refused);
    // Nor is a fork given for a chat that begins with nothing.
    await expect(createChat(store, owner, { key: "l" })).rejects.toMatchObject({ code: "conflict" });
    expect((await createChat(store, owner, { key: "k" })).created).toBe(false);
    expect(await store.db.selectFrom("chats").select("id").execute()).toHaveLength(4);
  });

  test("the same key makes one chat, at the same time too; a seq that is not there makes none, and leaves nothing", async () => {
    const store = await database.store();
    const { owner, agent, chat, head } = await scene(store);
    const twice = await Promise.all(
      [1, 2].map(() => forkChat(store, owner, chat.id, { seq: 2, text: "Hm", key: "f" })),
    );
    expect(new Set(twice.map((made) => `${made.chat.id} ${made.message?.runId}`)).size).toBe(1);
    expect(twice.filter(({ created }) => created)).toHaveLength(1);
    const before = await store.db.selectFrom("chats").select("id").execute();
    await expect(forkChat(store, owner, chat.id, { seq: head + 50 })).rejects.toMatchObject({ code: "invalid_input" });
    expect(await store.db.selectFrom("chats").select("id").execute()).toHaveLength(before.length);
    await ended(store, twice[0]?.message?.runId ?? "");
    await agent.stop();
    expect(await findings(store)).toEqual([]);
  });
});

test("a call that was only asked for stays behind; of one that had begun it is told that its outcome is not known", () => {
  const place = { runId: "r", taskId: "t", step: 1, actor: AGENT_ACTOR };
  const use = (callId: string): NewEvent => ({
    type: "tool_use",
    data: { callId, name: "shell", args: {}, effect: "external", summary: "" },
    ...place,
  });
  const events: NewEvent[] = [
    use("asked"),
    use("begun"),
    { type: "approval", data: { approvalId: "p", callId: "asked", state: "requested", argsDigest: "d" }, ...place },
    { type: "tool_start", data: { callId: "begun", attempt: 1 }, ...place },
  ];
  const copies = forkedEvents(
    events.map((event, n) => ({ ...event, chatId: "c", seq: n + 1, at: "2026-01-01T00:00:00.000Z" })),
    2,
  );
  expect(copies.map((event) => [event.type, event.runId, "callId" in event.data && event.data.callId])).toEqual([
    ["tool_use", null, "begun"],
    ["tool_start", null, "begun"],
    ["tool_result", null, "begun"],
  ]);
  expect(copies[2]?.data).toMatchObject({ ok: false, interrupted: true });
});
