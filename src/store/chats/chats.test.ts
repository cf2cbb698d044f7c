import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { SYSTEM_ACTOR } from "../people/actors.ts";
import { requestApprovals } from "../approvals/approvals.ts";
import { createChat, deleteChat, getChat, listChats, markSeen, patchChat } from "./chats.ts";
import { readEvents } from "../log/events.ts";
import { postMessage } from "./messages.ts";
import { claimRuns } from "../runs/claim.ts";
import { appendResult, checkpoint, recordStep } from "../runs/record.ts";
import { purgeDeleted } from "../endings/purge.ts";
import type { Schema } from "../database/schema.ts";
import type { Store } from "../database/store.ts";
import { addTask } from "../tasks/add.ts";
import { ensureUsers } from "../people/users.ts";
import { NO_REQUEST } from "../../../test/kit/no-request.ts";

const said = {
  type: "thought",
  data: { text: "x" },
  runId: null,
  taskId: null,
  step: null,
  actor: SYSTEM_ACTOR,
} as const;

test("F35: recent means the last event, not the creation, and pages keep that order", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { owner } = await ensureUsers(store);
  const ids: string[] = [];
  for (const title of ["a", "b", "c"]) {
    ids.push((await createChat(store, owner, { title })).chat.id);
    await clock.advance(1000);
  }
  await store.append({ chatId: ids[0] ?? "", events: [said] });
  const titles = async (query: object) => (await listChats(store, owner, query)).items.map((chat) => chat.title);
  expect(await titles({})).toEqual(["a", "c", "b"]);
  const first = await listChats(store, owner, { limit: 2 });
  expect(first.items.map((chat) => chat.title)).toEqual(["a", "c"]);
  expect(await titles({ limit: 2, cursor: first.next ?? "" })).toEqual(["b"]);
});

/** Every table with a column that names a chat, or something of a chat. */
const OF_CHATS = [
  "chat_shares",
  "seen",
  "events",
  "steps",
  "parts",
  "message_keys",
  "runs",
  "tasks",
  "task_deps",
  "blobs",
  "approvals",
] as const satisfies readonly (keyof Schema)[];

async function counts(store: Store): Promise<Record<string, number>> {
  const result: Record<string, number> = {};
  for (const table of OF_CHATS) {
    const { n } = await store.db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as("n"))
      .executeTakeFirstOrThrow();
    result[table] = Number(n);
  }
  return result;
}

eachEngine("a deleted chat", (engine) => {
  test("F36: takes everything of its own with it, and nothing of another's", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { owner } = await ensureUsers(store);
    const { chat: kept } = await createChat(store, owner, { title: "kept" });
    await postMessage(store, owner, kept.id, { text: "stay", key: "k" });
    await claimRuns(store, { kind: "turn", limit: 1 });
    const before = await counts(store);

    const first = await addTask(store, owner, { instruction: "one" });
    const { chatId } = first.task;
    await addTask(store, owner, { instruction: "two", chatId, dependsOn: [first.task.id] });
    await postMessage(store, owner, chatId, { text: "hello", key: "k" });
    await markSeen(store, owner, chatId, 3);
    const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
    if (claimed === undefined) throw new Error("nothing was claimed");
    await checkpoint(store, claimed, [{ part: "1.1", ord: 1, kind: "message", text: "so far" }]);
    const usage = { model: "m", inputTokens: 1, outputTokens: 1, durationMs: 1 };
    await recordStep(store, claimed, {
      step: 1,
      request: NO_REQUEST,
      readSeq: 1,
      provider: "p",
      model: "m",
      messages: "[]",
      usage,
      events: [{ ...said, runId: claimed.run.id, taskId: claimed.run.task_id, step: 1 }],
    });
    const big = { callId: "c", name: "t", step: 1, durationMs: 1 };
    await store.transact((tx) =>
      appendResult(tx, claimed, { ...big, outcome: { ok: true, result: "x".repeat(40_000) } }, []),
    );
    await requestApprovals(
      store,
      claimed,
      [{ callId: "c", tool: "t", effect: "external", summary: "", args: {} }],
      1000,
    );
    await checkpoint(store, claimed, [{ part: "1.2", ord: 2, kind: "message", text: "more" }]);
    const during = await counts(store);
    for (const table of OF_CHATS) expect([table, during[table]! > before[table]!]).toEqual([table, true]);

    await deleteChat(store, owner, chatId);
    await expect(getChat(store, owner, chatId)).rejects.toMatchObject({ code: "not_found" });
    await purgeDeleted(store);
    expect((await counts(store))["events"]).toBeGreaterThan(before["events"] ?? 0);
    await clock.advance(61_000);
    await purgeDeleted(store);
    expect(await counts(store)).toEqual(before);
    expect((await getChat(store, owner, kept.id)).title).toBe("kept");
  });
});

test("F37: a chat is named by its first words in the message's own transaction, and never what a person has named", async () => {
  const store = await sqlite.store();
  const { owner } = await ensureUsers(store);
  const { chat } = await createChat(store, owner, {});
  const { seq } = await postMessage(store, owner, chat.id, { text: "Plan my trip\nto Rome" });
  expect((await getChat(store, owner, chat.id)).title).toBe("Plan my trip");
  const events = await readEvents(store.db, chat.id, { from: seq });
  expect(events.map((event) => event.type)).toEqual(["message", "chat", "status"]);
  await patchChat(store, owner, chat.id, { title: "Rome" });
  await postMessage(store, owner, chat.id, { text: "And Naples" });
  expect((await getChat(store, owner, chat.id)).title).toBe("Rome");
});
