import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { ChatEvent } from "../../src/core/events.ts";
import type { Chat } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { type PacedProvider, pacedProvider, type Question, type Reply } from "./paced-provider.ts";
import { Stage } from "./stage.ts";
import { expectThread, type Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

// People's own chats, in a real browser, with a provider that answers slowly.

const LAST = "Sentence 40 of the story.";
const STORY = Array.from({ length: 40 }, (_, n) => `Sentence ${n + 1} of the story.`).join(" ");

/** Words that a model may have been talked into. */
const HOSTILE = `Done.

<script>document.title = "taken over"</script><img src="x" onerror="document.title='taken over'">

[press here](javascript:document.title='taken') and ![look](http://tracker.invalid/pixel?secret=1)

<iframe src="http://tracker.invalid/"></iframe>`;

function answer({ text, results, asked }: Question): Reply {
  // Some two and a half seconds, or five.
  if (text.includes("story")) return { words: STORY, pieceMs: text.includes("slowly") ? 25 : 12 };
  if (text.includes("trick")) return { words: HOSTILE };
  if (text.includes("riddle")) return { unfinished: "What has **roots** as nobody sees, is taller than" };
  if (text.includes("patience")) return { status: 429, retryAfter: 600 };
  if (text.includes("stumble") && asked === 0) return { status: 429, retryAfter: 1 };
  if (text.includes("clock") && results === 0) {
    return { reasoning: "I ask the clock, twice.", calls: ["current_time", "current_time"] };
  }
  return { words: text.includes("clock") ? "It is **late**." : "A short answer." };
}

describeInBrowser("a person's own chat", () => {
  let provider: PacedProvider;
  let stage: Stage;
  beforeAll(async () => {
    provider = await pacedProvider(answer);
    stage = await Stage.open({ SPARKY_MODEL: "compatible/some-model", SPARKY_MODEL_URL: provider.url });
  });
  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  const newChat = (): Promise<Chat> => stage.sparky.api<Chat>("POST", "/api/chats", {});
  const statesOf = async (chatId: string): Promise<readonly string[]> =>
    (await stage.sparky.log(chatId)).flatMap((event) => (event.type === "status" ? [event.data.state] : []));

  test("goes on through a reload and a lost network, and comes back by itself (F6, F7)", async () => {
    const device = await stage.device();
    const chat = await newChat();
    const tab = await device.tab(`/chats/${chat.id}`);
    using held = provider.hold("story");
    await say(tab, "Tell me a long story");
    await tab.conversation.getByText("Sentence 4 ").waitFor();
    await tab.page.reload();
    await tab.conversation.getByText("Sentence 12 ").waitFor();
    device.network.cut();
    await tab.connection("reconnecting");
    await wait(1000);
    expect(await tab.conversation.getByText(LAST).count()).toBe(0);
    held[Symbol.dispose]();
    device.network.restore();
    await tab.conversation.getByText(LAST).waitFor();
    await tab.runEnded();

    const log = await stage.sparky.log(chat.id);
    expect(await statesOf(chat.id)).toEqual(["queued", "starting", "completed"]);
    expect(log.filter((event) => event.type === "message").map(({ data }) => data.text)).toEqual([
      "Tell me a long story",
      STORY,
    ]);
    await expectThread(tab, log);
    expect(tab.complaints).toEqual([]);
  });

  test("comes back by itself when the network falls silent and then breaks (F7)", async () => {
    const device = await stage.device();
    const chat = await newChat();
    const tab = await device.tab(`/chats/${chat.id}`);
    await tab.connection("live");
    device.network.freeze();
    const { seq } = await stage.sparky.api<{ seq: number }>("POST", `/api/chats/${chat.id}/messages`, {
      text: "short",
    });
    await wait(500);
    expect(await tab.conversation.getByText("short", { exact: true }).count()).toBe(0);
    device.network.cut();
    await tab.connection("reconnecting");
    device.network.restore();
    await tab.conversation.getByText("A short answer.").waitFor();
    expect((await tab.shown()).map((shown) => shown.seq)).toContain(seq);
  });

  test("keeps its reply to itself when another chat is opened meanwhile; the list tells by the runs' states (F11, F12, F13, F22)", async () => {
    const device = await stage.device();
    const [a, b] = [await newChat(), await newChat()];
    const tab = await device.tab(`/chats/${a.id}`);
    using held = provider.hold("story");
    await say(tab, "Tell me a story, slowly");
    await tab.conversation.getByText("Sentence 2 ").waitFor();
    await tab.mark(a.id, "working");

    await tab.chatLink(b.id).click();
    await tab.conversation.waitFor();
    await say(tab, "Something short");
    await tab.conversation.getByText("A short answer.").waitFor();
    await tab.mark(b.id, "none");
    await tab.mark(a.id, "working");
    // Neither a reload nor what came last changes what the mark says.
    await tab.page.reload();
    await tab.mark(a.id, "working");
    held[Symbol.dispose]();
    await tab.mark(a.id, "unread");
    expect(await tab.conversation.textContent()).not.toContain("Sentence");

    await tab.chatLink(a.id).click();
    await tab.conversation.getByText(LAST).waitFor();
    await tab.mark(a.id, "none");
    expect(await tab.conversation.textContent()).not.toContain("A short answer.");
    expect(await statesOf(a.id)).toEqual(["queued", "starting", "completed"]);
    expect(await statesOf(b.id)).toEqual(["queued", "starting", "completed"]);
    expect(tab.complaints).toEqual([]);
  });

  test("looks the same live and reloaded: thoughts, calls, words, a retry, a stop (F32)", async () => {
    const device = await stage.device();
    const chat = await newChat();
    const tab = await device.tab(`/chats/${chat.id}`);
    for (const [words, answer] of [
      ["What does the clock say?", "It is late."],
      ["You stumble", "A short answer."],
    ] as const) {
      await say(tab, words);
      await tab.conversation.getByText(answer).waitFor();
      await tab.runEnded();
    }
    using _held = provider.hold("story");
    await say(tab, "Tell me a long story");
    await tab.conversation.getByText("Sentence 3 ").waitFor();
    await tab.stopButton.click();
    await tab.runEnded();
    const log = await stage.sparky.log(chat.id);
    const live = await expectThread(tab, log);
    await tab.page.reload();
    expect(await expectThread(tab, log)).toEqual(live);
    expect(live.length).toBeGreaterThan(12);
    expect(tab.complaints).toEqual([]);
  });

  test("looks the same live and reloaded in the middle of an answer, too (F32)", async () => {
    const device = await stage.device();
    const chat = await newChat();
    const tab = await device.tab(`/chats/${chat.id}`);
    await say(tab, "Ask me a riddle");
    const writing = tab.conversation.getByRole("article", { name: "Agent, writing" });
    const bold = writing.locator("strong", { hasText: "roots" });
    await bold.waitFor();
    const [live, words] = [await tab.shown(), await writing.textContent()];
    expect(words).toContain("is taller than");
    await tab.page.reload();
    await bold.waitFor();
    expect(await tab.shown()).toEqual(live);
    await expect.poll(() => writing.textContent()).toBe(words);
    await tab.runState("working");
    await tab.stopButton.click();
    await tab.runEnded();
  });

  test("goes on in one tab when another is opened and closed, and after the device was offline (F5, F7)", async () => {
    const device = await stage.device();
    const chat = await newChat();
    const tab = await device.tab(`/chats/${chat.id}`);
    using held = provider.hold("story");
    await say(tab, "Tell me a long story");
    await tab.conversation.getByText("Sentence 2 ").waitFor();
    const other = await device.tab(`/chats/${chat.id}`);
    await other.conversation.getByText("Sentence 5 ").waitFor();
    await other.page.close();
    await tab.page.bringToFront();
    await tab.conversation.getByText("Sentence 12 ").waitFor();
    await device.context.setOffline(true);
    await tab.connection("offline");
    await wait(300);
    await device.context.setOffline(false);
    await tab.connection("live");
    held[Symbol.dispose]();
    await tab.conversation.getByText(LAST).waitFor();
    expect(await messages(chat.id)).toEqual(["Tell me a long story", STORY]);
    expect(tab.complaints).toEqual([]);
  });

  test("opens at its end when it is long, and every event can be reached, each once (F29)", async () => {
    const chat = await newChat();
    const words = Array.from({ length: 240 }, (_, n) => `Question ${n + 1}?`);
    for (const text of words) await stage.sparky.api("POST", `/api/chats/${chat.id}/messages`, { text });
    const device = await stage.device();
    for (let waited = 0; (await stage.sparky.running(chat.id)).length > 0 && waited < 10_000; waited += 50)
      await wait(50);
    const log = await stage.sparky.log(chat.id);
    const tab = await device.tab(`/chats/${chat.id}`);
    await tab.caughtUp(log.at(-1)?.seq ?? 0);
    await tab.conversation.getByText("A short answer.").last().waitFor();
    expect(await tab.conversation.getByText("Question 1?", { exact: true }).count()).toBe(0);
    await expectThread(tab, log);
    expect(log.length).toBeGreaterThan(200);
  });

  test("is stopped from the page within two seconds, while it writes and while it waits, in every tab (F26)", async () => {
    const device = await stage.device();
    using _held = provider.hold("story");
    for (const words of ["Tell me a long story", "Have patience"]) {
      const chat = await newChat();
      const tab = await device.tab(`/chats/${chat.id}`);
      const other = await (await stage.device()).tab(`/chats/${chat.id}`);
      await say(tab, words);
      if (words === "Have patience") await tab.runState("waiting");
      else await tab.conversation.getByText("Sentence 2 ").waitFor();
      await tab.stopButton.click();
      await tab.runEnded();
      for (const each of [tab, other]) await each.conversation.getByText(/by owner/).waitFor();
      const statuses = (await stage.sparky.log(chat.id)).filter((event) => event.type === "status");
      const [cancelled, stopping = cancelled] = statuses.toReversed();
      expect(cancelled?.data).toMatchObject({ state: "cancelled", by: "owner" });
      expect(stopping?.data.state).toBe(words === "Have patience" ? "waiting" : "stopping");
      // A run that no worker holds ends with the command itself.
      if (stopping?.data.state === "stopping") expect(msBetween(stopping, cancelled)).toBeLessThan(2000);
      expect(await tab.stopButton.count()).toBe(0);
      await tab.page.close();
    }
  });

  test("takes the first message exactly once, whatever the network does to it (F20)", async () => {
    const device = await stage.device();
    const tab = await device.tab("/chats/new");
    await tab.connection("live");
    // The chat's creation and the message arrive, but their answers are lost.
    const lost = new Set<string>();
    await tab.page.route(/\/api\/chats(\/\w+\/messages)?$/, async (route) => {
      const { pathname } = new URL(route.request().url());
      if (route.request().method() !== "POST" || lost.has(pathname)) return route.continue();
      lost.add(pathname);
      await route.fetch();
      return route.abort();
    });
    await say(tab, "Something short, please");
    await tab.conversation.getByText("A short answer.").waitFor({ timeout: 60_000 });
    expect(lost.size).toBe(2);
    expect(await tab.said("owner")).toEqual(["Something short, please"]);
    const chatId = new URL(tab.page.url()).pathname.split("/").at(-1) ?? "";
    expect(await messages(chatId)).toEqual(["Something short, please", "A short answer."]);
    expect(await tab.page.locator("[data-outbox]").count()).toBe(0);
  });

  test("keeps a message without a connection, says so, and sends it once when the connection is back (F20)", async () => {
    const device = await stage.device();
    const chat = await newChat();
    const tab = await device.tab(`/chats/${chat.id}`);
    await tab.connection("live");
    await tab.composer.waitFor();
    device.network.cut();
    await tab.page.getByText("sent when the connection is back").waitFor();
    await say(tab, "A short question");
    await say(tab, "Not this one");
    const unsent = tab.page.locator("[data-outbox]");
    await unsent.getByText("Sent when the connection is back").first().waitFor();
    await unsent.filter({ hasText: "Not this one" }).getByRole("button", { name: "Discard" }).click();
    await tab.page.setViewportSize({ width: 320, height: 700 });
    expect(await faultsOf(tab.page)).toEqual([]);
    expect(await messages(chat.id)).toEqual([]);
    device.network.restore();
    await tab.conversation.getByText("A short answer.").waitFor();
    expect(await messages(chat.id)).toEqual(["A short question", "A short answer."]);
    expect(await tab.said("owner")).toEqual(["A short question"]);
    expect(await unsent.count()).toBe(0);
  });

  test("shows a message that the server did not take, with a retry that delivers it once (F20)", async () => {
    const device = await stage.device();
    const chat = await newChat();
    const tab = await device.tab(`/chats/${chat.id}`);
    await tab.connection("live");
    const error = { code: "unavailable", message: "the database is away" };
    await tab.page.route(/\/messages$/, (route) => route.fulfill({ status: 503, json: { error } }));
    await say(tab, "A short question");
    const unsent = tab.page.locator('[data-outbox="failed"]');
    await unsent.waitFor();
    expect(await messages(chat.id)).toEqual([]);
    await tab.page.unroute(/\/messages$/);
    await unsent.getByRole("button", { name: "Retry" }).click();
    await tab.conversation.getByText("A short answer.").waitFor();
    expect(await messages(chat.id)).toEqual(["A short question", "A short answer."]);
    expect(await tab.said("owner")).toEqual(["A short question"]);
  });

  test("runs nothing that a model says, and fetches nothing for it", async () => {
    const device = await stage.device();
    const chat = await newChat();
    const tab = await device.tab(`/chats/${chat.id}`);
    const elsewhere: string[] = [];
    tab.page.on("request", (request) => {
      if (new URL(request.url()).hostname !== "127.0.0.1") elsewhere.push(request.url());
    });
    await say(tab, "Show me a trick");
    await tab.conversation.getByText("press here").waitFor();
    await tab.runEnded();
    await tab.page.reload();
    await tab.conversation.getByText("press here").click();
    expect(await tab.conversation.locator("script, img, iframe, [onerror], a[href^='javascript:']").count()).toBe(0);
    await expect.poll(() => tab.conversation.getByText("onerror").count()).toBe(1);
    expect(await tab.page.title()).not.toContain("taken");
    expect(elsewhere).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  test("takes a task for it, and its owner sees that live, with a badge and the instruction as such (F18, F33)", async () => {
    const device = await stage.device();
    const chat = await newChat();
    const tab = await device.tab(`/chats/${chat.id}`);
    await tab.connection("live");
    const task = await stage.sparky.addTask("Write something short", "--chat", chat.id);
    await tab.conversation.getByText("Task completed").waitFor();
    expect(task).toMatchObject({ chatId: chat.id, ownerId: chat.ownerId });
    await tab.conversation.getByRole("link", { name: `Task ${task.id.slice(0, 8)}` }).waitFor();
    const instruction = tab.conversation.getByRole("article", { name: "Instruction" });
    await expect.poll(() => instruction.textContent()).toContain("Write something short");
  });

  test("is not shown to the agent's account, which sees the unattended work, as its author does (F18, F19)", async () => {
    const chat = await newChat();
    const task = await stage.sparky.addTask("Tell me a long story");
    const agent = await (await stage.device("agent")).tab();
    const owner = await (await stage.device("owner")).tab(`/chats/${task.chatId}`);
    await agent.chatLink(task.chatId).click();
    for (const tab of [agent, owner]) {
      await tab.conversation.getByText("Sentence 9 ").waitFor();
      await tab.conversation.getByText("Task completed").waitFor();
    }
    expect(await agent.chatLink(chat.id).count()).toBe(0);
    await agent.go(`/chats/${chat.id}`);
    await agent.page.getByText("This chat is not here").waitFor();
  });

  test("says that the sign-in is over, which is not a lost network (F10)", async () => {
    const device = await stage.device();
    const chat = await newChat();
    const [one, two] = [await device.tab(`/chats/${chat.id}`), await device.tab(`/chats/${chat.id}`)];
    device.network.cut();
    await one.connection("reconnecting");
    device.network.restore();
    await one.connection("live");
    await two.connection("live");
    await device.context.clearCookies();
    device.network.cut();
    device.network.restore();
    for (const tab of [one, two]) {
      await tab.connection("signed-out", 20_000);
      await tab.page.getByRole("heading", { name: "You are signed out" }).waitFor();
    }
  });

  async function messages(chatId: string): Promise<readonly string[]> {
    return (await stage.sparky.log(chatId)).flatMap((event) => (event.type === "message" ? [event.data.text] : []));
  }
});

function msBetween(one: ChatEvent, other: ChatEvent | undefined): number {
  return Date.parse(other?.at ?? "") - Date.parse(one.at);
}

async function say(tab: Tab, words: string): Promise<void> {
  await tab.composer.fill(words);
  await tab.composer.press("Enter");
}
