import { LLMock } from "@copilotkit/aimock";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { ChatEvent, EventOf } from "../../src/core/events.ts";
import type { Chat, ChatWithView, Task } from "../../src/wire/api.ts";
import { socketClient } from "../kit/socket-client.ts";
import { Sparky } from "./sparky-process.ts";

vi.setConfig({ testTimeout: 300_000 });

// A whole Sparky against each provider's real wire format, spoken by a scripted server on loopback.

const TOKENS = { input_tokens: 40, output_tokens: 7 };
const WIRES = [
  { wire: "openai", model: "openai/gpt-5.4", usage: TOKENS, key: "OPENAI_API_KEY" },
  { wire: "anthropic", model: "anthropic/claude-sonnet-4-6", usage: TOKENS, key: "ANTHROPIC_API_KEY" },
  {
    wire: "google",
    model: "google/gemini-2.5-flash",
    usage: { promptTokenCount: 40, candidatesTokenCount: 7 },
    key: "GOOGLE_GENERATIVE_AI_API_KEY",
  },
  {
    wire: "compatible",
    model: "compatible/some-model",
    usage: { prompt_tokens: 40, completion_tokens: 7 },
    key: "SPARKY_MODEL_KEY",
  },
];
const KEY = "test-key-000000";

const provider = new LLMock({ port: 0 });
beforeAll(() => provider.start());
afterEach(() => provider.reset());
afterAll(() => provider.stop());

/** For answers: not what it is asked of itself. */
const asked = () => provider.getRequests().filter(({ method }) => method === "POST");

function start(model: string): Promise<Sparky> {
  return Sparky.start({
    SPARKY_ENABLE_AGENT_LOOP: "true",
    SPARKY_AGENT_CONCURRENCY: "8",
    SPARKY_MODEL: model,
    SPARKY_MODEL_URL: provider.url,
    SPARKY_MODEL_KEY: KEY,
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: provider.url,
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: provider.url,
    GOOGLE_GENERATIVE_AI_API_KEY: KEY,
    GOOGLE_GENERATIVE_AI_BASE_URL: provider.url,
  });
}

/** Both calls of a step, under ids that the provider uses again in the next step. */
const calls = (name: string, ...args: readonly object[]) =>
  args.map((each, index) => ({ name, arguments: JSON.stringify(each), id: `call_${index + 1}` }));

const ANSWER = "The first note says alpha and the second one says beta. Both were written and read back just now.";

test.each(WIRES)(
  "a task of several steps with $wire: reasoning, parallel calls of one tool, streamed words (F18, F30, F34)",
  async ({ model, usage }) => {
    const after = (results: number) => ({
      userMessage: "two notes",
      predicate: ({ messages }: { messages: readonly { role: string }[] }) =>
        messages.filter(({ role }) => role === "tool").length === results,
    });
    const writes = calls("file_write", { path: "a.md", content: "alpha" }, { path: "b.md", content: "beta" });
    const reads = calls("file_read", { path: "a.md" }, { path: "b.md" });
    provider.on(after(0), { toolCalls: writes, reasoning: "I write them first.", usage });
    provider.on(after(2), { toolCalls: reads, reasoning: "Now I read them.", usage });
    provider.on(after(4), { content: ANSWER, reasoning: "That is all.", usage }, { chunkSize: 8, latency: 25 });
    await using sparky = await start(model);

    const chat = await sparky.api<Chat>("POST", "/api/chats", {});
    const watcher = await socketClient(sparky.url, { headers: { authorization: `Bearer ${sparky.token}` } });
    watcher.send({ type: "hello", v: 1 });
    watcher.send({ type: "subscribe", sub: "s", chatId: chat.id, after: 0, deltas: true });
    await watcher.first("live");
    const task = await sparky.addTask("Make two notes and read them", "--chat", chat.id, "--wait");
    expect(task).toMatchObject({ status: "completed", result: ANSWER, attempts: 1, chatId: chat.id });

    // The log: each step's events together, every result after its call, one end.
    const log = await sparky.logs(task.id);
    expect(shapeOf(log)).toEqual([
      "queued",
      "message",
      "starting",
      ...["thought", "tool_use", "tool_use", "usage", "tool_result", "tool_result"],
      ...["thought", "tool_use", "tool_use", "usage", "tool_result", "tool_result"],
      ...["thought", "message", "usage", "completed"],
    ]);
    expect(of(log, "thought").map(({ data }) => data.text)).toEqual([
      "I write them first.",
      "Now I read them.",
      "That is all.",
    ]);
    for (const { data } of of(log, "usage")) expect(data).toMatchObject({ model, inputTokens: 40, outputTokens: 7 });
    const { view } = await sparky.api<ChatWithView>("GET", `/api/chats/${chat.id}`);
    expect(view).toMatchObject({ activeRun: null, openCalls: [], totals: { inputTokens: 120, outputTokens: 21 } });

    // The provider's ids repeat; ours pair each result with its own call.
    const uses = of(log, "tool_use");
    expect(new Set(uses.map(({ data }) => data.callId)).size).toBe(4);
    const content = new Map(of(log, "tool_result").map(({ data }) => [data.callId, JSON.stringify(data.result)]));
    const read = uses.slice(2).map(({ data }) => [data.args, content.get(data.callId)]);
    expect(read).toMatchObject([
      [{ path: "a.md" }, expect.stringContaining("alpha")],
      [{ path: "b.md" }, expect.stringContaining("beta")],
    ]);

    // What the provider was sent: a system prompt, and before each step all results of the earlier ones.
    const requests = asked().map((request) => messagesOf(request.body));
    expect(requests.map((messages) => messages.filter(({ role }) => role === "tool").length)).toEqual([0, 2, 4]);
    for (const messages of requests) expect(messages[0]).toMatchObject({ role: "system" });
    const last = JSON.stringify(requests[2]);
    expect(last).toContain("alpha");
    expect(last).toContain("beta");

    // Live: the words came in pieces, and the pieces are the words.
    const final = of(log, "message").at(-1);
    const pieces = watcher.frames.filter((frame) => frame.type === "delta" && frame.part === final?.data.part);
    expect(pieces.length).toBeGreaterThan(3);
    const streamed = pieces.reduce((text, frame) => {
      if (frame.type !== "delta" || frame.offset > text.length) return text;
      return text.slice(0, frame.offset) + frame.text;
    }, "");
    expect(ANSWER.startsWith(streamed) && streamed.length > 40, streamed).toBe(true);
    const whole = (await sparky.log(chat.id)).map(({ seq }) => seq);
    expect(watcher.seqs(chat.id)).toEqual(whole);
  },
);

test.each(WIRES)(
  "bad days of $wire: a task waits visibly and goes on, or fails with the cause, and the server lives on (F48)",
  async ({ model, wire, key }) => {
    const fine = { content: "All is well again." };
    const failing = (about: string, index: number, status: number, retryAfter: number) =>
      provider.on(
        { userMessage: about, sequenceIndex: index },
        { error: { message: `no, not for ${about}` }, status, retryAfter },
      );
    failing("the refused", 0, 401, 1);
    failing("the limited", 0, 429, 1);
    failing("the broken", 0, 500, 1);
    failing("the broken", 1, 503, 1);
    provider.on({ userMessage: "the garbled", sequenceIndex: 0 }, fine, { chaos: { malformedRate: 1 } });
    provider.on({ userMessage: "the halved", sequenceIndex: 0 }, HALF, {
      chunkSize: 10,
      latency: 20,
      truncateAfterChunks: 8,
    });
    provider.onMessage("the", fine);
    await using sparky = await start(model);

    const cases = ["refused", "garbled", "limited", "broken", "halved"] as const;
    const added = await Promise.all(cases.map((about) => sparky.addTask(`Tell me about the ${about}`)));
    const [refused, garbled, ...others] = await Promise.all(added.map(({ id }) => ended(sparky, id)));

    expect(refused).toMatchObject({ status: "failed", attempts: 1, result: null });
    expect(refused?.error).toContain(key);
    const logOfRefused = await sparky.logs(refused?.id ?? "");
    expect(statesOf(logOfRefused)).toEqual(["queued", "starting", "failed"]);

    // What is no stream at all does not become one by asking again.
    expect(garbled).toMatchObject({ status: "failed", attempts: 1, result: null });
    expect(garbled?.error).toContain("malformed json: <<<chaos>>>");
    expect(statesOf(await sparky.logs(garbled?.id ?? ""))).toEqual(["queued", "starting", "failed"]);

    for (const [index, task] of others.entries()) {
      const about = cases[index + 2];
      const log = await sparky.logs(task.id);
      expect(task, `${about}: ${JSON.stringify(log.slice(-4))}`).toMatchObject({
        status: "completed",
        result: fine.content,
        attempts: 1,
      });
      const tries = about === "broken" ? 2 : 1;
      const waits = Array.from({ length: tries }, () => ["waiting", "resumed"]).flat();
      expect(statesOf(log), about).toEqual(["queued", "starting", ...waits, "completed"]);
      const waiting = of(log, "status").find(({ data }) => data.state === "waiting");
      expect(waiting?.data, about).toMatchObject({ reason: "retry", until: expect.stringMatching(/^20.*Z$/) });
      const errors = of(log, "error");
      expect(errors, about).toHaveLength(tries);
      for (const { data } of errors) expect(data, about).toMatchObject({ retryable: true });
      const said = of(log, "message").filter(({ data }) => data.role === "assistant");
      expect(said.at(-1)?.data.text).toBe(fine.content);
      // What had come of the broken answer is kept, and marked as cut off.
      const partial = said.slice(0, -1).map(({ data }) => data);
      expect(
        partial.every((data) => data.partial === true && HALF.content.startsWith(data.text)),
        about,
      ).toBe(true);
      expect(partial.length, about).toBe(about === "halved" ? 1 : 0);
    }

    const next = await sparky.addTask("Tell me about the weather", "--wait");
    expect(next).toMatchObject({ status: "completed", result: fine.content });
    expect(sparky.output, wire).not.toContain(KEY);
    expect(sparky.output).not.toMatch(/unhandled|uncaught/i);
  },
);

test("a provider that never recovers fails the task with the cause, after tries that all show (F48)", async () => {
  provider.onMessage("the lost", { error: { message: "out of order" }, status: 429, retryAfter: 0 });
  await using sparky = await start("compatible/some-model");
  const { code, stderr } = await sparky.run("agent", "tasks", "add", "Tell me about the lost", "--wait");
  expect(code).toBe(7);
  expect(stderr).toContain("out of order");
  const [task] = (await sparky.json<{ items: Task[] }>("agent", "tasks", "list", "--status", "failed")).items;
  expect(task?.error).toContain("out of order");
  const log = await sparky.logs(task?.id ?? "");
  expect(statesOf(log).at(-1)).toBe("failed");
  expect(of(log, "error").length).toBeGreaterThan(2);
  expect(asked()).toHaveLength(of(log, "error").length);
});

const HALF = {
  content: "This answer is going to be cut off somewhere around here, long before it has come to its end.",
};

/** The task once it has ended. */
async function ended(sparky: Sparky, id: string): Promise<Task> {
  for (const deadline = Date.now() + 30_000; ; await wait(50)) {
    const task = await sparky.task(id);
    if (task.finishedAt !== null || Date.now() > deadline) return task;
  }
}

function of<T extends ChatEvent["type"]>(log: readonly ChatEvent[], type: T): EventOf<T>[] {
  return log.filter((event): event is EventOf<T> => event.type === type);
}

function statesOf(log: readonly ChatEvent[]): readonly string[] {
  return of(log, "status").map(({ data }) => data.state);
}

/** Each event's type, or its state; the marks before a tool's effect left out. */
function shapeOf(log: readonly ChatEvent[]): readonly string[] {
  return log
    .filter((event) => event.type !== "tool_start")
    .map((event) => (event.type === "status" ? event.data.state : event.type));
}

/** What the scripted server understood of a request, whatever its format. */
function messagesOf(body: unknown): readonly { readonly role: string }[] {
  return (body as { messages: { role: string }[] }).messages;
}
