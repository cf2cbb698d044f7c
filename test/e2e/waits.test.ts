import type { Locator, Page, Route } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { List, Task } from "../../src/wire/api.ts";
import type { Approval } from "../../src/wire/approvals.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 300_000 });

/** The page gives up a request after 15 seconds. */
const LONGEST_MS = 90_000;
const AT_ONCE = 5;
const NO_ANSWER = "The server did not answer in time";

/** Requests of this kind reach a server that takes them and says nothing, until the returned function is called: then they are answered. */
async function silence(page: Page, method: string, path: RegExp): Promise<() => Promise<void>> {
  const isMeant = (url: URL): boolean => path.test(url.pathname);
  const held: Route[] = [];
  await page.route(isMeant, async (route) => {
    if (route.request().method() === method) held.push(route);
    else await route.fallback();
  });
  return async () => {
    await page.unroute(isMeant);
    // Those that the page has given up are gone.
    for (const route of held) await route.continue().catch(() => undefined);
  };
}

describeInBrowser("F21: a server that takes a request and never answers", () => {
  let stage: Stage;
  let task: Task;
  beforeAll(async () => {
    stage = await Stage.open({ SPARKY_SHELL: "host" });
    task = await stage.sparky.addTask('Run the command "echo hello"');
    await vi.waitUntil(
      async () => (await stage.sparky.api<List<Approval>>("GET", "/api/approvals")).items.length === 1,
      { timeout: 60_000, interval: 100 },
    );
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("every screen that loads says so, says after a while that it takes long, gives up with the reason, and loads on request", async () => {
    const { chatId } = task;
    const screens = [
      { path: "/", silent: /^\/api\/me$/, failure: "Sparky did not answer", shows: "Waits for you" },
      { path: "/", silent: /^\/api\/status$/, failure: "The status could not be loaded", shows: "Run the command" },
      {
        path: "/",
        silent: /^\/api\/away$/,
        failure: "What happened could not be loaded",
        shows: "Run the command",
      },
      { path: "/", silent: /^\/api\/approvals$/, failure: "The inbox could not be loaded", shows: "May it run" },
      { path: "/inbox", silent: /^\/api\/approvals$/, failure: "The inbox could not be loaded", shows: "May it run" },
      { path: "/inbox?show=history", silent: /^\/api\/approvals$/, failure: "The history could not", shows: "details" },
      { path: "/chats", silent: /^\/api\/chats$/, failure: "The chats could not be loaded", shows: "Today" },
      { path: `/chats/${chatId}`, silent: /^\/api\/chats\/\w+$/, failure: "The chat could not", shows: "Instruction" },
      { path: `/chats/${chatId}`, silent: /^\/api\/approvals\/\w+$/, failure: "What it asks could", shows: "Deny" },
      { path: "/tasks", silent: /^\/api\/tasks$/, failure: "The tasks could not be loaded", shows: "Run the command" },
      { path: "/", silent: /^\/api\/activity$/, failure: "What was done could not be loaded", shows: "As a table" },
      {
        path: "/schedules",
        silent: /^\/api\/schedules$/,
        failure: "The schedules could not be loaded",
        shows: "every 30 min",
      },
      {
        path: "/schedules/smart_maintenance",
        silent: /^\/api\/schedules\/smart_maintenance$/,
        failure: "The schedule could not be loaded",
        shows: "Missed times",
      },
      {
        path: "/schedules/smart_maintenance",
        silent: /\/occurrences$/,
        failure: "The history could not be loaded",
        shows: "Never due yet",
      },
      { path: `/tasks?id=${task.id}`, silent: /\/runs$/, failure: "Its runs could not be loaded", shows: "1 step" },
    ];
    const device = await stage.device();
    const tried = async ({ path, silent, failure, shows }: (typeof screens)[number]): Promise<void> => {
      const page = await device.context.newPage();
      const speak = await silence(page, "GET", silent);
      // What it says while it loads is looked for from the start: on a busy machine all of the page may be there only when it has given up.
      await page.goto(`http://127.0.0.1:${device.network.port}${path}`, { waitUntil: "commit" });
      await page
        .getByText(/^(Loading|Looking|Asking|Connecting)\b.*…$/)
        .first()
        .waitFor();
      const alert = page.getByRole("alert").filter({ hasText: failure });
      await alert.getByText(NO_ANSWER).waitFor({ timeout: LONGEST_MS });
      // Before the server speaks again: news could have the screen load by itself then.
      await alert.getByRole("button", { name: "Try again" }).click();
      await speak();
      await page.getByText(shows).first().waitFor();
      await alert.waitFor({ state: "detached" });
      await page.close();
    };
    const slow = await device.context.newPage();
    await silence(slow, "GET", /^\/api\/tasks$/);
    await slow.goto(`http://127.0.0.1:${device.network.port}/tasks`, { waitUntil: "commit" });
    await slow.getByText("The server has not answered yet").waitFor();
    await slow.getByRole("button", { name: "Reload the page" }).waitFor();
    await slow.close();
    // A few at a time: all at once would load for longer than a request may take.
    for (let at = 0; at < screens.length; at += AT_ONCE) await Promise.all(screens.slice(at, at + AT_ONCE).map(tried));
  });

  test("every command that is sent says so, gives up with the reason, and can be sent again", async () => {
    const device = await stage.device();
    const open = async (path: string): Promise<Page> => {
      const page = await device.context.newPage();
      await page.goto(`http://127.0.0.1:${device.network.port}${path}`);
      return page;
    };
    const fill = async (page: Page, name: string, text: string): Promise<void> =>
      page.getByRole("textbox", { name }).fill(text);
    const button = (page: Page, name: string | RegExp): Locator => page.getByRole("button", { name, exact: true });

    const newChat = async (): Promise<void> => {
      const page = await open("/chats/new");
      const speak = await silence(page, "POST", /^\/api\/chats$/);
      await fill(page, "Message", "Hello");
      await button(page, "Send").click();
      await page.getByText("Making the chat…").waitFor();
      await page.getByRole("alert").getByText(NO_ANSWER).waitFor({ timeout: LONGEST_MS });
      await expect.poll(() => page.getByRole("textbox", { name: "Message" }).inputValue()).toBe("Hello");
      await speak();
      await button(page, "Try again").click();
      await page.getByText("Hello").first().waitFor();
    };
    const newSchedule = async (): Promise<void> => {
      const page = await open("/schedules?new=true");
      const speak = await silence(page, "POST", /^\/api\/schedules$/);
      await fill(page, "Name", "patient");
      await fill(page, "Prompt", "What time is it?");
      await page.getByRole("textbox", { name: "When", exact: true }).fill("every(1 day)");
      await button(page, "Add schedule").click();
      await button(page, "Saving…").waitFor();
      await page.getByRole("alert").getByText(NO_ANSWER).waitFor({ timeout: LONGEST_MS });
      await expect.poll(() => page.getByRole("textbox", { name: "Prompt" }).inputValue()).toBe("What time is it?");
      await speak();
      await button(page, "Add schedule").click();
      await page.getByRole("heading", { name: "patient" }).waitFor();
    };
    const newTask = async (): Promise<void> => {
      const page = await open("/tasks?new=true");
      const speak = await silence(page, "POST", /^\/api\/tasks$/);
      await fill(page, "What should be done?", "What time is it?");
      await button(page, "Add task").click();
      await page.getByRole("button", { name: "Adding…" }).waitFor();
      await page.getByRole("alert").getByText(NO_ANSWER).waitFor({ timeout: LONGEST_MS });
      await speak();
      await button(page, "Try again").click();
      await page.getByText("Queued.").waitFor();
    };
    const stop = async (): Promise<void> => {
      const page = await open(`/chats/${task.chatId}`);
      await silence(page, "POST", /\/stop$/);
      await button(page, "Stop").click();
      await button(page, "Stopping…").waitFor();
      await page.getByRole("alert").getByText("No answer yet").waitFor({ timeout: LONGEST_MS });
      await button(page, "Stop again").waitFor();
    };
    const rename = async (): Promise<void> => {
      const page = await open(`/chats/${task.chatId}`);
      const speak = await silence(page, "PATCH", /^\/api\/chats\//);
      await button(page, "Rename, archive or delete this chat").click();
      await button(page, "Rename…").click();
      await fill(page, "Name", "Another name");
      await button(page, "Rename").click();
      await button(page, "Renaming…").waitFor();
      await page.getByRole("alert").getByText(NO_ANSWER).waitFor({ timeout: LONGEST_MS });
      await speak();
      await button(page, "Rename").click();
      await page.getByRole("heading", { name: "Another name" }).waitFor();
    };
    await Promise.all([newChat(), newTask(), newSchedule(), stop(), rename()]);

    const page = await open("/inbox");
    const speak = await silence(page, "POST", /^\/api\/approvals\//);
    await button(page, "Approve this call").click();
    await page.getByText("Sending your answer…").waitFor();
    await page.getByRole("alert").getByText(NO_ANSWER).waitFor({ timeout: LONGEST_MS });
    await speak();
    await button(page, "Approve this call").click();
    await page.getByText("You approved shell echo hello").waitFor();
  });

  test("a page without a network says so, and loads by itself when it is back", async () => {
    const device = await stage.device();
    const tab = await device.tab("/tasks");
    await tab.page.getByText("Run the command").first().waitFor();
    await tab.page.waitForLoadState("networkidle");
    await device.context.setOffline(true);
    device.network.cut();
    await tab.connection("offline");
    await tab.page.getByRole("link", { name: "Inbox" }).first().click();
    await tab.page.getByRole("alert").getByText("The server cannot be reached").first().waitFor();
    device.network.restore();
    await device.context.setOffline(false);
    await tab.connection("live");
    await tab.page
      .getByText(/Nothing waits for you|May it run/)
      .first()
      .waitFor();
  });
});
