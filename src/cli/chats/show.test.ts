import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import type { NewEvent } from "../../core/events.ts";
import { shareChat } from "../../store/chats/shares.ts";
import { createChat } from "../../store/chats/chats.ts";

const ENTRY = join(import.meta.dirname, "../../entry.ts");
const PATIENT = { timeout: 60_000 };
vi.setConfig({ testTimeout: 180_000 });

/** What `sparky chats show -f` has printed until now. */
async function followed(url: string, token: string, chatId: string): Promise<() => string> {
  const env = { PATH: process.env["PATH"] ?? "", SPARKY_HOME: await tempHome(), SPARKY_URL: url, SPARKY_TOKEN: token };
  const child = spawn(process.execPath, [ENTRY, "chats", "show", "-f", chatId], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const gone = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGINT");
    await gone;
  });
  return () => printed;
}

test("two people who follow one run each see what they want of it, and a change made elsewhere counts in what is open", async () => {
  const store = await sqlite.store();
  const { people, as, token, listen } = await chatServer(store);
  const { ann, bob } = people;
  const { id: chatId } = (await createChat(store, ann, { title: "The garden" })).chat;
  await shareChat(store, ann, chatId, { user: "bob", write: false });
  const prefer = (who: typeof ann, set: object) => as(who, "PATCH", "/api/preferences", set);
  await prefer(ann, { "events.thoughts": false });
  await prefer(bob, { "events.plans": false });
  const actor = { kind: "agent", id: "agent", name: "agent" } as const;
  const place = { runId: null, taskId: null, step: null, actor };
  const happens = (...events: readonly NewEvent[]) => store.append({ chatId, events });
  const thought = (text: string): NewEvent => ({ type: "thought", data: { text }, ...place });
  const plan = (text: string): NewEvent => ({ type: "plan", data: { items: [{ text, status: "doing" }] }, ...place });
  const said = (text: string): NewEvent => ({ type: "message", data: { role: "assistant", text }, ...place });

  const url = await listen();
  const [hers, his] = await Promise.all([ann, bob].map(async (who) => followed(url, await token(who), chatId)));
  if (hers === undefined || his === undefined) throw new Error("nobody follows");
  await happens(thought("It is dry."), plan("Water the roses"), said("I begin."));
  for (const printed of [hers, his]) await expect.poll(printed, PATIENT).toContain("I begin.");
  expect([hers().includes("It is dry."), hers().includes("Water the roses")]).toEqual([false, true]);
  expect([his().includes("It is dry."), his().includes("Water the roses")]).toEqual([true, false]);

  await prefer(bob, { "events.plans": null, "events.thoughts": false });
  await expect
    .poll(async () => {
      await happens(plan("Water the lilies"));
      return his();
    }, PATIENT)
    .toContain("Water the lilies");
  await happens(thought("That is all."), said("I have done it."));
  for (const printed of [hers, his]) {
    await expect.poll(printed, PATIENT).toContain("I have done it.");
    expect(printed()).not.toContain("That is all.");
  }
  expect((await as(ann, "GET", "/api/preferences")).body.set).toEqual(["events.thoughts"]);
});
