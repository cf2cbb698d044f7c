import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import type { ChatEvent } from "../../src/core/events.ts";
import type { List, LoginLink, Task } from "../../src/wire/api.ts";
import type { McpServer } from "../../src/wire/mcp.ts";
import type { Occurrence, Schedule } from "../../src/wire/schedules.ts";
import { describeInBrowsers } from "../kit/browser.ts";
import { tcpProxy, type TcpProxy } from "../kit/tcp-proxy.ts";
import { Sparky } from "./sparky-process.ts";
import { expectThread, Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 600_000 });

const MEMORY = join(import.meta.dirname, "../../node_modules/.bin/mcp-server-memory");
const WEEK_MS = 7 * 24 * 3_600_000;
const PHONE = { viewport: { width: 390, height: 844 } };

describeInBrowsers("the day of a user", (launch) => {
  test("from the first sign-in to the last search, the page, a page that is loaded anew and the log agree", async () => {
    await using sparky = await Sparky.start({ SPARKY_ENABLE_AGENT_LOOP: "true", SPARKY_SHELL: "host" });
    const old = await sparky.addTask('Write "the aardvark sleeps" to week.txt, then read week.txt', "--wait");
    await letAWeekPass(sparky);
    await using network = await tcpProxy({ port: sparky.port });
    await using browser = await launch();
    const day = new Day(sparky, browser, network);

    const desk = await day.signsInForTheFirstTime();
    const chatId = await day.chats(desk);
    await day.editsAndSendsAgain(desk, chatId);
    const asking = await day.queuesByCommand(desk);
    await day.losesTheNetwork(desk, chatId);
    const phone = await day.device(PHONE);
    await day.approvesOnThePhone(desk, phone, asking);
    await day.stopsAndTriesAgain(desk);
    await day.schedulesInPlainWords(desk);
    await day.findsAWordOfLastWeek(desk, old);
    await day.addsAToolServer(desk);
    for (const tab of [desk, phone]) expect(tab.complaints).toEqual([]);
  });
});

/** Everything so far was a week ago. */
async function letAWeekPass(sparky: Sparky): Promise<void> {
  await sparky.kill("SIGTERM");
  const db = new Database(join(sparky.home, "sparky.db"));
  db.prepare("UPDATE events SET at = at - ?").run(WEEK_MS);
  db.prepare("UPDATE chats SET created_at = created_at - ?, last_event_at = last_event_at - ?").run(WEEK_MS, WEEK_MS);
  db.close();
  await sparky.startServer();
}

class Day {
  readonly #sparky: Sparky;
  readonly #browser: Browser;
  readonly #network: TcpProxy;

  constructor(sparky: Sparky, browser: Browser, network: TcpProxy) {
    this.#sparky = sparky;
    this.#browser = browser;
    this.#network = network;
  }

  /** By the link that the server printed, and through the welcome, without a key. */
  async signsInForTheFirstTime(): Promise<Tab> {
    const tab = await Tab.signIn(await this.#context(), this.#base, this.#sparky.link, "at");
    for (const name of ["model", "tools"]) {
      await tab.page.locator(`[data-step="${name}"]`).waitFor();
      await tab.page.getByRole("button", { name: "Next" }).click();
    }
    await tab.page.getByRole("button", { name: "Set it: A word in the morning" }).click();
    await tab.page.getByText("morning_brief is set").waitFor();
    await tab.page.getByRole("button", { name: "Done" }).click();
    await tab.connection("live");
    await tab.page.getByRole("heading", { name: "The agent is idle." }).waitFor();
    const { items } = await this.#sparky.api<List<Schedule>>("GET", "/api/schedules");
    expect(items.map(({ name }) => name)).toContain("morning_brief");
    await tab.go("/schedules");
    await this.#alike(tab, "/schedules", (page) => page.getByRole("link", { name: "morning_brief" }));
    return tab;
  }

  /** A browser of its own, signed in as the owner by a link. */
  async device(options: BrowserContextOptions): Promise<Tab> {
    const { url } = await this.#sparky.json<LoginLink>("user", "login-link", "owner");
    const tab = await Tab.signIn(await this.#context(options), this.#base, url);
    await tab.connection("live");
    return tab;
  }

  async #context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(60_000);
    return context;
  }

  async chats(tab: Tab): Promise<string> {
    await tab.go("/chats/new");
    await tab.connection("live");
    await write(tab.composer, "What time is it?");
    await tab.composer.press("Enter");
    await expect.poll(() => placeOf(tab), { timeout: 60_000 }).toMatch(/\/chats\/(?!new$)\w+$/);
    await tab.conversation.getByText("current_time", { exact: true }).first().waitFor();
    const chatId = (await placeOf(tab)).split("/")[2] ?? "";
    await this.#answered(chatId);
    await this.#agree(tab, chatId);
    return chatId;
  }

  async editsAndSendsAgain(tab: Tab, chatId: string): Promise<void> {
    const question = tab.conversation.locator('[data-type="message"]', { hasText: "What time is it?" });
    await question.hover();
    await question.getByRole("button", { name: "Edit" }).click();
    const dialog = tab.page.getByRole("dialog", { name: "Edit and send again" });
    await write(dialog.getByRole("textbox", { name: "Message" }), "List my files");
    await dialog.getByRole("button", { name: "Send in a new chat" }).click();
    await tab.conversation.getByText(/^Made from “/).waitFor();
    await tab.conversation.getByText("file_list", { exact: true }).first().waitFor();
    const forked = (await placeOf(tab)).split("/")[2] ?? "";
    expect(forked).not.toBe(chatId);
    await this.#answered(forked);
    await this.#agree(tab, forked);
  }

  /** Seen to appear, opened at its run, reloaded while it waits in its middle. */
  async queuesByCommand(tab: Tab): Promise<Task> {
    await tab.go("/tasks");
    await tab.connection("live");
    const task = await this.#sparky.addTask(
      'Check knowledge graph stats, then run "echo from the desk", then list my files',
    );
    const row = tab.page.locator(`[data-task-id="${task.id}"]`);
    await row.getByRole("link").first().click();
    await expect.poll(() => placeOf(tab), { timeout: 60_000 }).toMatch(/\/runs\//);
    await tab.page.getByRole("button", { name: "Transcript" }).click();
    await tab.conversation.getByRole("button", { name: "Approve this call" }).waitFor();
    await tab.page.reload();
    await tab.conversation.getByRole("button", { name: "Approve this call" }).waitFor();
    await tab.go(`/chats/${task.chatId}`);
    await tab.conversation.getByRole("button", { name: "Approve this call" }).waitFor();
    await this.#agree(tab, task.chatId);
    return task;
  }

  /** Ten seconds without a network, in which one writes here and another device there: both arrive afterwards, once. */
  async losesTheNetwork(tab: Tab, chatId: string): Promise<void> {
    await tab.go(`/chats/${chatId}`);
    await tab.connection("live");
    await tab.tells("What time is it?");
    await tab.composer.waitFor();
    this.#network.cut();
    await tab.connection("reconnecting");
    await this.#sparky.api("POST", `/api/chats/${chatId}/messages`, { text: "And thank you" });
    await write(tab.composer, "List my files again");
    await tab.composer.press("Enter");
    await sleep(10_000);
    expect(await tab.conversation.getByText("And thank you").count()).toBe(0);
    this.#network.restore();
    await tab.connection("live");
    await tab.conversation.getByText("And thank you").waitFor();
    const sent = async () => (await this.#sparky.log(chatId)).filter((event) => isSaying(event, "List my files again"));
    await expect.poll(sent, { timeout: 60_000 }).toHaveLength(1);
    await this.#answered(chatId);
    await this.#agree(tab, chatId);
  }

  async approvesOnThePhone(desk: Tab, phone: Tab, task: Task): Promise<void> {
    await desk.go(`/chats/${task.chatId}`);
    await phone.go("/inbox");
    await phone.page.getByText("echo from the desk", { exact: true }).waitFor();
    await phone.page.getByRole("button", { name: "Approve this call" }).click();
    await desk.conversation.getByText("Approved by owner in the browser").waitFor();
    await desk.conversation.getByText("Task completed").waitFor();
    await phone.go(`/chats/${task.chatId}`);
    await desk.runEnded();
    await this.#agree(desk, task.chatId);
    await expectThread(phone, await this.#sparky.log(task.chatId));
  }

  async stopsAndTriesAgain(tab: Tab): Promise<void> {
    const task = await this.#sparky.addTask('Run "sleep 300"');
    await tab.go(`/chats/${task.chatId}`);
    await tab.conversation.getByRole("button", { name: "Approve this call" }).click();
    await tab.stopButton.click();
    await tab.runEnded();
    await expect.poll(async () => (await this.#sparky.task(task.id)).status, { timeout: 60_000 }).toBe("cancelled");
    await this.#agree(tab, task.chatId);
    await tab.go(`/tasks?open=${task.id}`);
    const pane = tab.page.getByRole("complementary", { name: "Task" });
    await pane.getByRole("button", { name: "Retry" }).click();
    await expect
      .poll(() => this.#sparky.task(task.id), { timeout: 60_000 })
      .toMatchObject({ attempts: 2, status: "completed" });
    await pane.getByText("Done", { exact: true }).first().waitFor();
    await this.#alike(tab, `/tasks?open=${task.id}`, (page) =>
      page.locator(`[data-task-id="${task.id}"]`).getByText("Done", { exact: true }),
    );
    await tab.go(`/chats/${task.chatId}`);
    await this.#agree(tab, task.chatId);
  }

  async schedulesInPlainWords(tab: Tab): Promise<void> {
    await tab.go("/schedules");
    const { page } = tab;
    await page.getByRole("button", { name: "New schedule" }).click();
    await write(page.getByRole("textbox", { name: "Name", exact: true }), "morning");
    await write(page.getByRole("textbox", { name: "Prompt", exact: true }), "What time is it?");
    await write(page.getByRole("textbox", { name: "When", exact: true }), "every day at nine");
    await page.getByText(/^At 09:00/).waitFor();
    await page.getByRole("button", { name: "Add schedule" }).click();
    await page.getByRole("heading", { name: "morning" }).waitFor();
    await this.#sparky.run("agent", "schedule", "run", "morning");
    await page.getByRole("cell", { name: "Done" }).waitFor();
    await page.reload();
    await page.getByRole("cell", { name: "Done" }).waitFor();
    expect(await page.getByRole("cell", { name: "Done" }).count()).toBe(1);
    await this.#alike(tab, "/schedules/morning", (each) => each.getByRole("cell", { name: "Done" }));
    const ledger = "/api/schedules/morning/occurrences";
    const { items } = await this.#sparky.api<List<Occurrence>>("GET", ledger);
    expect(items.map(({ outcome, manual }) => ({ outcome, manual }))).toEqual([{ outcome: "ran", manual: true }]);
    const { chatId } = await this.#sparky.task(items[0]?.taskId ?? "");
    await tab.go(`/chats/${chatId}`);
    await this.#agree(tab, chatId);
  }

  async findsAWordOfLastWeek(tab: Tab, old: Task): Promise<void> {
    await tab.page.keyboard.press("Control+k");
    const palette = tab.page.getByRole("dialog", { name: "Search and commands" });
    await write(palette.getByRole("combobox"), "aardvark sleeps");
    const results = palette.getByRole("group", { name: "Words and results" }).getByRole("option");
    await results
      .filter({ has: tab.page.locator(".lucide-file-search") })
      .first()
      .click();
    await tab.page.getByRole("region", { name: "Step details" }).getByText("the aardvark sleeps").first().waitFor();
    expect(await placeOf(tab)).toBe(`/runs/${old.runId}`);
    const found = new URL(await tab.page.evaluate(() => location.href));
    await this.#alike(tab, found.pathname + found.search, (page) => page.getByRole("region", { name: "Step details" }));
    await tab.go(`/chats/${old.chatId}`);
    await this.#agree(tab, old.chatId);
  }

  async addsAToolServer(tab: Tab): Promise<void> {
    await tab.go("/tools?show=servers");
    await tab.page.getByRole("button", { name: "Add servers" }).click();
    const form = tab.page.getByRole("dialog");
    await write(form.getByRole("textbox"), JSON.stringify({ mcpServers: { memory: { command: MEMORY } } }));
    await form.getByRole("button", { name: "Add to mcp.json" }).click();
    await form.waitFor({ state: "detached" });
    const card = tab.page.locator('[data-server="memory"]');
    await card.getByRole("button", { name: "Look at its tools" }).click();
    await card.getByText("9 tools").waitFor();
    await tab.page.reload();
    await card.getByText("9 tools").waitFor();
    await this.#alike(tab, "/tools?show=servers", (page) =>
      page.locator('[data-server="memory"]').getByText("9 tools"),
    );
    const { items } = await this.#sparky.api<List<McpServer>>("GET", "/api/mcp/servers");
    expect(items.find(({ name }) => name === "memory")).toMatchObject({ state: "ready" });
  }

  /** The chat's run has ended, and its answer is in the log. */
  async #answered(chatId: string): Promise<void> {
    const last = async () => (await this.#sparky.log(chatId)).filter(({ type }) => type === "status").at(-1);
    await expect.poll(last, { timeout: 60_000 }).toMatchObject({ data: { state: "completed" } });
  }

  get #base(): string {
    return `http://127.0.0.1:${this.#network.port}`;
  }

  /** A page that is loaded anew says the same there as the open one. */
  async #alike(tab: Tab, path: string, part: (page: Page) => Locator): Promise<void> {
    const anew = await Tab.open(tab.page.context(), this.#base, path);
    await part(anew.page).first().waitFor();
    const said = (page: Page) => part(page).allTextContents();
    await expect.poll(() => said(anew.page), { timeout: 60_000 }).toEqual(await said(tab.page));
    expect(anew.complaints).toEqual([]);
    await anew.page.close();
    await tab.page.bringToFront();
  }

  /** The open page and one that is loaded anew show what the log holds, each event once and in order. */
  async #agree(tab: Tab, chatId: string): Promise<void> {
    const log = await this.#sparky.log(chatId);
    await expectThread(tab, log);
    const anew = await Tab.open(tab.page.context(), this.#base, `/chats/${chatId}`);
    await expectThread(anew, log);
    expect(anew.complaints).toEqual([]);
    await anew.page.close();
    await tab.page.bringToFront();
  }
}

const isSaying = ({ type, data }: ChatEvent, text: string): boolean =>
  type === "message" && "text" in data && data.text === text;

/** Asked of the page: Firefox tells its driver nothing of where a page goes by itself. */
const placeOf = (tab: Tab): Promise<string> => tab.page.evaluate(() => location.pathname);

/** By its keys: what is put into a box at once is not told to the page by Firefox's driver. */
async function write(box: Locator, text: string): Promise<void> {
  await box.click();
  await box.press("ControlOrMeta+a");
  await box.pressSequentially(text);
}
