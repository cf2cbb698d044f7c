import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { List, Task } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

const TOMORROW = new Date(Date.now() + 86_400_000).toISOString();

describeInBrowser("the tasks", () => {
  let stage: Stage;
  let done: Task;
  const later: Task[] = [];
  beforeAll(async () => {
    stage = await Stage.open({ SPARKY_SHELL: "host" });
    done = await stage.sparky.addTask("What time is it?", "--wait");
    for (const n of [1, 2, 3]) later.push(await stage.sparky.addTask(`Come back ${n}`, "--at", TOMORROW));
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const row = (tab: Tab, { id }: Task, status?: string) =>
    tab.page.locator(`[data-task-id="${id}"]${status === undefined ? "" : `[data-task-status="${status}"]`}`);
  const chosen = (tab: Tab) => tab.page.getByRole("group", { name: "Chosen tasks" });
  const statusOf = async ({ id }: Task): Promise<string> => (await stage.sparky.task(id)).status;

  test("each takes one line; its details stand beside the list, by an address, and lead to its run and its chat", async () => {
    const tab = await (await stage.device()).tab("/tasks");
    await row(tab, done, "completed").waitFor();
    for (const each of await tab.page.locator("tbody [data-task-id]").all()) {
      expect((await each.boundingBox())?.height).toBeLessThan(48);
    }
    await row(tab, done)
      .getByRole("button", { name: /^Details/ })
      .click();
    const pane = tab.page.getByRole("complementary", { name: "Task" });
    await pane.getByRole("definition").filter({ hasText: done.id }).waitFor();
    await expect.poll(() => new URL(tab.page.url()).search).toBe(`?open=${done.id}`);
    expect(await faultsOf(tab.page)).toEqual([]);
    await tab.page.reload();
    await pane.getByRole("link", { name: "Open its run" }).click();
    await tab.page.locator('[data-end="completed"]').waitFor();
    await tab.page.goBack();
    await pane.getByRole("button", { name: "Close the details" }).click();
    await pane.waitFor({ state: "detached" });
    expect(tab.complaints).toEqual([]);
  });

  test("filters by state, origin and time are in the address, and hold after a reload", async () => {
    const tab = await (await stage.device("owner", { colorScheme: "dark" })).tab("/tasks");
    await tab.page.getByRole("combobox", { name: "When they were added" }).selectOption("Last hour");
    await tab.page.getByRole("combobox", { name: "Where they come from" }).selectOption("By people");
    await tab.page.getByRole("button", { name: /^Done/ }).click();
    await row(tab, done).waitFor();
    await expect.poll(() => tab.page.locator("tbody [data-task-id]").count()).toBe(1);
    await expect.poll(() => new URL(tab.page.url()).search).toBe("?time=1h&origin=person&status=completed");
    await tab.page.reload();
    await row(tab, done).waitFor();
    await expect.poll(() => tab.page.locator("tbody [data-task-id]").count()).toBe(1);
    await tab.page.getByRole("combobox", { name: "Where they come from" }).selectOption("By runs");
    await tab.page.getByText("No task matches these filters").waitFor();
    await tab.page.getByRole("button", { name: "Show all tasks" }).click();
    await row(tab, later[0] as Task).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  test("several are cancelled, tried again and deleted at once; only what can be is, and others are left alone", async () => {
    const tab = await (await stage.device()).tab("/tasks");
    const [first, second, third] = later as [Task, Task, Task];
    for (const each of [first, second, done]) {
      await row(tab, each).getByRole("checkbox").check();
    }
    await chosen(tab).getByText("3 chosen").waitFor();
    expect(
      await chosen(tab)
        .getByRole("button", { name: /^Retry/ })
        .isDisabled(),
    ).toBe(true);
    await chosen(tab).getByRole("button", { name: "Cancel… (2)" }).click();
    await tab.page
      .getByRole("dialog", { name: "Cancel 2 tasks?" })
      .getByText("“Come back 2”, “Come back 1”.")
      .waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await tab.page.getByRole("button", { name: "Cancel 2 tasks" }).click();
    await tab.page.getByText("2 tasks cancelled.").waitFor();
    for (const each of [first, second]) await row(tab, each, "cancelled").waitFor();
    expect(await Promise.all([done, third].map(statusOf))).toEqual(["completed", "pending"]);
    await chosen(tab).waitFor({ state: "detached" });

    for (const each of [first, second]) await row(tab, each).getByRole("checkbox").check();
    await chosen(tab).getByRole("button", { name: "Retry" }).click();
    await tab.page.getByRole("button", { name: "Retry 2 tasks" }).click();
    for (const each of [first, second]) await expect.poll(() => statusOf(each)).not.toBe("cancelled");

    await tab.page.getByRole("checkbox", { name: "Choose all that are shown" }).check();
    // The demo model may say that it cannot: what is worked on is not deleted, what has ended is.
    const over = tab.page.locator('[data-task-status="completed"], [data-task-status="failed"]');
    for (const each of [first, second]) await row(tab, each).and(over).waitFor();
    await chosen(tab)
      .getByRole("button", { name: /^Delete/ })
      .click();
    const dialog = tab.page.getByRole("dialog", { name: "Delete 4 tasks?" });
    expect(await faultsOf(tab.page)).toEqual([]);
    await dialog.getByRole("button", { name: "Delete 4 tasks" }).click();
    await tab.page.getByText("No tasks yet").waitFor();
    expect((await stage.sparky.api<List<Task>>("GET", "/api/tasks")).items).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  test("one that waits for a limit says why, in its line and its details; a model that cannot be used says what is allowed", async () => {
    await stage.sparky.run("user", "limits", "owner", "--tokens-per-day", "1");
    const tab = await (await stage.device()).tab("/tasks");
    await tab.page.getByRole("button", { name: "New task" }).click();
    const form = tab.page.getByRole("dialog", { name: "New task" });
    await form.getByRole("textbox", { name: "What should be done?" }).fill("What time is it?");
    await form.getByText("When, after which tasks").click();
    await form.getByRole("combobox", { name: "Model", exact: true }).fill("gpt-5");
    await form.getByRole("button", { name: "Add task" }).click();
    await form.getByText(/^the chosen model is "gpt-5", .*did you mean "openai\/gpt-5"\? choose demo, /).waitFor();
    await expect.poll(() => form.locator('[name="model"]').evaluate((box) => box.matches(":focus"))).toBe(true);
    expect(await faultsOf(tab.page)).toEqual([]);
    await form.getByRole("combobox", { name: "Model", exact: true }).fill("demo");
    await form.getByRole("button", { name: "Try again" }).click();
    await form.getByText("Queued.").waitFor();
    await form.getByRole("button", { name: "Close" }).last().click();
    const why = "The daily limit of 1 token is used up";
    const waiting = tab.page.locator('[data-task-status="waiting"]');
    await waiting.getByText(why).waitFor();
    await waiting.getByRole("button", { name: /^Details/ }).click();
    await tab.page
      .getByRole("complementary", { name: "Task" })
      .getByRole("definition")
      .filter({ hasText: why })
      .waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    expect((await stage.sparky.run("away")).stdout).toContain(why);
    await stage.sparky.run("user", "limits", "owner", "--none");
    await waiting.waitFor({ state: "detached" });
  });
});
