import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { List } from "../../src/wire/api.ts";
import type { Occurrence, Schedule } from "../../src/wire/schedules.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("schedules", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({});
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const add = (schedule: { readonly name: string } & Partial<Schedule>): Promise<Schedule> =>
    stage.sparky.api("POST", "/api/schedules", { when: "every(12 hours)", prompt: "What time is it?", ...schedule });
  const rowOf = (tab: Tab, name: string) => tab.page.locator(`[data-schedule="${name}"]`);
  const dotsOf = (tab: Tab, name: string) => rowOf(tab, name).locator("[data-dots] [data-outcome]");

  test("those that Sparky comes with are offered until they are decided about", async () => {
    const device = await stage.device();
    const tab = await device.tab("/schedules");
    const offer = tab.page.getByRole("region", { name: "Switch on what you like" });
    await offer.locator('[data-offered="reflection"]').waitFor();
    expect(await offer.locator('[data-offered="smart_maintenance"]').count()).toBe(0);
    // What is offered is not listed below once more.
    await rowOf(tab, "smart_maintenance").waitFor();
    expect(await rowOf(tab, "curation").count()).toBe(0);
    await offer.getByRole("switch", { name: "Switch on curation" }).click();
    await offer.getByRole("switch", { name: "Switch on curation", checked: true }).waitFor();
    await expect
      .poll(() => offer.getByRole("switch", { name: "Switch on curation" }).getAttribute("aria-checked"))
      .toBe("true");
    await offer.getByRole("button", { name: "Done" }).click();
    await offer.waitFor({ state: "detached" });
    await rowOf(tab, "curation")
      .getByText(/^in (1 d|2[34] h)$/)
      .waitFor();
    await tab.page.reload();
    await rowOf(tab, "curation").waitFor();
    expect(await offer.count()).toBe(0);
    await stage.sparky.api("PATCH", "/api/schedules/curation", { state: "disabled" });
    expect(tab.complaints).toEqual([]);
  });

  test("are listed with when they are due and what comes next; run by hand, the mark comes live, and is the same after a reload", async () => {
    await add({ name: "hourly", description: "Tells the time", when: "cron(5 * * * *)", timezone: "Europe/London" });
    const tab = await (await stage.device()).tab("/schedules");
    const other = await (await stage.device()).tab("/schedules");
    const row = rowOf(tab, "hourly");
    await expect
      .poll(() => row.textContent())
      .toMatch(/Tells the time.*hourly at :05 Europe\/London.*in \d+ (min|s).*None yet/s);
    await row.getByRole("button", { name: "Run now: hourly" }).click();
    await row.getByRole("link", { name: "Watch it" }).waitFor();
    for (const each of [tab, other])
      await dotsOf(each, "hourly").and(each.page.locator('[data-outcome="ran"]')).waitFor();
    await tab.page.reload();
    await dotsOf(tab, "hourly").waitFor();
    const dots = row.getByRole("img", { name: "Last 1: 1 done; the newest is done" });
    await expect
      .poll(() => dots.locator("[data-outcome]").getAttribute("title"))
      .toMatch(/^Done · .* · run by hand · took/);

    await row.getByRole("link", { name: "hourly" }).click();
    const { items } = await stage.sparky.api<List<Occurrence>>("GET", "/api/schedules/hourly/occurrences");
    const ledger = tab.page.getByRole("region", { name: "History" });
    await ledger.getByRole("cell", { name: "Done" }).waitFor();
    await expect.poll(() => ledger.locator("[data-due]").count()).toBe(1);
    await ledger.getByRole("button", { name: "Check" }).click();
    await ledger.getByText(/^Every due time has its row: 0 were due/).waitFor();
    await ledger.getByRole("link", { name: `task ${items[0]?.taskId?.slice(0, 8)}` }).click();
    const itsTask = tab.page.locator(`[data-task-id="${items[0]?.taskId}"][data-task-status="completed"]`);
    await itsTask.waitFor();
    await itsTask.getByRole("link", { name: "by its schedule" }).click();
    await tab.page.getByRole("link", { name: "All its tasks" }).click();
    await tab.page.getByText("Only tasks of the schedule").waitFor();
    await expect.poll(() => tab.page.locator("[data-task-id]").count()).toBe(1);
    expect([...tab.complaints, ...other.complaints]).toEqual([]);
  });

  test("are switched off and on, and what is paused says until when, why, and goes on when told", async () => {
    await add({ name: "often" });
    await stage.sparky.api("PATCH", "/api/schedules/often", { state: "paused", pausedUntil: "2999-01-01T00:00:00Z" });
    const tab = await (await stage.device()).tab("/schedules?state=paused");
    await rowOf(tab, "often")
      .getByText(/Paused until .*29(98|99)/)
      .waitFor();
    await rowOf(tab, "often").getByRole("button", { name: "Resume: often" }).click();
    await tab.page.getByText("No schedule matches these filters").waitFor();
    await tab.page.getByRole("button", { name: "Show all schedules" }).click();
    const onOff = rowOf(tab, "often").getByRole("switch", { name: "On: often" });
    await onOff.click();
    await expect.poll(() => onOff.getAttribute("aria-checked")).toBe("false");
    expect(await stage.sparky.api("GET", "/api/schedules/often")).toMatchObject({ state: "disabled", nextDueAt: null });
    await onOff.click();
    await expect.poll(() => onOff.getAttribute("aria-checked")).toBe("true");
    await rowOf(tab, "often")
      .getByText(/^in (11|12) h$/)
      .waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("a new one is refused at its fields without losing a word, shows its next times while it is written, and is added, edited and deleted", async () => {
    const tab = await (await stage.device("owner", { timezoneId: "Europe/Berlin" })).tab("/schedules");
    const { page } = tab;
    const field = (label: string) => page.getByRole("textbox", { name: label, exact: true });
    const zone = page.getByRole("combobox", { name: "Time zone" });
    const means = page.getByRole("status", { name: "What the rule means" });
    await page.getByRole("button", { name: "New schedule" }).click();
    await expect.poll(() => zone.inputValue()).toBe("Europe/Berlin");
    await field("Name").fill("two words");
    await field("Prompt").fill("What time is it?");
    await field("When").fill("cron(61 9 * * *)");
    await page.getByText(/^cron\(61 9 \* \* \*\): .*minute/).waitFor();
    await page.getByText("Limits, model, failures, spread, metadata").click();
    await field("Maximum steps in a run").fill("0");
    await page.getByRole("button", { name: "Add schedule" }).click();
    await page.getByRole("alert").getByText("Not saved: 2 fields need a look.").waitFor();
    await page.getByText("must be at least 1").waitFor();
    expect(await field("Name").evaluate((input) => input === document.activeElement)).toBe(true);
    await expect.poll(() => field("Name").getAttribute("aria-invalid")).toBe("true");

    await page.reload();
    await expect.poll(() => field("Prompt").inputValue()).toBe("What time is it?");
    await field("When").fill("cron(0 9 * * 1-5)");
    await means.getByText("At 09:00, Monday through Friday").waitFor();
    const times = await means.locator("[data-next-times] li").allTextContents();
    expect(times).toHaveLength(5);
    for (const time of times) expect(time).toMatch(/^(Mon|Tue|Wed|Thu|Fri), .*, 9:00 AM$/);
    await zone.fill("Mars/Olympus");
    await page.getByText('there is no zone "Mars/Olympus"').waitFor();
    await zone.fill("Asia/Tokyo");
    await means.getByText("in Asia/Tokyo").waitFor();
    await page.getByText("Limits, model, failures, spread, metadata").click();
    await field("Maximum steps in a run").fill("7");
    await field("Name").fill("hourly_news");
    await page.getByRole("radio", { name: "Run all that were missed" }).check();
    await page.getByRole("button", { name: "Add schedule" }).click();
    await page.getByRole("heading", { name: "hourly_news" }).waitFor();
    const path = "/api/schedules/hourly_news";
    expect(await stage.sparky.api("GET", path)).toMatchObject({
      when: "cron(0 9 * * 1-5)",
      timezone: "Asia/Tokyo",
      catchUp: "all",
      limits: { steps: 7 },
    });

    await page.getByRole("button", { name: "Edit" }).click();
    await field("When").fill("every(45 minutes)");
    await means.getByText("Every 45 minutes").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("every 45 min", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Pause…" }).click();
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.getByRole("button", { name: "Resume: hourly_news" }).waitFor();
    expect(await stage.sparky.api("GET", path)).toMatchObject({ state: "paused", limits: { steps: 7 } });
    // The news of it, which renew the status too, come before the answer to who deletes it.
    await page.route(`**${path}`, async (route) => {
      if (route.request().method() !== "DELETE") return route.fallback();
      const renewed = page.waitForResponse((response) => response.url().endsWith("/api/status"));
      const response = await route.fetch();
      await renewed;
      return route.fulfill({ response });
    });
    await page.getByRole("button", { name: "Delete…" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await rowOf(tab, "smart_maintenance").waitFor();
    expect(await rowOf(tab, "hourly_news").count()).toBe(0);
    await page.getByRole("button", { name: "New schedule" }).click();
    expect(await field("Prompt").inputValue()).toBe("");
    expect(tab.complaints.filter((text) => !/400 \(Bad Request\)/.test(text))).toEqual([]);
  });

  test("a rule is said in words or chosen beside it, each shows in the other, and one due each 20 seconds is asked about", async () => {
    const tab = await (await stage.device()).tab("/schedules?new=true");
    const { page } = tab;
    const when = page.getByRole("textbox", { name: "When", exact: true });
    const kind = (name: string) => page.getByRole("button", { name, exact: true });
    await when.fill("weekdays at half past nine");
    await page.getByText('"weekdays at half past nine" is not a rule').waitFor();
    await when.fill("weekdays at 9:30");
    await page.getByText("At 09:30, Monday through Friday").waitFor();
    await expect.poll(() => kind("Weekly").getAttribute("aria-pressed")).toBe("true");
    await expect.poll(() => page.getByLabel("At what time").inputValue()).toBe("09:30");
    await kind("Friday").click();
    await expect.poll(() => when.inputValue()).toBe("cron(30 9 * * 1,2,3,4)");
    await kind("Daily").click();
    await page.getByLabel("At what time").fill("18:05");
    await expect.poll(() => when.inputValue()).toBe("cron(5 18 * * *)");
    await kind("Once").click();
    await expect.poll(() => when.inputValue()).toMatch(/^at\(\d{4}-\d\d-\d\dT09:00\)$/);
    await kind("Every").click();
    await page.getByLabel("Of what").selectOption("hours");
    await expect.poll(() => when.inputValue()).toBe("every(30 hours)");

    await when.fill("every 20 seconds");
    await page.getByText("Every 20 seconds").waitFor();
    await page.getByRole("textbox", { name: "Name" }).fill("too_often");
    await page.getByRole("textbox", { name: "Prompt" }).fill("What time is it?");
    await page.getByRole("button", { name: "Add schedule" }).click();
    const asks = page.getByRole("dialog", { name: "Every 20 seconds?" });
    await asks.getByText("4,320 times a day").waitFor();
    await asks.getByRole("button", { name: "Change it" }).click();
    await when.fill("tomorrow at 7");
    await page.getByText(/^Once, on /).waitFor();
    await page.getByRole("button", { name: "Add schedule" }).click();
    await page.getByRole("heading", { name: "too_often" }).waitFor();
    expect(await stage.sparky.api("GET", "/api/schedules/too_often")).toMatchObject({
      when: expect.stringMatching(/^at\(.*T07:00\)$/),
    });
    await stage.sparky.run("agent", "schedule", "delete", "too_often", "--yes");
    expect(tab.complaints.filter((text) => !/400 \(Bad Request\)/.test(text))).toEqual([]);
  });

  test("what the agent is told can be read, from its file too, and changed in the page", async () => {
    const tab = await (await stage.device()).tab("/schedules/reflection");
    const { page } = tab;
    await page.getByText("$SPARKY_HOME/prompts/reflection.md").waitFor();
    const told = await stage.sparky.api<{ text: string }>("GET", "/api/schedules/reflection/prompt");
    await page.getByText(told.text.slice(0, 40)).waitFor();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await page.getByRole("button", { name: "Edit the prompt here" }).click();
    const box = page.getByRole("textbox", { name: "Prompt" });
    await expect.poll(() => box.inputValue()).toBe(told.text);
    await box.fill("Look back at today.");
    await page.getByRole("button", { name: "Save" }).click();
    // The form's own box has these words before they are saved; its end says that they are.
    await box.waitFor({ state: "detached" });
    await page.getByText("Look back at today.").waitFor();
    expect(await stage.sparky.api("GET", "/api/schedules/reflection/prompt")).toEqual({
      text: "Look back at today.",
      file: null,
      problem: null,
    });
    expect(tab.complaints).toEqual([]);
  });

  test("home tells what is due next and what was worked on in the last day, and schedules what is in its box", async () => {
    const task = await stage.sparky.addTask("Check knowledge graph stats, please", "--wait");
    const tab = await (await stage.device()).tab("/");
    const { page } = tab;
    await page
      .locator('[data-next="smart_maintenance"]')
      .getByText(/^in \d+ min$/)
      .waitFor();
    const day = page.getByRole("region", { name: "The last 24 hours" });
    const mark = day.locator(`[data-mark-run="${task.runId}"]`);
    await expect.poll(() => mark.getAttribute("title")).toMatch(/^Done · Check knowledge graph stats, please/);
    await day.getByText("As a table").click();
    await day.getByRole("row", { name: /^Done Check knowledge graph stats, please/ }).waitFor();
    // Another one comes by itself.
    const marks = await day.locator("[data-mark-run]").count();
    await stage.sparky.addTask("What time is it?", "--wait");
    await expect.poll(() => day.locator("[data-mark-run]").count()).toBe(marks + 1);

    await tab.composer.fill("Tell me what is new");
    await page.getByRole("button", { name: "Schedule…" }).click();
    await page.getByRole("heading", { name: "New schedule" }).waitFor();
    await expect.poll(() => page.getByRole("textbox", { name: "Prompt" }).inputValue()).toBe("Tell me what is new");
    await page.getByRole("button", { name: "Cancel" }).click();
    await rowOf(tab, "smart_maintenance").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("one that fails says why, how often, and that it rests; the ledger has each row with its reason", async () => {
    const { sparky } = stage;
    const prompt = join(sparky.home, "words.md");
    await writeFile(prompt, "What time is it?");
    await add({ name: "broken", prompt: `file(${prompt})`, when: "every(10 seconds)" });
    await rm(prompt);
    const tab = await (await stage.device()).tab("/schedules?state=failing");
    const row = rowOf(tab, "broken");
    await row.getByText("Failed 1 time in a row; paused after 5").waitFor({ timeout: 60_000 });
    await row.getByText(/rests \d+ (s|min) more after a failure/).waitFor();
    await row.getByRole("link", { name: "broken" }).click();
    const failed = tab.page.locator('[data-due][data-outcome="failed"]');
    await expect.poll(() => failed.textContent()).toMatch(/words\.md cannot be read: there is no such file/);
    const skipped = tab.page.locator('[data-due][data-outcome="skipped"]');
    await skipped.first().waitFor({ timeout: 60_000 });
    await expect.poll(() => skipped.first().textContent()).toContain("it rests after a failure");
    await sparky.api("PATCH", "/api/schedules/broken", { state: "disabled" });
    expect(tab.complaints).toEqual([]);
  });

  test("one that is not there says so", async () => {
    const tab = await (await stage.device()).tab("/schedules/nothing");
    await tab.page.getByRole("heading", { name: "This schedule is not here" }).waitFor();
  });

  test.each([
    { device: "a light desk", options: { colorScheme: "light" } },
    { device: "a dark desk", options: { colorScheme: "dark" } },
    {
      device: "a light phone",
      options: { colorScheme: "light", viewport: { width: 390, height: 844 }, hasTouch: true },
    },
  ] as const)("are accessible on $device", async ({ options }) => {
    await stage.sparky.run("agent", "schedule", "run", "smart_maintenance");
    const tab = await (await stage.device("owner", options)).tab("/schedules");
    const check = async (name: string): Promise<void> => expect(await faultsOf(tab.page), name).toEqual([]);
    await rowOf(tab, "smart_maintenance").locator("[data-dots]").waitFor();
    await check("the list");
    await tab.go("/");
    await tab.page.getByText("As a table").click();
    await tab.page.getByRole("button", { name: "Send" }).waitFor();
    await check("home");
    await tab.go("/schedules?q=nothing-of-this");
    await tab.page.getByText("No schedule matches").waitFor();
    await check("none that matches");
    await tab.go("/schedules/smart_maintenance");
    await tab.page.locator("[data-due]").first().waitFor();
    await tab.page.getByRole("button", { name: "Check" }).click();
    await tab.page.getByText("Every due time has its row").waitFor();
    await check("one with its ledger");
    await tab.page.getByRole("button", { name: "Pause…" }).click();
    await tab.page.getByRole("dialog").waitFor();
    await check("pausing one");
    await tab.go("/schedules/smart_maintenance?edit=true");
    await tab.page.getByText("Every 30 minutes").waitFor();
    await tab.page.getByText("Limits, model, failures, spread, metadata").click();
    await check("the form");
    await tab.page.getByRole("textbox", { name: "When", exact: true }).fill("often");
    await tab.page.getByText(/is not a rule/).waitFor();
    await check("the form with an error");
    expect(tab.complaints.filter((text) => !/400 \(Bad Request\)/.test(text))).toEqual([]);
  });
});
