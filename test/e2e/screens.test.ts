import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { List, LoginLink, Task } from "../../src/wire/api.ts";
import type { Approval } from "../../src/wire/approvals.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

const PHONE = { width: 390, height: 844 };
const EVERYTHING = 'Check knowledge graph stats, then write "hello" to a.txt, then read missing.txt, then read a.txt';

/** How to get to a screen, and what is there when it is ready. */
interface Screen {
  readonly name: string;
  readonly path: string;
  readonly ready: (tab: Tab) => Promise<unknown>;
}

describeInBrowser("the screens", () => {
  let stage: Stage;
  let task: Task;
  let asking: Task;
  const screens: readonly Screen[] = [
    { name: "home", path: "/", ready: (tab) => tab.page.getByRole("button", { name: "Mark all as seen" }).waitFor() },
    {
      name: "the inbox",
      path: "/inbox",
      ready: (tab) => tab.page.getByRole("button", { name: "Approve this call" }).first().waitFor(),
    },
    {
      name: "the inbox's history and standing approvals",
      path: "/inbox?show=history",
      async ready(tab) {
        await tab.page.getByText("Approved by owner").waitFor();
        await tab.page.getByText("Standing approvals").waitFor();
        for (const details of await tab.page.locator("summary").all()) await details.click();
      },
    },
    {
      name: "a call that asks",
      path: "asking",
      ready: (tab) => tab.conversation.getByRole("button", { name: "Approve this call" }).waitFor(),
    },
    {
      name: "a chat's menu",
      path: "asking",
      async ready(tab) {
        await tab.page.getByRole("button", { name: /^Rename, archive/ }).click();
        await tab.page.getByRole("link", { name: "Export as Markdown" }).waitFor();
      },
    },
    {
      name: "choosing a chat's model",
      path: "asking",
      async ready(tab) {
        await fromHeader(tab, /^Model: /);
        await tab.page.getByRole("radio").first().waitFor();
      },
    },
    {
      name: "what a chat's context is made of",
      path: "chat",
      async ready(tab) {
        await fromHeader(tab, /^Context: /);
        await tab.page.getByRole("dialog", { name: "Context" }).waitFor();
      },
    },
    {
      name: "deleting a chat",
      path: "asking",
      async ready(tab) {
        await tab.page.getByRole("button", { name: /^Rename, archive/ }).click();
        await tab.page.getByRole("button", { name: "Delete…" }).click();
        await tab.page.getByRole("dialog").waitFor();
      },
    },
    {
      name: "no archived chats",
      path: "/chats?archived=true",
      ready: (tab) => tab.page.getByText("No archived").waitFor(),
    },
    {
      name: "a task's details",
      path: "/tasks",
      async ready(tab) {
        await tab.page.locator("[data-task-id]").first().waitFor();
        await tab.page
          .getByRole("checkbox", { name: /^Choose:/ })
          .first()
          .check();
        await tab.page
          .getByRole("button", { name: /^Details/ })
          .last()
          .click();
        await tab.page
          .getByRole("complementary", { name: "Task" })
          .getByText(/\d+ steps?/)
          .first()
          .waitFor();
      },
    },
    { name: "a new chat", path: "/chats/new", ready: (tab) => tab.composer.waitFor() },
    {
      name: "a chat, opened up",
      path: "chat",
      async ready(tab) {
        await tab.conversation.getByText("Task completed").waitFor();
        for (const closed = tab.conversation.locator('button[aria-expanded="false"]'); await closed.count();) {
          await closed.first().click();
        }
      },
    },
    { name: "no such chat", path: "/chats/no-such-chat", ready: (tab) => tab.page.getByText("not here").waitFor() },
    {
      name: "a run",
      path: "run",
      ready: (tab) => tab.page.locator("[data-end]").waitFor(),
    },
    {
      name: "a run's step",
      path: "run",
      async ready(tab) {
        await tab.page.locator('[data-step-kind="tool"]').first().click();
        await tab.page.getByRole("region", { name: "Step details" }).waitFor();
      },
    },
    { name: "the tasks", path: "/tasks", ready: (tab) => tab.page.locator("[data-task-id]").first().waitFor() },
    {
      name: "no task that fits",
      path: "/tasks?status=failed",
      ready: (tab) => tab.page.getByText("No task matches").waitFor(),
    },
    {
      name: "a new task",
      path: "/tasks?new=true",
      async ready(tab) {
        await tab.page.getByText("When, after which tasks").click();
        await tab.page.locator("[data-choose]").first().click();
        await tab.page.locator("[data-chosen]").waitFor();
      },
    },
    {
      name: "an empty memory",
      path: "/memory",
      ready: (tab) => tab.page.getByText("Nothing is in the graph yet").waitFor(),
    },
    {
      name: "what is recalled",
      path: "/memory?q=hello",
      ready: (tab) => tab.page.locator("[data-found]").first().waitFor(),
    },
    {
      name: "the settings of how it looks",
      path: "/settings/look",
      ready: (tab) => tab.page.getByRole("group", { name: "Theme" }).waitFor(),
    },
    { name: "no such page", path: "/nowhere", ready: (tab) => tab.page.getByText("no such page").waitFor() },
  ];

  beforeAll(async () => {
    stage = await Stage.open({ SPARKY_SHELL: "host" });
    task = await stage.sparky.addTask(EVERYTHING, "--wait");
    await answered(stage);
    asking = await stage.sparky.addTask('Run the command "echo hello"');
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test.each([
    { device: "a light desk", options: { colorScheme: "light" } },
    { device: "a dark desk", options: { colorScheme: "dark" } },
    { device: "a light phone", options: { colorScheme: "light", viewport: PHONE, hasTouch: true } },
  ] as const)("are accessible on $device", async ({ options }) => {
    const device = await stage.device("owner", options);
    // Something that nobody has seen, for home.
    await stage.sparky.addTask("What time is it?", "--wait");
    const tab = await device.tab("/");
    for (const { name, path, ready } of screens) {
      const places: { readonly [name: string]: string } = {
        chat: `/chats/${task.chatId}`,
        asking: `/chats/${asking.chatId}`,
        run: `/runs/${(await stage.sparky.task(task.id)).runId}`,
      };
      await tab.go(places[path] ?? path);
      await tab.connection("live");
      await ready(tab);
      expect(await faultsOf(tab.page), name).toEqual([]);
      expect(
        tab.complaints.filter((text) => !/404 \(Not Found\)/.test(text)),
        name,
      ).toEqual([]);
    }
  });

  test("leave a box of words to search for wide enough to read them, on a small phone too", async () => {
    const device = await stage.device("owner", { viewport: { width: 320, height: 568 }, hasTouch: true });
    for (const path of ["/tasks", "/schedules", "/memory"]) {
      const tab = await device.tab(path);
      const box = tab.page.getByRole("searchbox", { name: /^Search / });
      expect((await box.boundingBox())?.width, path).toBeGreaterThan(110);
      expect(await tab.page.evaluate(() => document.documentElement.scrollWidth), path).toBe(320);
      await tab.page.close();
    }
  });

  test.each(["light", "dark"] as const)(
    "tell in %s that nobody is signed in, and that a link is spent",
    async (colorScheme) => {
      const device = await stage.device("owner", { colorScheme });
      await device.context.clearCookies();
      const tab = await device.tab("/");
      await tab.page.getByRole("heading", { name: "You are signed out" }).waitFor();
      const lines = () => tab.page.locator("code").allTextContents();
      expect(await lines()).toEqual(["sparky open", "sparky user login-link owner"]);
      expect(await tab.page.getByRole("navigation").count()).toBe(0);
      const paper = () => tab.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const signedOut = await paper();
      expect(await faultsOf(tab.page)).toEqual([]);
      await tab.go("/login?token=used-up");
      await tab.page.getByRole("heading", { name: "This sign-in link does not work any more" }).waitFor();
      expect(await lines()).toEqual(["sparky open", "sparky user login-link owner"]);
      expect(await paper()).toBe(signedOut);
      expect(signedOut).toBe(colorScheme === "dark" ? "rgb(19, 19, 24)" : "rgb(255, 255, 255)");
      expect(await faultsOf(tab.page)).toEqual([]);
      await tab.go("/login");
      await tab.page.getByRole("heading", { name: "Sign in to Sparky" }).waitFor();
      expect(await paper()).toBe(signedOut);
      expect(await faultsOf(tab.page)).toEqual([]);
      await tab.page.getByRole("textbox", { name: "Name" }).fill("owner");
      await tab.page.getByLabel("Password").fill("a wrong password");
      await tab.page.getByRole("button", { name: "Sign in" }).click();
      await tab.page.getByRole("alert").getByText("do not go together").waitFor();
      expect(await tab.page.getByRole("textbox", { name: "Name" }).inputValue()).toBe("owner");
      expect(await faultsOf(tab.page)).toEqual([]);
    },
  );

  test("let a name and a password in, without scripts too", async () => {
    const device = await stage.device("owner", { javaScriptEnabled: false });
    await device.context.clearCookies();
    const password = { password: "three small words" };
    await stage.sparky.api("POST", "/api/users/owner/password", password);
    const tab = await device.tab("/login");
    await tab.page.getByRole("textbox", { name: "Name" }).fill("owner");
    await tab.page.getByLabel("Password").fill(password.password);
    await tab.page.keyboard.press("Enter");
    await tab.page.waitForURL((at) => at.pathname === "/");
    expect((await device.context.cookies()).map(({ name }) => name)).toEqual([expect.stringMatching(/session_token$/)]);
    expect(tab.complaints).toEqual([]);
  });

  test("let somebody in who was invited, in dark, and nobody by the same link again", async () => {
    const device = await stage.device("owner", { colorScheme: "dark" });
    await device.context.clearCookies();
    const { url } = await stage.sparky.json<LoginLink>("user", "invite", "cleo", "--role", "viewer");
    const { pathname, search } = new URL(url);
    const tab = await device.tab(pathname + search);
    await tab.page.getByRole("heading", { name: "Join Sparky" }).waitFor();
    expect(await tab.page.getByRole("textbox", { name: "Name" }).inputValue()).toBe("cleo");
    expect(await faultsOf(tab.page)).toEqual([]);
    const join = async (again: string): Promise<void> => {
      await tab.page.getByLabel("Password", { exact: true }).fill("three small words");
      await tab.page.getByLabel("The password again").fill(again);
      await tab.page.getByRole("button", { name: "Join" }).click();
    };
    await join("three other words");
    await tab.page.getByRole("alert").getByText("not the same").waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await join("three small words");
    await tab.page.getByRole("button", { name: "cleo: account and settings" }).waitFor();
    // A viewer is offered nothing to write in, which would only be refused.
    await tab.page.getByText("You are a viewer here: you may look").waitFor();
    expect(await tab.page.getByRole("textbox", { name: "Message" }).count()).toBe(0);
    await tab.go(pathname + search);
    await tab.page.getByRole("heading", { name: "This invitation does not work any more" }).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
  });

  test("F101 a link signs in by its button, without scripts too, and looking at it spends nothing", async () => {
    const device = await stage.device("owner", { javaScriptEnabled: false });
    await device.context.clearCookies();
    const { url } = await stage.sparky.json<LoginLink>("user", "login-link", "owner");
    const { pathname, search } = new URL(url);
    const tab = await device.tab(pathname + search);
    await tab.page.reload();
    await tab.page.getByRole("button", { name: "Sign in as owner" }).click();
    await tab.page.waitForURL((at) => at.pathname === "/");
    expect((await device.context.cookies()).map(({ name }) => name)).toEqual([expect.stringMatching(/session_token$/)]);
    expect(tab.complaints).toEqual([]);
  });

  test("add a task, follow it to its end, and cancel one that waits", async () => {
    const device = await stage.device();
    const tab = await device.tab("/tasks");
    await tab.page.getByRole("button", { name: "New task" }).click();
    const form = tab.page.getByRole("dialog");
    await form.getByRole("textbox", { name: "What should be done?" }).fill("What time is it by now?");
    await form.getByRole("button", { name: "Add task" }).click();
    await form.getByText("Queued.").waitFor();
    await form.getByRole("button", { name: "Close", exact: true }).last().click();
    const row = tab.page.locator("[data-task-id]", { hasText: "What time is it by now?" });
    await row.and(tab.page.locator('[data-task-status="completed"]')).waitFor();

    await tab.page.getByRole("button", { name: "New task" }).click();
    await form.getByRole("textbox", { name: "What should be done?" }).fill("Come after it");
    await form.getByText("When, after which tasks").click();
    const first = await stage.sparky.addTask("Be the first of two", "--at", "2999-01-01T00:00:00Z");
    await form.getByRole("searchbox", { name: "Search earlier tasks" }).fill("first of two");
    await form.getByRole("button", { name: "Queued: Be the first of two" }).click();
    await form.getByRole("button", { name: "Add task" }).click();
    await form.getByText("Queued.").waitFor();
    await form.getByRole("button", { name: "Close", exact: true }).last().click();
    const waits = tab.page.locator('[data-task-status="waiting"]', { hasText: "Come after it" });
    await waits.locator(`[data-depends-on="${first.id}"]`).waitFor();

    const later = await stage.sparky.addTask("Wait for it", "--at", new Date(Date.now() + 3_600_000).toISOString());
    const pending = tab.page.locator(`[data-task-id="${later.id}"]`);
    await pending.getByRole("button", { name: /^Cancel/ }).click();
    await pending.and(tab.page.locator('[data-task-status="cancelled"]')).waitFor();
    expect((await stage.sparky.task(later.id)).status).toBe("cancelled");
    expect(tab.complaints).toEqual([]);
  });
});

/** One question with an answer that covers commands like it, for as long as the tests need. */
async function answered({ sparky }: Stage): Promise<void> {
  const task = await sparky.addTask('Run the command "sleep 300"');
  const [approval] = await vi.waitUntil(
    async () => {
      const { items } = await sparky.api<List<Approval>>("GET", "/api/approvals");
      return items.length > 0 && items;
    },
    { timeout: 60_000, interval: 100 },
  );
  const scope = `until ${new Date(Date.now() + 3_600_000).toISOString()}`;
  const yes = { decision: "approve", scope, rules: ["sleep *"], note: "go on" };
  await sparky.api("POST", `/api/approvals/${approval?.id}`, yes);
  expect((await sparky.task(task.id)).status).not.toBe("completed");
}

/** On a phone it is in the menu. */
async function fromHeader({ page }: Tab, name: RegExp): Promise<void> {
  await page.getByRole("log", { name: "Conversation" }).waitFor();
  const button = page.getByRole("button", { name });
  if ((page.viewportSize()?.width ?? 0) < 768) await page.getByRole("button", { name: /^Rename, archive/ }).click();
  await button.click();
}
