import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Chat } from "../../src/wire/api.ts";
import { postgres } from "../kit/databases.ts";
import { type SocketClient, socketClient } from "../kit/socket-client.ts";
import { type PacedProvider, pacedProvider } from "./paced-provider.ts";
import { Sparky } from "./sparky-process.ts";

vi.setConfig({ testTimeout: 300_000 });

const STORY = Array.from({ length: 40 }, (_, n) => `Sentence ${n + 1} of the story.`).join(" ");

test("two servers on one PostgreSQL: each watcher sees every event once, and one takes over what the other was killed over (F1, F2, F25)", async () => {
  const place = await postgres.emptyPlace();
  const provider: PacedProvider = await pacedProvider(({ results }) =>
    results === 0 ? { reasoning: "First the clock.", calls: ["current_time"] } : { words: STORY, pieceMs: 12 },
  );
  onTestFinished(() => provider[Symbol.asyncDispose]());
  const env = {
    SPARKY_DB_URL: place.kind === "postgres" ? place.url : "",
    SPARKY_MODEL: "compatible/some-model",
    SPARKY_MODEL_URL: provider.url,
  };
  // Only the one with the loop can take the task; the other serves watchers, until a third comes that has a loop too.
  const working = await Sparky.start({ ...env, SPARKY_ENABLE_AGENT_LOOP: "true" });
  onTestFinished(() => working[Symbol.asyncDispose]());
  const watching = await Sparky.start(env);
  onTestFinished(() => watching[Symbol.asyncDispose]());

  const chat = await watching.api<Chat>("POST", "/api/chats", {});
  const far = await watch(watching, chat.id);
  const near = await watch(working, chat.id);
  const held = provider.hold("story");
  const task = await watching.addTask("Tell me a story", "--chat", chat.id);
  await until(() => saidIn(near, chat.id).includes("Sentence 9 "));
  await until(() => saidIn(far, chat.id).includes("Sentence 3 "));
  await working.kill("SIGKILL");
  const killedAt = Date.now();
  held[Symbol.dispose]();
  const taking = await Sparky.start({ ...env, SPARKY_ENABLE_AGENT_LOOP: "true" });
  onTestFinished(() => taking[Symbol.asyncDispose]());
  await until(async () => (await taking.task(task.id)).status === "completed");

  const log = await taking.log(chat.id);
  const statuses = log.flatMap((event) => (event.type === "status" ? [event.data] : []));
  expect(statuses).toMatchObject([
    { state: "queued" },
    { state: "starting" },
    { state: "interrupted", reason: "crash" },
    { state: "resumed", attempt: 2 },
    { state: "completed" },
  ]);
  const resumed = log.find((event) => event.type === "status" && event.data.state === "resumed");
  // A lease of 15 s, and two to notice.
  expect(Date.parse(resumed?.at ?? "") - killedAt).toBeLessThan(20_000);
  expect(log.filter((event) => event.type === "tool_use")).toHaveLength(1);
  expect(await taking.task(task.id)).toMatchObject({ result: STORY, attempts: 1 });

  const seqs = log.map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  await until(() => far.seqs(chat.id).length >= seqs.length);
  expect(far.seqs(chat.id)).toEqual(seqs);
  const late = await watch(taking, chat.id);
  expect(late.seqs(chat.id)).toEqual(seqs);
  expect(near.seqs(chat.id)).toEqual(seqs.slice(0, near.seqs(chat.id).length));
  expect(near.seqs(chat.id).length).toBeGreaterThan(5);
});

async function watch(sparky: Sparky, chatId: string): Promise<SocketClient> {
  const client = await socketClient(sparky.url, { headers: { authorization: `Bearer ${sparky.token}` } });
  client.send({ type: "hello", v: 1 });
  client.send({ type: "subscribe", sub: "s", chatId, after: 0, deltas: true });
  await client.first("live");
  return client;
}

/** What has been streamed to this client of a chat's words. */
function saidIn({ frames }: SocketClient, chatId: string): string {
  return frames.reduce((text, frame) => {
    if (frame.type !== "delta" || frame.chatId !== chatId || frame.kind !== "message") return text;
    return frame.offset > text.length ? text : text.slice(0, frame.offset) + frame.text;
  }, "");
}

/** Only ends a hang. */
const PATIENCE_MS = 120_000;

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !(await isSo()); await wait(25)) {
    if (Date.now() > deadline) throw new Error("it did not come about");
  }
}
