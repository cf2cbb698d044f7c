import { sql } from "kysely";
import { expect, test } from "vitest";
import { isSparkyError } from "../../src/core/errors.ts";
import type { NewEvent } from "../../src/core/events.ts";
import { createChat } from "../../src/store/chats/chats.ts";
import { readEvents } from "../../src/store/log/events.ts";
import type { Store } from "../../src/store/database/store.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { dataOf, startAgent, story } from "../kit/agent.ts";
import { sqlite } from "../kit/databases.ts";
import { call, say, scriptedModel, stepsIn, type Step } from "../kit/scripted-model.ts";
import { ended, testTool, until } from "../kit/worker.ts";

// The file may not grow any more: what SQLite says then is what it says when the disk is full.

async function fill(store: Store): Promise<void> {
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(store.db);
  await sql.raw(`pragma max_page_count = ${rows[0]?.page_count}`).execute(store.db);
}

/** What room there is within the file is used up too. */
async function fillUp(store: Store, chatId: string): Promise<void> {
  await fill(store);
  for (const size of [2000, 300, 1]) {
    const append = () => store.append({ chatId, events: [words("x".repeat(size))] });
    for (let left = 1000; left > 0; left--)
      if (
        await append().then(
          () => false,
          () => true,
        )
      )
        break;
  }
}

const makeRoom = (store: Store): Promise<unknown> => sql.raw("pragma max_page_count = 1000000").execute(store.db);

const words = (text: string): NewEvent => ({
  type: "message",
  data: { role: "assistant", text },
  runId: null,
  taskId: null,
  step: null,
  actor: { kind: "agent", id: "agent", name: "agent" },
});

test("while the disk is full an append fails and says so, what was acknowledged stays, and it goes on when there is room", async () => {
  const store = await sqlite.store();
  const { owner } = await ensureUsers(store);
  const { chat } = await createChat(store, owner, {});
  const acknowledged = ["created"];
  const append = async (text: string): Promise<void> => {
    await store.append({ chatId: chat.id, events: [words(text)] });
    acknowledged.push(text.slice(0, 12));
  };
  await append("before");
  await fill(store);
  const failures: unknown[] = [];
  for (let i = 0; i < 20; i++) {
    // Several at once share a commit: a small one may fit where a large one does not.
    const some = [append(`large ${i} ${"x".repeat(20_000)}`), append(`small ${i}`)];
    for (const outcome of await Promise.allSettled(some))
      if (outcome.status === "rejected") failures.push(outcome.reason);
  }
  expect(failures.length).toBeGreaterThan(10);
  for (const failure of failures) {
    expect(isSparkyError(failure, "unavailable"), String(failure)).toBe(true);
    expect(failure).toMatchObject({ message: expect.stringContaining("full") });
  }
  const refused = await createChat(store, owner, { title: "t".repeat(200) }).catch((error: unknown) => error);
  if (!("chat" in (refused as object))) expect(isSparkyError(refused, "unavailable"), String(refused)).toBe(true);
  await makeRoom(store);
  await append("after");

  const events = await readEvents(store.db, chat.id);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const said = events.map(({ type, data }) => (type === "message" ? data.text.slice(0, 12) : "created"));
  expect(said).toEqual(acknowledged);
});

test("a run that meets a full disk goes on by itself when there is room, and repeats nothing that must not be repeated", async () => {
  const store = await sqlite.store();
  const { owner } = await ensureUsers(store);
  const { chat: other } = await createChat(store, owner, {});
  let effects = 0;
  const large = testTool(
    "large",
    async () => {
      effects++;
      await fillUp(store, other.id);
      return "x".repeat(30_000);
    },
    { idempotent: false },
  );
  const steps: readonly Step[] = [[call("large")], [say("It is done.")]];
  const model = scriptedModel((request) => steps[stepsIn(request)] ?? []);
  const agent = await startAgent(store, { model, tools: [large], pollMs: 100 });
  const { task } = await addTask(store, owner, { instruction: "x" });
  await until("the disk to be noticed", () => agent.errors.length > 0);
  await makeRoom(store);

  const run = await ended(store, task.runId);
  expect(await story(store, run.chat_id), "its log").toContain("completed");
  expect(effects).toBe(1);
  expect(await dataOf(store, run.chat_id, "tool_result")).toMatchObject([{ ok: false, interrupted: true }]);
});
