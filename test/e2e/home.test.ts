import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { List } from "../../src/wire/api.ts";
import type { Approval } from "../../src/wire/approvals.ts";
import type { Away } from "../../src/wire/away.ts";
import type { Stats } from "../../src/wire/stats.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { pacedProvider, type PacedProvider } from "./paced-provider.ts";
import { openMenu, Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

/** Fails what it is told to fail, takes its time over what is long, answers everything else at once. */
const STORY = Array.from({ length: 200 }, (_, n) => `Sentence ${n + 1}.`).join(" ");

describeInBrowser("home", () => {
  let stage: Stage;
  let provider: PacedProvider;
  beforeAll(async () => {
    provider = await pacedProvider(({ text }) =>
      text.includes("fail")
        ? { status: 401, retryAfter: 0 }
        : { words: text.includes("long") ? STORY : "Here you are." },
    );
    stage = await Stage.open({ SPARKY_MODEL: "compatible/some-model", SPARKY_MODEL_URL: provider.url });
  });
  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  const ready = (tab: Tab) => tab.page.locator('[data-home="ready"]').waitFor();
  const awayItems = (tab: Tab) => tab.page.getByRole("region", { name: "While you were away" }).getByRole("listitem");

  test("tells what ended and failed meanwhile, why, and leads to the very place; marked as seen, it is so on all devices", async () => {
    const { sparky } = stage;
    const one = await (await stage.device()).tab("/");
    const other = await (await stage.device("owner", { viewport: { width: 390, height: 844 } })).tab("/");
    for (const tab of [one, other]) await ready(tab);
    expect(await awayItems(one).count()).toBe(0);
    const good = await sparky.addTask("Do the first thing", "--wait");
    const bad = await sparky.addTask("Please fail", "--wait").catch(async () => {
      const [task] = (
        await sparky.json<{ items: { id: string; chatId: string }[] }>("agent", "tasks", "list", "-s", "failed")
      ).items;
      return task;
    });
    if (bad === undefined) throw new Error("no failed task");
    for (const tab of [one, other]) await expect.poll(() => awayItems(tab).count(), { timeout: 60_000 }).toBe(2);
    const failed = one.page.locator('[data-away="failed"]');
    await expect.poll(() => failed.textContent()).toMatch(/Please fail.*needs a key/s);
    await expect.poll(() => one.page.locator('[data-away="completed"]').textContent()).toContain("Do the first thing");

    const { items } = await sparky.api<Away>("GET", "/api/away");
    const place = items.find(({ chatId }) => chatId === bad.chatId);
    await failed.getByRole("link").click();
    await expect.poll(() => new URL(one.page.url()).pathname).toBe(`/chats/${bad.chatId}`);
    await one.page.locator(`[data-aimed] [data-seq="${place?.seq}"]`).waitFor();
    // Read here, it is news nowhere any more.
    await expect.poll(() => awayItems(other).count(), { timeout: 60_000 }).toBe(1);
    await one.page.getByRole("link", { name: "Home" }).first().click();
    await one.page.getByRole("button", { name: "Mark all as seen" }).click();
    for (const tab of [one, other]) await expect.poll(() => awayItems(tab).count(), { timeout: 60_000 }).toBe(0);
    expect(await sparky.api("GET", "/api/away")).toMatchObject({ items: [], total: 0 });
    expect(good.chatId).not.toBe(bad.chatId);
    expect([...one.complaints, ...other.complaints]).toEqual([]);
  });

  test("tells alike things once, in a line that opens the newest, and nothing moves while it loads", async () => {
    const { sparky } = stage;
    for (let n = 0; n < 3; n += 1) await sparky.addTask("Do it again", "--wait");
    const device = await stage.device();
    await device.context.addInitScript(watchShifts);
    const tab = await device.tab("/");
    await ready(tab);
    const again = tab.page.locator('[data-away="completed"]', { hasText: "Do it again" });
    await expect.poll(() => again.textContent()).toMatch(/Done.*Do it again ×3.*last/s);
    expect(await tab.page.evaluate(() => (globalThis as { shifts?: string[] }).shifts)).toEqual([]);
    const { items } = await sparky.api<Away>("GET", "/api/away");
    await again.getByRole("link").click();
    const newest = items.find(({ title }) => title === "Do it again");
    await expect.poll(() => new URL(tab.page.url()).pathname).toBe(`/chats/${newest?.chatId}`);
    expect(tab.complaints).toEqual([]);
  });

  test("puts a suggestion into its box, to be changed and sent", async () => {
    const tab = await (await stage.device()).tab("/");
    await tab.page.getByRole("button", { name: "What can you do?" }).click();
    await expect.poll(() => tab.composer.inputValue()).toBe("What can you do?");
    await tab.composer.fill("");
    expect(tab.complaints).toEqual([]);
  });

  test("queues a task from its box, shows it at work with Stop, and sends a message as a chat", async () => {
    const tab = await (await stage.device()).tab("/");
    await tab.page.getByText("The agent is idle").waitFor();
    using _held = provider.hold("long");
    await tab.composer.fill("Tell a long story");
    await tab.page.getByRole("button", { name: "Queue as task" }).click();
    await tab.page.getByRole("link", { name: "Watch it" }).waitFor();
    const running = tab.page.getByRole("region", { name: "Working now" }).locator('[data-run-state="working"]');
    await running.getByText("Tell a long story").waitFor();
    await running.getByRole("button", { name: "Stop: Tell a long story" }).click();
    await tab.page.getByText("The agent is idle").waitFor();
    await tab.page.locator('[data-away="cancelled"]', { hasText: "by owner" }).waitFor();

    await tab.composer.fill("Good morning");
    await tab.page.getByRole("button", { name: "Send" }).click();
    await tab.conversation.getByText("Here you are.").waitFor();
    expect(await tab.said("owner")).toEqual(["Good morning"]);
    expect(tab.complaints).toEqual([]);
  });

  test("tells what was spent in this month, and how much of each limit that is", async () => {
    const limits = { requestsPerMonth: 1000, tokensPerMonth: 100_000, dollarsPerMonth: 5, tokensPerDay: 5_000_000 };
    await stage.sparky.api("PATCH", "/api/users/owner/limits", limits);
    const { month } = (await stage.sparky.api("GET", "/api/stats")) as Stats;
    expect(month.limits).toEqual({ requests: 1000, tokens: 100_000, dollars: 5 });
    expect([month.requests > 0, month.tokens > 0, month.dollars]).toEqual([true, true, 0]);
    const tab = await (await stage.device()).tab("/");
    const shown = tab.page.getByRole("region", { name: "This month" });
    await shown.getByText(/^\d[\d.]*k? tokens in your name\.$/).waitFor();
    const share = Math.floor(month.tokens / 1000);
    expect(await shown.getByRole("listitem").allInnerTexts()).toEqual([
      `${Math.floor(month.requests / 10)} % of your monthly limit of 1,000 requests`,
      `${share} % of your monthly limit of 100,000 tokens`,
      "0 % of your monthly limit of $5",
    ]);
    await stage.sparky.api("PATCH", "/api/users/owner/limits", {
      ...{ requestsPerMonth: null, tokensPerMonth: null, dollarsPerMonth: null, tokensPerDay: null },
    });
    expect(tab.complaints).toEqual([]);
  });

  test("a link into a long log opens it at that event, further back than a page", async () => {
    const { sparky } = stage;
    const chat = await sparky.api<{ id: string }>("POST", "/api/chats", {});
    for (let n = 1; n <= 60; n += 1) {
      await sparky.api("POST", `/api/chats/${chat.id}/messages`, { text: `Message ${n}` });
    }
    await vi.waitUntil(async () => (await sparky.running(chat.id)).length === 0, { timeout: 60_000, interval: 200 });
    for (let n = 1; n <= 250; n += 1) {
      await sparky.api("PATCH", `/api/chats/${chat.id}`, { title: `Title ${n}` });
    }
    const tab = await (await stage.device()).tab(`/chats/${chat.id}?at=3`);
    await tab.page.locator('[data-aimed] [data-seq="3"]').waitFor();
    await expect
      .poll(() =>
        tab.page.locator('[data-aimed] [data-seq="3"]').evaluate((row) => {
          const { top, bottom } = row.getBoundingClientRect();
          return top >= 0 && bottom <= innerHeight;
        }),
      )
      .toBe(true);
    expect(tab.complaints).toEqual([]);
  });

  test("a chat is renamed, archived and deleted from its menu", async () => {
    const { sparky } = stage;
    const chat = await sparky.api<{ id: string }>("POST", "/api/chats", { title: "First name" });
    const tab = await (await stage.device()).tab(`/chats/${chat.id}`);
    const menu = tab.page.getByRole("button", { name: "Rename, archive or delete this chat" });
    await openMenu(menu);
    await tab.page.getByRole("button", { name: "Rename…" }).click();
    await tab.page.getByRole("textbox", { name: "Name" }).fill("Second name");
    await tab.page.getByRole("button", { name: "Rename", exact: true }).click();
    await tab.page.getByRole("heading", { name: "Second name" }).waitFor();
    await openMenu(menu);
    await tab.page.getByRole("button", { name: "Archive", exact: true }).click();
    await tab.chatLink(chat.id).waitFor({ state: "detached" });
    await tab.page.getByRole("button", { name: "Archived" }).click();
    await tab.chatLink(chat.id).waitFor();
    await openMenu(menu);
    await tab.page.getByRole("button", { name: "Delete…" }).click();
    await tab.page.getByRole("dialog").getByRole("button", { name: "Keep it" }).click();
    expect(await sparky.api("GET", `/api/chats/${chat.id}`)).toMatchObject({ title: "Second name", archived: true });
    await openMenu(menu);
    await tab.page.getByRole("button", { name: "Delete…" }).click();
    await tab.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await tab.chatLink(chat.id).waitFor({ state: "detached" });
    await expect(sparky.api("GET", `/api/chats/${chat.id}`)).rejects.toThrow("404");
    await tab.page.getByText("“Second name” is deleted.").waitFor();
    await tab.page.getByRole("button", { name: "Undo" }).click();
    await tab.page.getByRole("heading", { name: "Second name" }).waitFor();
    await tab.conversation.getByText("Chat created").waitFor();
    expect(await sparky.api("GET", `/api/chats/${chat.id}`)).toMatchObject({ title: "Second name" });
    expect(tab.complaints).toEqual([]);
  });

  test("a task says in full why it failed, what it waits for, and what it may use", async () => {
    const { sparky } = stage;
    const first = await sparky.addTask("Wait for tomorrow", "--at", new Date(Date.now() + 86_400_000).toISOString());
    const next = await sparky.addTask("Then this", "--after", first.id, "--max-steps", "7", "--max-cost", "0.5");
    await sparky.run("agent", "tasks", "add", "Please fail again", "--wait");
    const tab = await (await stage.device()).tab("/tasks");
    const row = tab.page.locator(`[data-task-id="${next.id}"]`);
    const link = row.locator(`[data-depends-on="${first.id}"]`);
    await link.getByText("(queued)").waitFor();
    await row.getByRole("button", { name: "Details: Then this" }).click();
    await tab.page.getByText("7 steps, $0.5").waitFor();
    await tab.page.getByRole("button", { name: "Details: Please fail again" }).click();
    await tab.page.getByRole("definition").filter({ hasText: "needs a key" }).first().waitFor();
    await link.click();
    await tab.page.getByText(first.id, { exact: true }).waitFor();
    expect(tab.complaints).toEqual([]);
  });
});

/** Runs in the page: what was painted and then pushed elsewhere. */
function watchShifts(): void {
  const shifts: string[] = [];
  Object.assign(globalThis, { shifts });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value = 0, sources = [] } = entry as { value?: number; sources?: readonly { node?: Node }[] };
      shifts.push(
        `${value}: ${sources.map(({ node }) => node?.textContent?.slice(0, 60) ?? node?.nodeName).join(" | ")}`,
      );
    }
  }).observe({ type: "layout-shift", buffered: true });
}

describeInBrowser("a big result", () => {
  test("F31: is whole on demand, on the page and as a file", async () => {
    await using stage = await Stage.open({ SPARKY_SHELL: "host" });
    const { sparky } = stage;
    const task = await sparky.addTask('Run the command "seq 1 20000"');
    const open = () => sparky.api<List<Approval>>("GET", "/api/approvals");
    const [asked] = await vi.waitUntil(
      async () => {
        const { items } = await open();
        return items.length > 0 && items;
      },
      { timeout: 60_000, interval: 100 },
    );
    await sparky.api("POST", `/api/approvals/${asked?.id}`, { decision: "approve" });
    await vi.waitUntil(async () => (await sparky.task(task.id)).status === "completed", { timeout: 60_000 });
    const tab = await (await stage.device()).tab(`/chats/${task.chatId}`);
    await tab.conversation.locator('[data-call-state="done"] > button').first().click();
    const [saved] = await Promise.all([
      tab.page.waitForEvent("download"),
      tab.conversation.getByRole("link", { name: "Download" }).click(),
    ]);
    const whole = await readFile(await saved.path(), "utf8");
    expect(whole).toContain("19999");
    await tab.conversation.getByRole("button", { name: /^Show all 1\d\d/ }).click();
    await tab.conversation.getByLabel("Whole result", { exact: true }).getByText("19999").waitFor();
    expect(tab.complaints).toEqual([]);
  });
});
