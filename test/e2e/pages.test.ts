import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, onTestFinished, test } from "vitest";
import type { EventBody, NewEvent } from "../../src/core/events.ts";
import type { Chat } from "../../src/wire/api.ts";
import { describeInBrowser, launchBrowser } from "../kit/browser.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { tcpProxy } from "../kit/tcp-proxy.ts";
import { Tab } from "./thread-page.ts";

const webRoot = join(import.meta.dirname, "../../dist/web");

/** The pages over a real server and store, without a loop: what happens is what the test appends. */
async function scene(look: { readonly width?: number; readonly dark?: boolean } = {}) {
  const store = await sqlite.store();
  const app = await chatServer(store, { webRoot });
  const proxy = await tcpProxy({ port: Number(new URL(await app.listen()).port) });
  const browser = await launchBrowser();
  onTestFinished(async () => {
    await browser.close();
    await proxy[Symbol.asyncDispose]();
  });
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1300, height: 800 },
    colorScheme: look.dark === true ? "dark" : "light",
  });
  context.setDefaultTimeout(60_000);
  const { ann } = app.people;
  const base = `http://127.0.0.1:${proxy.port}`;
  const newChat = async (title: string): Promise<string> => {
    const { body } = await app.as(ann, "POST", "/api/chats", { title });
    return (body as Chat).id;
  };
  const write = (chatId: string, ...bodies: (EventBody & Partial<NewEvent>)[]) =>
    store.append({ chatId, events: bodies.map((body) => ({ ...PLACE, ...body })) });
  const say = (chatId: string, count: number) =>
    write(
      chatId,
      ...Array.from({ length: count }, (_, n): EventBody => ({
        type: "message",
        data: { role: "assistant", text: `Line ${n}` },
      })),
    );
  const { body: link } = await app.as(ann, "POST", "/api/users/ann/login-link", {});
  const tab = await Tab.signIn(context, base, (link as { url: string }).url);
  await tab.connection("live");
  return { app, store, proxy, context, base, tab, ann, newChat, write, say };
}

const PLACE = { runId: null, taskId: null, step: null, actor: { kind: "agent", id: "agent", name: "agent" } } as const;
const RUN = { runId: "r1", taskId: "t1", step: 1 } as const;

/** One of each kind of row. */
const ALL_KINDS: readonly (EventBody & Partial<NewEvent>)[] = [
  { ...RUN, type: "status", data: { state: "queued", message: "Queued" } },
  { ...RUN, type: "message", data: { role: "user", text: "Check the links" } },
  { ...RUN, type: "status", data: { state: "starting", message: "Task starting…", attempt: 1 } },
  {
    ...RUN,
    type: "plan",
    data: {
      items: [
        { text: "Look", status: "done" },
        { text: "Report", status: "doing" },
      ],
    },
  },
  { ...RUN, type: "thought", data: { text: "I begin with the *first* page." } },
  ...["a", "b"].flatMap((callId): (EventBody & Partial<NewEvent>)[] => [
    {
      ...RUN,
      type: "tool_use",
      data: { callId, name: "web_fetch", args: {}, effect: "external", summary: "https://a" },
    },
    {
      ...RUN,
      type: "tool_result",
      data: { callId, name: "web_fetch", ok: callId === "a", error: "404", durationMs: 9, size: 1 },
    },
  ]),
  { ...RUN, type: "error", data: { code: "model_rate_limited", message: "Too many requests", retryable: true } },
  { ...RUN, type: "status", data: { state: "waiting", message: "Tries again", reason: "retry" } },
  { ...RUN, type: "status", data: { state: "resumed", message: "Goes on", reason: "retry", attempt: 2 } },
  {
    ...RUN,
    type: "message",
    data: {
      role: "assistant",
      text: "# Links\n\n- `one`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\n> [more](https://x.test)",
    },
  },
  { ...RUN, type: "message", data: { role: "assistant", text: "Cut", partial: true } },
  { ...RUN, type: "status", data: { state: "failed", message: "Task failed", reason: "the model gave up" } },
  { type: "message", data: { role: "user", text: "Thanks" }, actor: { kind: "user", id: "u", name: "ann" } },
];

const LOOKS = [
  { on: "a wide screen", look: {} },
  { on: "a wide screen in the dark", look: { dark: true } },
  { on: "a phone", look: { width: 390 } },
];

describeInBrowser("the pages", () => {
  test.each(LOOKS)(
    "every screen passes axe on $on",
    async ({ look }) => {
      const { app, tab, ann, newChat, write } = await scene(look);
      const chatId = await newChat("All kinds");
      await write(chatId, ...ALL_KINDS);
      await app.as(ann, "POST", "/api/tasks", { instruction: "Count the pages" });
      const found: string[] = [];
      const check = async (screen: string): Promise<void> => {
        const { violations } = await new AxeBuilder({ page: tab.page }).analyze();
        found.push(...violations.map(({ id, nodes }) => `${screen}: ${id} ${nodes[0]?.html}`));
      };
      await tab.go("/chats");
      await tab.page.getByRole("link", { name: /All kinds/ }).waitFor();
      await check("chats");
      await tab.go("/chats/new");
      await tab.composer.waitFor();
      await check("new chat");
      await tab.go(`/chats/${chatId}`);
      await tab.conversation.getByText("Thanks").waitFor();
      await tab.conversation.locator("h1", { hasText: "Links" }).waitFor();
      const folded = tab.conversation.getByRole("button", { expanded: false });
      for (let left = await folded.count(); left > 0; left -= 1) await folded.first().click();
      await check("thread");
      await tab.go("/tasks");
      await tab.page.getByText("Count the pages").first().waitFor();
      await check("tasks");
      await tab.page.getByRole("button", { name: "New task" }).click();
      await tab.page.getByRole("textbox", { name: "What should be done?" }).waitFor();
      await check("new task");
      await tab.go("/tasks?status=failed");
      await tab.page.getByText("No task matches these filters").waitFor();
      await check("no tasks");
      await tab.go("/nowhere");
      await tab.page.getByText("There is no such page").waitFor();
      await check("no such page");
      await tab.page.context().clearCookies();
      await tab.go("/");
      await tab.page.getByText("sparky open").waitFor();
      await check("signed out");
      expect(found).toEqual([]);
    },
    90_000,
  );

  test("F20: a message that cannot be delivered says so, and is delivered once when it can be", async () => {
    const { app, tab, proxy, ann, newChat } = await scene();
    const chatId = await newChat("Shaky");
    await tab.go(`/chats/${chatId}`);
    await tab.composer.waitFor();
    proxy.cut();
    await tab.composer.fill("Are you there?");
    await tab.composer.press("Enter");
    await tab.page.locator("[data-outbox]").getByText("Sent when the connection is back").waitFor();
    proxy.restore();
    await tab.page.locator("[data-outbox]").waitFor({ state: "detached" });
    expect(await tab.conversation.getByText("Are you there?").count()).toBe(1);
    const { body } = await app.as(ann, "GET", `/api/chats/${chatId}/events?type=message`);
    expect(body.events.map((event: { data: { text: string } }) => event.data.text)).toEqual(["Are you there?"]);
  });

  test("F22, F26: Stop is drawn from the run's state, and the end says who", async () => {
    const { tab, newChat } = await scene();
    await tab.go(`/chats/${await newChat("Stopped")}`);
    await tab.composer.fill("Begin");
    await tab.composer.press("Enter");
    const bar = tab.page.getByRole("region", { name: "Run" });
    await bar.getByText("Queued").waitFor();
    await bar.getByRole("button", { name: "Stop" }).click();
    await tab.conversation.locator("[data-run-state=cancelled]").waitFor({ timeout: 60_000 });
    await expect
      .poll(() => tab.conversation.locator("[data-run-state=cancelled]").textContent())
      .toMatch(/Cancelled.*ann/);
    expect(await bar.count()).toBe(0);
  });

  test("F11: what happens in another chat marks that chat and leaves the open one alone", async () => {
    const { app, tab, ann, newChat, say } = await scene();
    const [open, other] = [await newChat("Open"), await newChat("Other")];
    await say(open, 1);
    await tab.go(`/chats/${open}`);
    await tab.conversation.getByText("Line 0").waitFor();
    const mark = (state: string) => tab.page.locator(`[data-chat-id="${other}"][data-mark="${state}"]`);
    const { body } = await app.as(ann, "POST", `/api/chats/${other}/messages`, { text: "Elsewhere" });
    await mark("queued").waitFor();
    await app.as(ann, "POST", `/api/runs/${body.runId}/stop`);
    await mark("unread").waitFor();
    expect(await tab.conversation.getByText("Elsewhere").count()).toBe(0);
    await tab.chatLink(other).click();
    await tab.conversation.getByText("Elsewhere").waitFor();
    await mark("none").waitFor();
  });

  test("F29: a long chat opens at its end, pages back to its first event, and jumps to what came meanwhile", async () => {
    const { tab, newChat, say } = await scene();
    const chatId = await newChat("Long");
    await say(chatId, 700);
    await tab.go(`/chats/${chatId}`);
    await tab.conversation.getByText("Line 699").waitFor();
    await tab.page.mouse.move(900, 300);
    await expect
      .poll(() => (tab.page.mouse.wheel(0, -5000), tab.conversation.getByText("Chat created").count()), {
        timeout: 60_000,
      })
      .toBe(1);
    const place = () => tab.conversation.evaluate((list) => list.scrollTop);
    await expect.poll(place, { timeout: 60_000 }).toBe(0);
    await say(chatId, 3);
    await tab.page.getByRole("button", { name: "Jump to latest · 3 new" }).waitFor();
    expect(await place()).toBe(0);
    await tab.page.getByRole("button", { name: /Jump to latest/ }).click();
    await tab.conversation.getByText("Line 2", { exact: true }).waitFor();
    await say(chatId, 1);
    await tab.conversation.locator("[data-seq='705']").waitFor();
  });

  test("F29: who is at the end stays there when the room shrinks; who read upwards stays where they are", async () => {
    const { tab, newChat, say } = await scene();
    const chatId = await newChat("Long");
    await say(chatId, 100);
    await tab.go(`/chats/${chatId}`);
    await tab.conversation.getByText("Line 99").waitFor();
    const fromEnd = () =>
      tab.conversation.evaluate((list) => Math.round(list.scrollHeight - list.scrollTop - list.clientHeight));
    await expect.poll(fromEnd, { timeout: 60_000 }).toBe(0);
    const { width, height } = tab.page.viewportSize() ?? { width: 0, height: 0 };
    await tab.page.setViewportSize({ width, height: height - 250 });
    await expect.poll(fromEnd, { timeout: 60_000 }).toBe(0);
    await say(chatId, 2);
    await tab.conversation.locator("[data-seq='103']").waitFor();
    await expect.poll(fromEnd, { timeout: 60_000 }).toBe(0);

    await tab.page.mouse.move(900, 200);
    await tab.page.mouse.wheel(0, -400);
    await expect.poll(fromEnd, { timeout: 60_000 }).toBe(400);
    await tab.page.setViewportSize({ width, height: height - 350 });
    await say(chatId, 1);
    await tab.page.getByRole("button", { name: "Jump to latest · 1 new" }).waitFor();
    expect(await fromEnd()).toBeGreaterThan(400);
  });

  test("text streams in, survives a reload, and its event takes its place", async () => {
    const { store, tab, newChat, write } = await scene();
    const chatId = await newChat("Streaming");
    const run = { runId: "r1", taskId: null, step: 1 };
    await write(chatId, { ...run, type: "status", data: { state: "starting", message: "Starting…", attempt: 1 } });
    await tab.go(`/chats/${chatId}`);
    await tab.page.locator("[data-live=true]").waitFor();
    const part = { chatId, runId: "r1", lease: 1, part: "1.1", kind: "message" } as const;
    store.hub.delta({ ...part, offset: 0, text: "Half of **a" });
    await tab.conversation.getByText("Half of a", { exact: true }).waitFor();
    await expect.poll(() => tab.conversation.getAttribute("aria-busy")).toBe("true");
    await tab.page.reload();
    await tab.conversation.getByText("Half of a", { exact: true }).waitFor();
    store.hub.delta({ ...part, offset: 11, text: " word**" });
    await tab.conversation.getByText("Half of a word", { exact: true }).waitFor();
    await write(chatId, {
      ...run,
      type: "message",
      data: { role: "assistant", text: "Half of a word, whole", part: "1.1" },
    });
    await tab.conversation.getByText("Half of a word, whole", { exact: true }).waitFor();
    expect(await tab.conversation.locator("[data-part]").count()).toBe(0);
  });
});
