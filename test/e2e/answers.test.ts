import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { EventBody, NewEvent } from "../../src/core/events.ts";
import type { Chat } from "../../src/wire/api.ts";
import { describeInBrowser, launchBrowser, openLink } from "../kit/browser.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

type Line = EventBody & Partial<NewEvent>;
const PLACE = { runId: null, taskId: null, step: null, actor: { kind: "agent", id: "agent", name: "agent" } } as const;
const RUN = { runId: "r1", step: 1 } as const;
const said = (text: string): Line => ({ type: "message", data: { role: "assistant", text } });

describeInBrowser("what the agent says and does", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchBrowser()));
  afterAll(() => browser.close());

  /** A chat with these events, open in a browser of its own. */
  async function opened(lines: readonly Line[], width = 1280) {
    const store = await sqlite.store();
    const app = await chatServer(store, { webRoot: join(import.meta.dirname, "../../dist/web") });
    const base = (await app.listen()).replace(/\/$/, "");
    const { ann } = app.people;
    const { body: chat } = await app.as(ann, "POST", "/api/chats", { title: "Answers" });
    const { id: chatId } = chat as Chat;
    const write = (...bodies: readonly Line[]) =>
      store.append({ chatId, events: bodies.map((body) => ({ ...PLACE, ...body })) });
    await write(...lines);
    const { body: link } = await app.as(ann, "POST", "/api/users/ann/login-link", {});
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    context.setDefaultTimeout(60_000);
    onTestFinished(() => context.close());
    await openLink(await context.newPage(), (link as { url: string }).url);
    const tab = await Tab.open(context, base, `/chats/${chatId}`);
    await tab.conversation.waitFor();
    return { app, ann, store, context, base, chatId, write, tab };
  }

  test("words beside a call stand as speech in their place; reasoning is folded", async () => {
    const { tab, write } = await opened([
      { ...RUN, type: "thought", data: { text: "Hidden reasoning that is long enough." } },
      { ...RUN, type: "thought", data: { text: "I look at **the page** first.", said: true } },
      {
        ...RUN,
        type: "tool_use",
        data: { callId: "a", name: "web_fetch", args: {}, effect: "external", summary: "https://a" },
      },
      { ...RUN, type: "thought", data: { text: "Words of an old log." } },
    ]);
    const speech = tab.conversation.getByRole("article", { name: "Agent" });
    await speech.locator("strong", { hasText: "the page" }).waitFor();
    expect(await speech.count()).toBe(1);
    expect(await tab.conversation.getByRole("button", { name: /^Thought/ }).count()).toBe(2);
    await write(said("Done."));
    await tab.conversation.getByText("Done.").waitFor();
    const order = await tab.conversation.evaluate((log) => log.textContent);
    expect(order.indexOf("I look at")).toBeLessThan(order.indexOf("web_fetch"));
    expect(tab.complaints).toEqual([]);
  });
});
