import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { dataOf, startAgent, story } from "../../test/kit/agent.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { call, gate, say, scriptedModel, type Step } from "../../test/kit/scripted-model.ts";
import { tempHome } from "../../test/kit/temp-home.ts";
import { echoTool, ended, noteTool, testTool } from "../../test/kit/worker.ts";
import { readBlob } from "../store/log/blobs.ts";
import { readEvents } from "../store/log/events.ts";
import type { Store, Tx } from "../store/database/store.ts";
import { addTask } from "../store/tasks/add.ts";
import { verifyStore } from "../store/verify/verify.ts";
import { policyOf } from "../tools/policy.ts";
import { defineTransactionalTool, type Tool } from "../tools/tool.ts";

/** A task whose first step is `step`; when it has ended, its results by what was asked, and what the model then saw. */
async function calling(store: Store, step: Step, tools: readonly Tool<Tx>[]) {
  const { owner } = await people(store);
  const model = scriptedModel([step, [say("done")]]);
  const agent = await startAgent(store, { model, tools });
  const { task } = await addTask(store, owner, { instruction: "go" });
  const run = await ended(store, task.runId);
  const uses = await dataOf(store, task.chatId, "tool_use");
  const results = await dataOf(store, task.chatId, "tool_result");
  const seen = model.requests[1]?.messages.at(-1);
  return { run, agent, chatId: task.chatId, uses, results, seen };
}

eachEngine("calls of one step", (engine) => {
  test("F30: run together, and are paired by our own ids, though the provider repeats its own and they end in reverse", async () => {
    const store = await engine.store();
    const names = ["a", "b", "c"];
    const gates = new Map(names.map((name) => [name, gate()]));
    const wait = testTool("wait", async (text, { signal }) => {
      await gates.get(text)?.wait(signal);
      return `${text}!`;
    });
    const reverse = (async () => {
      for (const name of names) await gates.get(name)?.reached;
      for (const name of names.toReversed()) {
        gates.get(name)?.open();
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    })();
    const step = names.map((text) => call("wait", { text }, "call_1"));
    const { run, uses, results, seen, chatId } = await calling(store, step, [wait]);
    await reverse;
    expect(run.state).toBe("completed");
    const idOf = Object.fromEntries(uses.map((use) => [use.summary, use.callId]));
    expect(new Set(Object.values(idOf)).size).toBe(3);
    expect(results.map(({ callId, result }) => [callId, result])).toEqual(
      ["c", "b", "a"].map((text) => [idOf[text], `${text}!`]),
    );
    // F8: each result reaches the model with its own name and id.
    expect(seen).toEqual({
      role: "tool",
      content: names.map((text) => ({
        type: "tool-result",
        toolCallId: idOf[text],
        toolName: "wait",
        output: { type: "json", value: `${text}!` },
      })),
    });
    const starts = await dataOf(store, chatId, "tool_start");
    expect(starts.map((start) => start.callId).sort()).toEqual(Object.values(idOf).sort());
  });
});

eachEngine("arguments that are not JSON", (engine) => {
  test("F86: are kept as they were sent, big ones too, run no tool and ask nobody", async () => {
    const sent = ['{"text":"a",}', `{"text":"${"y".repeat(50_000)}`, '{"text":"a\0'];
    const texts: string[] = [];
    const record = testTool("record", async (text) => {
      texts.push(text);
      return null;
    });
    const asking = { ...record, name: "asking", policy: policyOf("ask") };
    const step = [...sent.map((args) => call("record", args)), call("asking", "{text")];
    const { run, uses, results, seen } = await calling(await engine.store(), step, [record, asking]);
    expect([run.state, texts]).toEqual(["completed", []]);
    expect(uses.map(({ args, badArgs, blob }) => [args, badArgs !== undefined, blob !== undefined])).toEqual([
      [sent[0], true, false],
      [expect.stringMatching(/^"\{\\"text\\":\\"yyy/), true, true],
      [expect.stringContaining('{"text":"a'), true, false],
      ["{text", true, false],
    ]);
    for (const { ok, error } of results)
      expect([ok, error]).toEqual([false, expect.stringMatching(/^not run: .*not JSON.*at character/)]);
    expect(JSON.stringify(seen).match(/call again with valid JSON/g)).toHaveLength(4);
  });
});

const never = new Promise<never>(() => {});

test("whatever goes wrong with a call is a value for the model, and the run goes on", async () => {
  const tools = [
    echoTool,
    testTool("throws", async () => Promise.reject(new Error("it broke"))),
    testTool("throws_at_once", () => {
      throw new Error("it broke at once");
    }),
    testTool("hangs", () => never, { timeoutMs: 50 }),
    testTool(
      "heeds",
      (_text, { signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("cut off")))),
      { timeoutMs: 50 },
    ),
  ];
  const step = [
    call("throws"),
    call("throws_at_once"),
    call("hangs"),
    call("heeds"),
    call("missing", { x: 1 }),
    call("echo", { text: 7 }),
    call("echo", "{not json"),
    call("echo", '{"text":"as text"}'),
    call("echo", ""),
  ];
  const { run, agent, uses, results, seen } = await calling(await sqlite.store(), step, tools);
  expect(run).toMatchObject({ state: "completed", recoveries: 0, retries: 0 });
  expect(agent.errors).toEqual([]);
  expect(uses.map(({ callId }) => results.find((result) => result.callId === callId))).toEqual([
    expect.objectContaining({ name: "throws", ok: false, error: "it broke" }),
    expect.objectContaining({ name: "throws_at_once", ok: false, error: "it broke at once" }),
    expect.objectContaining({ name: "hangs", ok: false, error: "no result within 0.05 s" }),
    expect.objectContaining({ name: "heeds", ok: false, error: "no result within 0.05 s" }),
    expect.objectContaining({
      name: "missing",
      ok: false,
      error: expect.stringMatching(/no tool is called "missing"; there are: .*echo/),
    }),
    expect.objectContaining({
      name: "echo",
      ok: false,
      error: expect.stringMatching(/bad arguments for echo: .*text/s),
    }),
    expect.objectContaining({ name: "echo", ok: false, error: expect.stringContaining("are not JSON") }),
    expect.objectContaining({ name: "echo", ok: true, result: { echo: "as text" } }),
    expect.objectContaining({ name: "echo", ok: true, result: { echo: "" } }),
  ]);
  const content = seen?.role === "tool" ? seen.content : [];
  expect(content.map((part) => part.type === "tool-result" && part.output.type)).toEqual([
    ...Array.from({ length: 7 }, () => "error-text"),
    "json",
    "json",
  ]);
});

test("a big result is kept whole, shown as a preview, and told to the model by reference", async () => {
  const store = await sqlite.store();
  const big = "x".repeat(100_000);
  const { results, seen } = await calling(store, [call("big")], [testTool("big", async () => big)]);
  const [result] = results;
  expect(result).toMatchObject({ ok: true, size: 100_002, result: `"${"x".repeat(2047)}` });
  const blob = await store.db.selectFrom("blobs").selectAll().executeTakeFirstOrThrow();
  expect([blob.id, JSON.parse(Buffer.from(blob.data).toString())]).toEqual([result?.blob, big]);
  expect(JSON.stringify(seen)).toMatch(
    new RegExp(`the whole result has 100002 bytes; read on with result_read .*${blob.id}.*2048`),
  );
});

test("F31 long arguments are shown cut, are kept whole, and reach the tool whole", async () => {
  const store = await sqlite.store();
  const text = "y".repeat(50_000);
  const { uses, results } = await calling(store, [call("echo", { text })], [echoTool]);
  expect(uses).toMatchObject([{ args: `{"text":"${"y".repeat(2039)}`, size: text.length + 11 }]);
  expect(results).toMatchObject([{ ok: true, size: text.length + 11 }]);
  const { owner } = await people(store);
  const blob = await readBlob(store, owner, uses[0]?.blob ?? "");
  expect(JSON.parse(new TextDecoder().decode(blob.data))).toEqual({ text });
  for await (const finding of verifyStore(store)) expect(finding).toBeNull();
});

eachEngine("a tool whose whole effect is in the database", (engine) => {
  const stores = (then: () => void): Tool<Tx> =>
    defineTransactionalTool<{ name: string }, Tx>({
      name: "store_name",
      description: "Stores a name.",
      effect: "write",
      idempotent: false,
      timeoutMs: 1000,
      args: z.strictObject({ name: z.string() }),
      summary: ({ name }) => name,
      async execute({ name }, context, tx) {
        await tx.db.insertInto("meta").values({ key: name, value: context.principal.userId }).execute();
        context.emit({ type: "plan", data: { items: [{ text: name, status: "done" }] } });
        then();
        return { name };
      },
    });

  test("shares the transaction of its result and needs no start", async () => {
    const store = await engine.store();
    const { chatId } = await calling(store, [call("store_name", { name: "n" })], [stores(() => {})]);
    expect(await story(store, chatId)).toEqual(expect.arrayContaining(["plan done", "has store_name"]));
    expect(await dataOf(store, chatId, "tool_start")).toEqual([]);
    expect(await store.db.selectFrom("meta").select("value").where("key", "=", "n").execute()).toHaveLength(1);
  });

  test("has done nothing when it throws, and the model is told why", async () => {
    const store = await engine.store();
    const failing = stores(() => {
      throw new Error("second thoughts");
    });
    const { run, results, chatId } = await calling(store, [call("store_name", { name: "n" })], [failing]);
    expect(run.state).toBe("completed");
    expect(results).toMatchObject([{ ok: false, error: "second thoughts" }]);
    expect(await store.db.selectFrom("meta").select("value").where("key", "=", "n").execute()).toEqual([]);
    expect((await readEvents(store.db, chatId, { types: ["plan"] })).length).toBe(0);
  });
});

test("a call that an earlier lease started is run again only if that is safe, and finished ones never", async () => {
  const home = await tempHome();
  const file = join(home, "notes");
  const place = await sqlite.place();
  const first = await sqlite.open(place);
  const { owner } = await people(first);
  const begun = ["echo", "note", "gone"].map(() => gate());
  let at = 0;
  const hang = (name: string, idempotent: boolean) =>
    testTool(
      name,
      (text) => {
        if (text === "quick") return Promise.resolve("quick");
        void begun[at++]?.wait();
        return never;
      },
      { idempotent },
    );
  const script = (messages: number): Step =>
    messages === 0
      ? [call("echo", { text: "quick" }), call("echo", { text: "slow" }), call("note", { text: "n" }), call("gone")]
      : [say("done")];
  const model = () =>
    scriptedModel(({ messages }) => script(messages.filter(({ role }) => role === "assistant").length));
  const crashed = await startAgent(first, {
    model: model(),
    tools: [hang("echo", true), hang("note", false), hang("gone", false)],
  });
  const { task } = await addTask(first, owner, { instruction: "go" });
  await Promise.all(begun.map((one) => one.reached));
  await new Promise((resolve) => setTimeout(resolve, 20));
  // The process is gone without a word: its boot id is nobody's any more.
  const store = await sqlite.open(place);
  const heir = model();
  await startAgent(store, { model: heir, tools: [echoTool, noteTool(file)] });
  await ended(store, task.runId);
  const [uses, results] = [
    await dataOf(store, task.chatId, "tool_use"),
    await dataOf(store, task.chatId, "tool_result"),
  ];
  expect(results).toHaveLength(4);
  expect(uses.map((use) => results.find((result) => result.callId === use.callId))).toMatchObject([
    { ok: true, result: "quick" },
    { ok: true, result: { echo: "slow" } },
    { ok: false, interrupted: true, error: expect.stringContaining("its outcome is unknown") },
    { ok: false, interrupted: true, error: expect.stringContaining("its outcome is unknown") },
  ]);
  expect(() => readFileSync(file)).toThrow("ENOENT");
  const starts = (await dataOf(store, task.chatId, "tool_start")).map(
    ({ callId }) => uses.find((use) => use.callId === callId)?.summary ?? "no such call",
  );
  expect(starts.sort()).toEqual(["", "n", "quick", "slow", "slow"]);
  expect(await story(store, task.chatId)).toEqual(expect.arrayContaining(["interrupted", "resumed", "completed"]));
  expect(heir.requests).toHaveLength(1);
  await crashed.stop();
});

test("an error of any length is kept with its beginning, and says that it was cut", async () => {
  const store = await sqlite.store();
  const floods = testTool("floods", async () => Promise.reject(new Error("no ".repeat(100_000))));
  const { run, results, chatId } = await calling(store, [call("floods", { text: "x" })], [floods]);
  expect(run.state).toBe("completed");
  const [result] = results;
  expect(result).toMatchObject({
    ok: false,
    size: 300_000,
    error: expect.stringMatching(/^no no .*\[cut\]$/) as string,
  });
  const [event] = await readEvents(store.db, chatId, { types: ["tool_result"] });
  expect(JSON.stringify(event).length).toBeLessThan(4000);
});
