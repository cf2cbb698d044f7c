import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Task } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("the palette", () => {
  let stage: Stage;
  let task: Task;
  beforeAll(async () => {
    stage = await Stage.open({ SPARKY_SHELL: "host" });
    task = await stage.sparky.addTask('Write "the zebra stands here" to a.txt, then read a.txt', "--wait");
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const palette = (tab: Tab) => tab.page.getByRole("dialog", { name: "Search and commands" });
  const found = (tab: Tab, group: string) => palette(tab).getByRole("group", { name: group }).getByRole("option");
  const open = async (tab: Tab): Promise<void> => {
    await tab.page.getByRole("button", { name: "Search and commands" }).waitFor();
    await tab.page.keyboard.press("Control+k");
    await palette(tab).getByRole("combobox").waitFor();
  };

  test("opens once its code comes, when the network was away as it was asked for, and so does what an answer is drawn by", async () => {
    const { context, tab: open } = await stage.device();
    const parts = /\/assets\/(palette|markdown)-[^/]*\.js$/;
    let isAway = true;
    const refused = new Set<string>();
    await context.route(parts, (route) => {
      if (!isAway) return route.continue();
      refused.add(parts.exec(route.request().url())?.[1] ?? "");
      return route.abort("connectionreset");
    });
    const tab = await open(`/chats/${task.chatId}`);
    const bare = tab.conversation.locator(".prose[aria-busy]");
    await bare.first().waitFor();
    await tab.page.getByRole("button", { name: "Search and commands" }).click();
    await expect.poll(() => [...refused].sort()).toEqual(["markdown", "palette"]);
    expect(await palette(tab).count()).toBe(0);
    isAway = false;
    await palette(tab).getByRole("combobox").waitFor();
    await bare.first().waitFor({ state: "detached" });
    expect(tab.complaints).toEqual([]);
  });

  test("opens by keys while one writes too, and finds a word of a tool's result at the very step", async () => {
    const tab = await (await stage.device()).tab("/chats/new");
    await tab.composer.fill("half a word");
    await open(tab);
    await tab.page.keyboard.type("zebra stands");
    await found(tab, "Words and results").first().waitFor();
    await found(tab, "Tasks").filter({ hasText: "zebra" }).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    const results = found(tab, "Words and results").filter({ has: tab.page.locator(".lucide-file-search") });
    await results.first().click();
    const log = await stage.sparky.log(task.chatId);
    const result = log.find((event) => event.type === "tool_result" && JSON.stringify(event.data).includes("zebra"));
    await tab.page.getByRole("region", { name: "Step details" }).getByText("the zebra stands here").first().waitFor();
    await expect.poll(() => new URL(tab.page.url()).pathname).toBe(`/runs/${task.runId ?? result?.runId}`);
    await palette(tab).waitFor({ state: "detached" });

    await open(tab);
    await tab.page.keyboard.type("zebra");
    await found(tab, "Tasks").first().waitFor();
    await found(tab, "Tasks").first().click();
    await tab.page.locator(`[data-task-pane="${task.id}"]`).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("goes to places and schedules, changes the theme, stops what runs: all by keyboard; what is not there, it says", async () => {
    const tab = await (await stage.device("owner", { colorScheme: "light" })).tab("/");
    await open(tab);
    await tab.page.keyboard.type("theme dark");
    await tab.page.keyboard.press("Enter");
    await expect.poll(() => tab.page.locator("html").getAttribute("data-theme")).toBe("dark");
    await open(tab);
    expect(await faultsOf(tab.page)).toEqual([]);
    await tab.page.keyboard.type("smart_maint");
    await found(tab, "Schedules").first().waitFor();
    await tab.page.keyboard.press("Enter");
    await tab.page.waitForURL("**/schedules/smart_maintenance");
    await open(tab);
    await tab.page.keyboard.type("xyzzy plugh");
    await palette(tab).getByText("Nothing has all of these words.").waitFor();
    await tab.page.keyboard.press("Escape");
    await palette(tab).waitFor({ state: "detached" });

    const asking = await stage.sparky.addTask('Run the command "sleep 300"');
    await expect.poll(async () => (await stage.sparky.running(asking.chatId)).length, { timeout: 60_000 }).toBe(1);
    await open(tab);
    await tab.page.keyboard.type("stop");
    await found(tab, "Commands").filter({ hasText: "Stop: Run the command" }).waitFor();
    await tab.page.keyboard.press("Enter");
    await expect.poll(async () => (await stage.sparky.task(asking.id)).status, { timeout: 60_000 }).toBe("cancelled");
    expect(tab.complaints).toEqual([]);
  });

  test("the first row is the chosen one when what is found comes, until a person goes to another", async () => {
    const tab = await (await stage.device()).tab("/");
    const asked = Promise.withResolvers<void>();
    await tab.page.route("**/api/search?*", async (route) => {
      await asked.promise;
      await route.continue();
    });
    const chosen = () => palette(tab).locator('[role="option"][aria-selected="true"]');
    const first = () => palette(tab).getByRole("option").first();
    await open(tab);
    await tab.page.keyboard.type("zebra");
    await palette(tab).getByText("Searching…").waitFor();
    asked.resolve();
    await found(tab, "Words and results").first().waitFor();
    await found(tab, "Tasks").first().waitFor();
    await expect.poll(() => first().getAttribute("aria-selected"), { timeout: 60_000 }).toBe("true");
    await expect.poll(() => chosen().count()).toBe(1);
    await tab.page.keyboard.press("ArrowDown");
    await expect.poll(() => first().getAttribute("aria-selected"), { timeout: 60_000 }).toBe("false");
    const second = await chosen().textContent();
    await expect.poll(() => palette(tab).getByRole("option").nth(1).textContent()).toBe(second);
    await tab.page.keyboard.type(" stands");
    await expect.poll(() => first().getAttribute("aria-selected"), { timeout: 60_000 }).toBe("true");
    expect(tab.complaints).toEqual([]);
  });

  test("a question mark shows the keys, but not where one writes", async () => {
    const tab = await (await stage.device("owner", { viewport: { width: 390, height: 844 } })).tab("/chats/new");
    await tab.composer.fill("why");
    await tab.composer.press("?");
    await expect.poll(() => tab.composer.inputValue()).toBe("why?");
    await tab.composer.blur();
    await tab.page.keyboard.press("?");
    const keys = tab.page.getByRole("dialog", { name: "Keys" });
    await keys.getByText("Next step that did not go well").waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await tab.page.keyboard.press("Escape");
    await keys.waitFor({ state: "detached" });
    await tab.page.getByRole("button", { name: "Search and commands" }).click();
    await palette(tab).getByRole("combobox").waitFor();
    expect(tab.complaints).toEqual([]);
  });
});
