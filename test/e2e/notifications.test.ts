import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { NewEvent } from "../../src/core/events.ts";
import { AGENT_ACTOR } from "../../src/store/people/actors.ts";
import { describeInBrowser, launchWholeBrowser, openLink } from "../kit/browser.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { tcpProxy } from "../kit/tcp-proxy.ts";
import { faultsOf } from "./axe.ts";
import { mayNotComplain } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

const notice = (text: string): NewEvent => ({
  ...{ type: "notice", data: { text }, runId: null, taskId: null, step: null, actor: AGENT_ACTOR },
});

/** Runs in the page: keeps what the browser is asked to show; and whoever looks at the page looks elsewhere. */
function record(): void {
  document.hasFocus = () => false;
  const shown: string[] = [];
  /** As if a person clicked on the last of them. */
  const all: Notification[] = [];
  Object.assign(globalThis, { shown, clickOnLast: () => all.at(-1)?.onclick?.(new Event("click")) });
  globalThis.Notification = class extends EventTarget {
    static permission = "granted";
    constructor(title: string, options: { body: string }) {
      super();
      all.push(this as unknown as Notification);
      shown.push(`${title} ${options.body}`);
    }
    close(): void {
      shown.push("closed");
    }
  } as unknown as typeof Notification;
}
const shownIn = (page: Page) => page.evaluate(() => (globalThis as unknown as { shown: string[] }).shown);

interface Hideable {
  readonly hide: (isHidden: boolean) => void;
  /** What was painted anew of the page since it was hidden. */
  readonly changes: string[];
}

/** Runs in the page: makes it a tab that can be hidden, as a browser does, which then asks for no frame. */
function hideable(): void {
  let isHidden = false;
  const waiting: FrameRequestCallback[] = [];
  const nextFrame = globalThis.requestAnimationFrame.bind(globalThis);
  globalThis.requestAnimationFrame = (frame) => (isHidden ? -waiting.push(frame) : nextFrame(frame));
  Object.defineProperty(document, "visibilityState", { get: () => (isHidden ? "hidden" : "visible") });
  Object.defineProperty(document, "hidden", { get: () => isHidden });
  const hide = (is: boolean): void => {
    isHidden = is;
    if (!is) for (const frame of waiting.splice(0)) nextFrame(frame);
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const tab: Hideable = Object.assign(globalThis, { hide, changes: [] });
  const observer = new MutationObserver((changes) => {
    for (const { target } of changes)
      if (target.parentElement?.closest("#main, header")) tab.changes.push(target.parentElement.outerHTML);
  });
  document.addEventListener("visibilitychange", () => {
    if (isHidden) observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

describeInBrowser("what happens elsewhere", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchWholeBrowser()));
  afterAll(() => browser.close());

  /** Ann's browser, behind a network that can be cut, and a chat of hers in which something happens. */
  async function scene() {
    const store = await sqlite.store();
    const app = await chatServer(store, { webRoot: join(import.meta.dirname, "../../dist/web") });
    const network = await tcpProxy({ port: Number(new URL(await app.listen()).port) });
    const base = `http://127.0.0.1:${network.port}`;
    const { ann } = app.people;
    const chatId: string = (await app.as(ann, "POST", "/api/chats", { title: "Kiln" })).body.id;
    const { pathname, search } = new URL((await app.as(ann, "POST", "/api/users/ann/login-link", {})).body.url);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(60_000);
    onTestFinished(async () => {
      await context.close();
      await network[Symbol.asyncDispose]();
    });
    context.on("page", mayNotComplain);
    const first = await context.newPage();
    await openLink(first, base + pathname + search);
    // Of several tabs one tells: this one is none of them.
    await first.close();
    const open = async (path: string, before: (page: Page) => void = () => undefined): Promise<Page> => {
      const page = await context.newPage();
      before(page);
      await page.goto(base + path);
      await page.locator('[data-connection="live"]').first().waitFor();
      return page;
    };
    const say = async (...texts: string[]): Promise<void> => {
      await store.append({ chatId, events: texts.map(notice) });
      store.hub.changed({ topic: "chats", users: [ann.id], id: chatId });
    };
    const head = async (): Promise<number> => (await app.as(ann, "GET", `/api/chats/${chatId}`)).body.head;
    return { app, ann, network, context, chatId, open, say, head };
  }

  test("is told once by one tab and by the browser, counted in the title, and gone everywhere when it was seen anywhere", async () => {
    const { app, ann, context, chatId, open, say, head } = await scene();
    await app.as(ann, "PATCH", "/api/preferences", { "notify.browser": true });
    await context.addInitScript(record);
    const pages = [await open("/tasks"), await open("/tasks")];
    const told = async (): Promise<string[]> => (await Promise.all(pages.map(shownIn))).flat();
    const toasts = async (): Promise<number> =>
      (await Promise.all(pages.map((page) => page.locator("[data-notification]").count()))).reduce((a, b) => a + b, 0);
    await say("It is hot.");
    await expect.poll(told, { timeout: 60_000 }).toEqual(["Notice: Kiln It is hot."]);
    await expect.poll(toasts).toBe(1);
    for (const page of pages) await expect.poll(() => page.title()).toMatch(/^\(1\) /);
    // Loaded again it is no news, but it counts.
    await pages[1]?.reload();
    await expect.poll(async () => pages[1]?.title()).toMatch(/^\(1\) /);
    await app.as(ann, "POST", `/api/chats/${chatId}/seen`, { seq: await head() });
    await expect.poll(toasts).toBe(0);
    for (const page of pages) await expect.poll(() => page.title()).toMatch(/^[^(]/);
  });

  test("is opened at its place by a click on what the browser shows, which is gone then", async () => {
    const { app, ann, context, chatId, open, say, head } = await scene();
    await app.as(ann, "PATCH", "/api/preferences", { "notify.browser": true });
    await context.addInitScript(record);
    const page = await open("/tasks");
    await say("It is hot.");
    await expect.poll(() => shownIn(page)).toEqual(["Notice: Kiln It is hot."]);
    await page.evaluate(() => (globalThis as unknown as { clickOnLast: () => void }).clickOnLast());
    await page.waitForURL(`**/chats/${chatId}?at=${await head()}`);
    await page.getByRole("log").getByText("It is hot.").waitFor();
    expect((await shownIn(page)).slice(0, 2)).toEqual(["Notice: Kiln It is hot.", "closed"]);
  });

  test("is opened at its place, and put away, by keys alone", async () => {
    const { chatId, open, say, head } = await scene();
    const page = await open("/tasks");
    const toast = page.locator("[data-notification]");
    const hasFocus = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? "");
    const tabTo = async (words: RegExp): Promise<void> => {
      for (let n = 0; n < 40 && !words.test(await hasFocus()); n += 1) await page.keyboard.press("Tab");
      expect(await hasFocus()).toMatch(words);
    };
    await say("It is hot.");
    await toast.waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await tabTo(/^Notice: Kiln/);
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/chats/${chatId}?at=${await head()}`);
    await page.getByRole("log").getByText("It is hot.").waitFor();
    await toast.waitFor({ state: "detached" });

    await page.goto(new URL("/tasks", page.url()).href);
    await say("It is cold.");
    await toast.waitFor();
    await tabTo(/^Notice: Kiln/);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await toast.waitFor({ state: "detached" });
    // The focus goes on from the page, not from its beginning.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    await expect.poll(() => page.title()).toMatch(/^[^(]/);
  });

  test("is told once the connection is back", async () => {
    const { network, open, say } = await scene();
    const page = await open("/tasks");
    network.cut();
    await page.locator('[data-connection="reconnecting"]').first().waitFor();
    await say("It was hot meanwhile.");
    network.restore();
    await page.locator('[data-connection="live"]').first().waitFor();
    await page.locator("[data-notification]").getByText("It was hot meanwhile.").waitFor();
  });

  test("in a chat that a hidden tab shows is painted when somebody looks at it, and not before", async () => {
    const { chatId, context, open, say } = await scene();
    await context.addInitScript(hideable);
    const frames: string[] = [];
    const listen = (page: Page): void =>
      void page.on("websocket", (socket) => {
        socket.on("framereceived", ({ payload }) => void frames.push(String(payload)));
      });
    const page = await open(`/chats/${chatId}`, listen);
    const log = page.getByRole("log");
    await say("Before.");
    await log.getByText("Before.").waitFor();
    await page.evaluate(() => (globalThis as unknown as Hideable).hide(true));
    await say(...Array.from({ length: 50 }, (_, n) => `Meanwhile ${n}.`));
    await expect.poll(() => frames.some((frame) => frame.includes("Meanwhile 49."))).toBe(true);
    // Whatever the page does with what it was sent, it has begun by now.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    expect(await page.evaluate(() => (globalThis as unknown as Hideable).changes)).toEqual([]);
    await page.evaluate(() => (globalThis as unknown as Hideable).hide(false));
    await log.getByText("Meanwhile 49.").waitFor();
    expect(await page.evaluate(() => (globalThis as unknown as Hideable).changes)).not.toEqual([]);
  });

  test("is counted in the title of a hidden tab, which paints nothing else of it before somebody looks", async () => {
    const { app, ann, context, open, say } = await scene();
    await context.addInitScript(hideable);
    const [home, tasks] = [await open("/"), await open("/tasks")];
    await home.locator('[data-home="ready"]').waitFor();
    await tasks.getByText("No tasks").first().waitFor();
    const pages = [home, tasks];
    // What was asked for while somebody looked is painted when it comes.
    for (const page of pages) await page.waitForLoadState("networkidle");
    for (const page of pages) await page.evaluate(() => (globalThis as unknown as Hideable).hide(true));
    await app.as(ann, "POST", "/api/tasks", { instruction: "Fire the kiln" });
    await say("It is hot.");
    for (const page of pages) await expect.poll(() => page.title()).toMatch(/^\(1\) /);
    for (const page of pages)
      expect(await page.evaluate(() => (globalThis as unknown as Hideable).changes)).toEqual([]);
    for (const page of pages) await page.evaluate(() => (globalThis as unknown as Hideable).hide(false));
    await home.locator("#main").getByText("It is hot.").waitFor();
    await tasks.locator("#main").getByText("Fire the kiln").first().waitFor();
  });
});
