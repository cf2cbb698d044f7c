import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { sayAll, setClock } from "../bench/memory/evaluate.ts";
import { recallTool } from "../src/builtin-tools/recall.ts";
import { systemClock } from "../src/core/clock.ts";
import { createDemoModel } from "../src/models/demo/demo.ts";
import { createChat, deleteChat } from "../src/store/chats/chats.ts";
import { postMessage } from "../src/store/chats/messages.ts";
import { ensureUsers } from "../src/store/people/users.ts";
import { recall } from "../src/store/recall/recall.ts";
import { dataOf, startAgent } from "./kit/agent.ts";
import { postgres, sqlite, type Engine } from "./kit/databases.ts";
import { tempHome } from "./kit/temp-home.ts";
import { threeWeeks } from "./kit/three-weeks.ts";
import { ended } from "./kit/worker.ts";

// Three weeks of talk are remembered.

async function answersOn(engine: Engine): Promise<ReadonlyMap<string, readonly (string | undefined)[]>> {
  const clock = setClock(systemClock);
  const store = await engine.store({ clock });
  const { owner } = await ensureUsers(store);
  const ids = await sayAll(store, clock, owner, threeWeeks.items);
  const names = new Map([...ids].map(([name, id]) => [id, name]));
  const answers = new Map<string, readonly (string | undefined)[]>();
  for (const { text } of threeWeeks.questions) {
    const { items } = await recall(store, { viewer: owner, within: null }, { query: text });
    answers.set(
      text,
      items.map(({ id }) => names.get(id)),
    );
  }
  return answers;
}

test("twenty questions find their answers among the first ten, in the same order on both engines", async () => {
  const [onSqlite, onPostgres] = [await answersOn(sqlite), await answersOn(postgres)];
  expect(onSqlite).toEqual(onPostgres);
  const missed = threeWeeks.questions.flatMap(({ text, evidence }) => {
    const first = onSqlite.get(text)?.slice(0, 10) ?? [];
    return evidence.every((id) => first.includes(id)) ? [] : [[text, first]];
  });
  expect(threeWeeks.questions).toHaveLength(20);
  expect(missed).toEqual([]);
});

/** What the demo model links to in its answer to each question, by the names of the log; what it asked in is gone again. */
async function linkedOn(engine: Engine): Promise<ReadonlyMap<string, readonly string[]>> {
  const clock = setClock(systemClock);
  const store = await engine.store({ clock });
  const { owner } = await ensureUsers(store);
  const ids = await sayAll(store, clock, owner, threeWeeks.items);
  const names = new Map([...ids].map(([name, id]) => [id, name]));
  const agent = await startAgent(store, { model: createDemoModel({ pauseMs: 0 }), tools: [recallTool(store)] });
  const answers = new Map<string, readonly string[]>();
  for (const { text } of threeWeeks.questions) {
    const { chat } = await createChat(store, owner, {});
    const { runId } = await postMessage(store, owner, chat.id, { text: `Recall "${text}"` });
    expect(await ended(store, runId)).toMatchObject({ state: "completed" });
    const answer = (await dataOf(store, chat.id, "message")).at(-1)?.text ?? "";
    const cited = [...answer.matchAll(/\[m:([^\]]+)\]/g)].map(([, id = ""]) => id);
    answers.set(
      text,
      cited.flatMap((id) => names.get(id) ?? []),
    );
    await deleteChat(store, owner, chat.id);
  }
  expect(agent.errors).toEqual([]);
  return answers;
}

test("the demo model answers twenty questions from three weeks of talk, each with the right message linked", async () => {
  const [onSqlite, onPostgres] = [await linkedOn(sqlite), await linkedOn(postgres)];
  expect(onSqlite).toEqual(onPostgres);
  expect(onSqlite.size).toBe(20);
  const missed = threeWeeks.questions.filter(
    ({ text, evidence }) => !evidence.every((id) => onSqlite.get(text)?.slice(0, 10).includes(id)),
  );
  expect(missed).toEqual([]);
});

test("`eval:memory` tells how much of the known evidence is found, and refuses what it cannot read", async () => {
  const file = join(await tempHome(), "talk.json");
  const evaluated = async (...args: readonly string[]) =>
    promisify(execFile)("sh", ["scripts/eval-memory.sh", ...args], { cwd: join(import.meta.dirname, "..") });
  await writeFile(file, JSON.stringify(threeWeeks));
  const { stdout } = await evaluated(file, "--json");
  expect(JSON.parse(stdout)).toEqual({
    ...{
      items: threeWeeks.items.length,
      questions: 20,
      recall5: expect.any(Number),
      recall10: 1,
      mrr: expect.any(Number),
    },
    ...{ msMedian: expect.any(Number), msP95: expect.any(Number) },
    byKind: {
      author: expect.objectContaining({ questions: 1 }),
      several: expect.objectContaining({ questions: 1, recall10: 1 }),
      single: expect.objectContaining({ questions: 13 }),
      time: expect.objectContaining({ questions: 5 }),
    },
  });
  await writeFile(file, JSON.stringify({ items: [{ id: "a" }], questions: [] }));
  await expect(evaluated(file)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("cannot be evaluated"),
  });
  await expect(evaluated()).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("eval:memory") });
});
