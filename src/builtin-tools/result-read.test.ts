import fc from "fast-check";
import type { ModelMessage } from "ai";
import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../test/kit/agent.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { ended, testTool } from "../../test/kit/worker.ts";
import { addTask } from "../store/tasks/add.ts";
import { textPage } from "../tools/text-page.ts";
import { resultRead } from "./result-read.ts";

const WORDS = Array.from({ length: 9000 }, (_, at) => `"${at}"\n🙂`).join("");

/** What the last message to the model says of the one call before it. */
function outcome(messages: readonly ModelMessage[]): { readonly text: string; readonly next: number | null } | string {
  const last = messages.at(-1);
  const part = last?.role === "tool" ? last.content[0] : undefined;
  if (part?.type !== "tool-result") return "";
  return part.output.type === "json"
    ? (part.output.value as { text: string; next: number | null })
    : String("value" in part.output && part.output.value);
}

eachEngine("a result that was cut for the model", (engine) => {
  test("F31 names where it goes on, and is read to its end page by page", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    let whole = "";
    let id = "";
    const model = scriptedModel(({ messages }) => {
      const seen = outcome(messages);
      if (seen === "") return [call("big")];
      if (typeof seen === "string") {
        const [, rest = "{}"] = /read on with result_read (\{.*\})\]$/s.exec(seen) ?? [];
        const from: { id: string; offset: number } = JSON.parse(rest);
        whole = seen.slice(0, from.offset);
        id = from.id;
        return [call("result_read", from)];
      }
      whole += seen.text;
      return seen.next === null ? [say("read")] : [call("result_read", { id, offset: seen.next, limit: 24_000 })];
    });
    await startAgent(store, { model, tools: [resultRead, testTool("big", async () => WORDS)] });
    const { task } = await addTask(store, owner, { instruction: "go" });
    expect((await ended(store, task.runId)).state).toBe("completed");
    expect(JSON.parse(whole)).toBe(WORDS);
    const results = await dataOf(store, task.chatId, "tool_result");
    // No page of it is so big that it would be cut in its turn.
    expect(results.slice(1).filter((result) => result.blob !== undefined || !result.ok)).toEqual([]);
    expect(results.length).toBeGreaterThan(4);
  });
});

test("F15 F16 what another chat has kept is not there, whoever owns it", async () => {
  const store = await sqlite.store();
  const { owner } = await people(store);
  const big = testTool("big", async () => WORDS);
  const first = scriptedModel([[call("big")], [say("done")]]);
  const agent = await startAgent(store, { model: first, tools: [big, resultRead] });
  const { task: one } = await addTask(store, owner, { instruction: "one" });
  await ended(store, one.runId);
  await agent.stop();
  const [kept] = await dataOf(store, one.chatId, "tool_result");
  const second = scriptedModel([[call("result_read", { id: kept?.blob ?? "" })], [say("done")]]);
  await startAgent(store, { model: second, tools: [resultRead] });
  const { task: two } = await addTask(store, owner, { instruction: "two" });
  await ended(store, two.runId);
  expect(await dataOf(store, two.chatId, "tool_result")).toMatchObject([
    { ok: false, error: `a result with the id "${kept?.blob}" was not found` },
  ]);
});

test("the pages of any text make up the whole, each within its limits, and none splits a character", () => {
  let many = 0;
  const text = fc
    .string({ unit: "binary", minLength: 1, maxLength: 60 })
    .chain((unit) => fc.integer({ min: 1, max: 2000 }).map((times) => unit.repeat(times)));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 24_000 }), (whole, limit) => {
      let read = "";
      let pages = 0;
      while (read.length < whole.length) {
        const page = textPage(whole, read.length, Math.max(limit, Math.ceil(whole.length / 50)));
        expect(page.length).toBeGreaterThan(0);
        expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThanOrEqual(30_000);
        expect(page.isWellFormed()).toBe(true);
        read += page;
        pages++;
      }
      expect(read).toBe(whole);
      if (pages > 1) many++;
    }),
    { numRuns: 60 },
  );
  expect(many).toBeGreaterThan(10);
});
