import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Locator } from "playwright-core";
import type { Task } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

/** Longer than all that the demo model does for it. */
const PAUSE_MS = 6000;
const patient = { timeout: 60_000 };

/** One thing has one state, wherever it is shown: its icon, its word, and the time that it worked. */
describeInBrowser("the state of a task", () => {
  let stage: Stage;
  let flawed: Task;
  beforeAll(async () => {
    stage = await Stage.open({ SPARKY_SHELL: "host" });
    flawed = await stage.sparky.addTask("Read missing.txt", "--wait");
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const origin = (tab: Tab): string => new URL(tab.page.url()).origin;
  const row = (tab: Tab, { id }: Task) => tab.page.locator(`tr[data-task-id="${id}"]`);
  const chip = (tab: Tab) => tab.page.locator("[data-agent-now]");
  const hand = (place: Locator) => place.locator("svg.lucide-hand");

  test("of one that waits for a person has the hand and says so, and what the person takes is no work", async () => {
    const task = await stage.sparky.addTask('Run the command "echo asked"');
    const tab = await (await stage.device()).tab("/tasks");
    await row(tab, task).getByText("Waits for you", { exact: true }).waitFor(patient);
    await hand(row(tab, task)).waitFor(patient);
    await chip(tab).getByText("Waits for you", { exact: true }).waitFor(patient);
    await hand(chip(tab)).waitFor(patient);
    await row(tab, task)
      .getByRole("button", { name: /^Details/ })
      .click();
    const pane = tab.page.getByRole("complementary", { name: "Task" });
    for (const n of [0, 1]) await pane.getByText("Waits for you", { exact: true }).nth(n).waitFor(patient);
    expect(await faultsOf(tab.page)).toEqual([]);

    await tab.page.goto(`${origin(tab)}/chats/${task.chatId}`);
    await tab.conversation.locator('[data-call-state="asks"]').getByText("Waits for you").waitFor(patient);
    await tab.page.waitForTimeout(PAUSE_MS);
    const asked = await stage.sparky.task(task.id);
    expect(asked).toMatchObject({ status: "waiting", waitsFor: "approval", workingSince: null });
    await tab.conversation.getByRole("button", { name: "Approve this call" }).click();
    await tab.conversation.getByText("Task completed").waitFor(patient);

    const done = await stage.sparky.task(task.id);
    const tookMs = Date.parse(done.finishedAt ?? "") - Date.parse(done.startedAt ?? "");
    expect(done.workedMs).toBeLessThan(tookMs - PAUSE_MS + 1000);
    await tab.page.goto(`${origin(tab)}/runs/${done.runId}`);
    await tab.page
      .locator('[data-end="completed"]')
      .getByText(/^Worked .* · waited \d+ s$/)
      .waitFor(patient);
    // "Done" stands in the head, and the end says why and how long.
    expect(await tab.page.locator('[data-end="completed"]').textContent()).not.toContain("Done");
    await tab.page.goto(`${origin(tab)}/tasks?open=${task.id}`);
    await pane.getByText(/worked .* · waited \d+ s/).waitFor(patient);
    expect(tab.complaints).toEqual([]);
  });

  test("of one that was completed with a failed call is one word and one colour everywhere", async () => {
    const tab = await (await stage.device()).tab("/tasks");
    await row(tab, flawed).getByText("Done with errors").waitFor(patient);
    await row(tab, flawed).getByText("one tool failed").waitFor(patient);
    await tab.page.goto(`${origin(tab)}/tasks?open=${flawed.id}`);
    const pane = tab.page.getByRole("complementary", { name: "Task" });
    for (const n of [0, 1]) await pane.getByText("Done with errors").nth(n).waitFor(patient);

    await tab.page.goto(`${origin(tab)}/`);
    const away = tab.page.locator('[data-away="completed"]', { hasText: "Read missing.txt" });
    await away.getByText("Done with errors").waitFor(patient);
    await away.getByText("one tool failed").waitFor(patient);
    const [word, title] = await Promise.all(
      ["Done with errors", "Read missing.txt"].map((text) => away.getByText(text, { exact: true }).boundingBox()),
    );
    expect((word?.x ?? 0) + (word?.width ?? 0)).toBeLessThan(title?.x ?? 0);
    const mark = tab.page.locator(`[data-mark-run="${flawed.runId}"]`);
    await expect.poll(() => mark.getAttribute("title"), patient).toContain("Done with errors");
    await expect.poll(() => mark.getAttribute("class"), patient).toContain("text-warn");

    await tab.page.goto(`${origin(tab)}/runs/${flawed.runId}`);
    const end = tab.page.locator('[data-end="completed"]');
    await end.getByText(/^One tool failed · worked /).waitFor(patient);
    expect(await end.getAttribute("class")).toContain("border-warn");
    await tab.page.locator('header[data-run-state="completed"]').getByText("Done with errors").waitFor(patient);
    expect(await faultsOf(tab.page)).toEqual([]);

    await tab.page.goto(`${origin(tab)}/chats/${flawed.chatId}`);
    const said = tab.conversation.locator('[data-status="completed"]');
    await said.getByText("Task completed, one tool failed", { exact: true }).waitFor(patient);
    expect(await said.textContent()).toMatch(/^Done with errorsTask/);
    expect(tab.complaints).toEqual([]);
  });
});
