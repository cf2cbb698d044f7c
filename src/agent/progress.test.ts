import { expect, test } from "vitest";
import { Hub } from "../core/hub.ts";
import { KnownSecrets } from "../core/known-secrets.ts";
import { readEvents } from "../store/log/events.ts";
import { createChat } from "../store/chats/chats.ts";
import { postMessage } from "../store/chats/messages.ts";
import { ensureUsers } from "../store/people/users.ts";
import { startAgent } from "../../test/kit/agent.ts";
import { testClock } from "../../test/kit/clock.ts";
import { eachEngine } from "../../test/kit/databases.ts";
import { call, say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { ended, testTool, until } from "../../test/kit/worker.ts";
import { CallProgress } from "./progress.ts";

function scene(masking = new KnownSecrets()) {
  const hub = new Hub();
  const clock = testClock();
  const seen: string[] = [];
  const call = { chatId: "c", runId: "r", lease: 1, callId: "k" };
  hub.watch("c", { events: () => {}, delta: () => {}, gone: () => {}, progress: ({ text }) => void seen.push(text) });
  return { hub, clock, seen, progress: new CallProgress({ hub, clock, masking }, call) };
}

test("a tool that tells ten thousand times a second is shown four times, and what it told last is not lost", async () => {
  const { clock, seen, progress, hub } = scene();
  for (let ms = 0; ms < 1000; ms++) {
    for (let n = 0; n < 10; n++) progress.tell(`${ms * 10 + n + 1} of 10000`);
    await clock.advance(1);
  }
  expect(seen).toEqual(["1 of 10000", "2500 of 10000", "5000 of 10000", "7500 of 10000", "10000 of 10000"]);
  await clock.advance(5000);
  expect([seen.length, clock.pending]).toEqual([5, 0]);
  expect(hub.openProgress("c").map(({ text }) => text)).toEqual(["10000 of 10000"]);
  // The same again is no news, after a pause as within it.
  progress.tell("10000 of 10000");
  await clock.advance(5000);
  expect(seen.length).toBe(5);
});

test("what is told after the call's end is nobody's, and nothing of it is left", async () => {
  const { clock, seen, progress, hub } = scene();
  progress.tell("one");
  progress.tell("two");
  progress.end();
  progress.tell("three");
  await clock.advance(5000);
  expect([seen, hub.openProgress("c"), clock.pending]).toEqual([["one"], [], 0]);
});

test("it is one line, exact, masked before it is cut, and never half a character", async () => {
  const masking = new KnownSecrets();
  masking.know("ann", [{ name: "KEY", value: "s3cret-value-of-ann" }]);
  const { clock, seen, progress } = scene(masking);
  for (const text of [
    `uploads with s3cret-value-of-ann\nto \u202eelsewhere`,
    `${"x".repeat(190)}s3cret-value-of-ann`,
    `${" ".repeat(3995)}s3cret-value-of-ann`,
    "\u{1f600}".repeat(200),
    `\ud83d${"y".repeat(5_000_000)}`,
    "",
  ]) {
    progress.tell(text);
    await clock.advance(300);
  }
  expect(seen.map((line) => [...line].length).every((length) => length <= 200)).toBe(true);
  expect(seen[0]).toBe("uploads with ${secret:KEY} ⏎ to \\u202eelsewhere");
  expect(seen.join("\n")).not.toMatch(/s3cret|value-of-ann/);
  expect(seen[3]).toMatch(/^(\u{1f600})+…$/u);
  expect(seen[4]?.startsWith("\\ud83dyyy")).toBe(true);
  expect([seen.length, seen.at(-1)]).toEqual([6, ""]);
});

eachEngine("how far a call is", (engine) => {
  test("is told to who watches while it works, and stands nowhere in its log", async () => {
    const store = await engine.store();
    const { owner } = await ensureUsers(store);
    const { chat } = await createChat(store, owner, {});
    const goOn = Promise.withResolvers<void>();
    const late = Promise.withResolvers<(text: string) => void>();
    const tool = testTool("upload", async (_, { progress }) => {
      if (progress === undefined) throw new Error("nobody listens");
      progress("3 of 10");
      late.resolve(progress);
      await goOn.promise;
      return "done";
    });
    const model = scriptedModel([[call("upload", { text: "x" })], [say("Done.")]]);
    const agent = await startAgent(store, { model, tools: [tool] });
    const { runId } = await postMessage(store, owner, chat.id, { text: "go" });
    const [open] = await until("how far it is", () => {
      const all = store.hub.openProgress(chat.id);
      return all.length > 0 && all;
    });
    expect(open).toMatchObject({ chatId: chat.id, runId, text: "3 of 10" });
    goOn.resolve();
    await ended(store, runId);
    (await late.promise)("too late");
    expect(store.hub.openProgress(chat.id)).toEqual([]);
    const log = JSON.stringify(await readEvents(store.db, chat.id));
    expect(log).not.toMatch(/3 of 10|too late/);
    await until("the worker to have left", () => store.hub.size === 0);
    expect(agent.errors).toEqual([]);
  });
});
