import type { Locator } from "playwright-core";
import type { Task } from "../../src/wire/api.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { type MemoryScene, memoryScene } from "./memory-scene.ts";
import type { Tab } from "./thread-page.ts";
import { openMenu } from "./stage.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const DEVICES = [
  { device: "a dark desk", options: { colorScheme: "dark" } },
  { device: "a light phone", options: { colorScheme: "light", viewport: { width: 320, height: 640 }, hasTouch: true } },
] as const;

describeInBrowser("the pages of memory", () => {
  let scene: MemoryScene;
  beforeAll(async () => {
    scene = await memoryScene();
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  const found = (tab: Tab) => tab.page.getByRole("list", { name: "What was found" }).getByRole("listitem");
  /** The rest of a list. News that comes just then has the list loaded anew instead: it is asked for again. */
  const all = async (tab: Tab, rows: Locator, button: string): Promise<void> => {
    const before = await rows.count();
    const more = tab.page.getByRole("button", { name: button });
    const press = () => more.click({ timeout: 1000 }).catch(() => undefined);
    await vi.waitUntil(async () => (await press(), (await rows.count()) > before), { timeout: 60_000, interval: 500 });
  };
  const search = (tab: Tab) => tab.page.getByRole("searchbox", { name: "Search what was said and is known" });

  test("are searched as one types: each hit says why, and leads to the very message or entity", async () => {
    const { stage, told } = scene;
    const tab = await (await stage.device()).tab("/");
    await tab.page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Memory" }).click();
    await search(tab).click();
    await tab.page.keyboard.type("who draws");
    await tab.page.waitForURL(/[?]q=who(\+|%20)draws$/);
    await found(tab).first().waitFor();
    // It is typed on where the typing has paused.
    await tab.page.keyboard.type(" maps for the count");
    await tab.page.waitForURL(/count$/);
    const message = found(tab).filter({ has: tab.page.getByRole("link", { name: /^owner in/ }) });
    await message.first().waitFor();
    await expect.poll(() => message.first().getByRole("list", { name: "Why" }).textContent()).toContain('"maps"');
    await message.first().getByRole("link").click();
    await tab.page.waitForURL(`**/chats/${told.id}?at=2`);
    await tab.page.goBack();
    await tab.page.getByRole("button", { name: "Entities" }).click();
    await tab.page.waitForURL(/kind=node/);
    await found(tab).filter({ hasText: "Draws the maps." }).getByRole("link", { name: "Theo" }).click();
    await tab.page.waitForURL(`**/memory/nodes/${await scene.nodeId("Theo")}`);
    await tab.page.getByRole("heading", { name: "Theo" }).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("say why nothing was found, with the line for the terminal", async () => {
    const tab = await (await scene.stage.device()).tab("/memory?q=the%20and%20of");
    await tab.page.getByText("Nothing is like this").waitFor();
    await tab.page.getByText(/the query has no words to look for/).waitFor();
    await expect.poll(() => tab.page.locator("main code").textContent()).toBe('sparky recall "the and of"');
    await search(tab).fill("zeppelin");
    await tab.page.getByText("Try other words, or fewer.").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("without words list all that is known, by type, and take it along", async () => {
    const tab = await (await scene.stage.device()).tab("/memory");
    await tab.page.getByText("67 entities, 64 links").waitFor();
    const rows = tab.page.getByRole("table", { name: "Entities, by name" }).locator("[data-node]");
    await expect.poll(() => rows.count()).toBe(50);
    await all(tab, rows, "Show more (17)");
    await expect.poll(() => rows.count()).toBe(67);
    await tab.page.getByRole("button", { name: /^place/ }).click();
    await tab.page.waitForURL(/type=place/);
    await rows.nth(2).waitFor({ state: "detached" });
    await expect
      .poll(() => rows.allTextContents())
      .toEqual([
        expect.stringMatching(/^Old mill place/),
        expect.stringMatching(/^Reed lake place.*Where most of the birds are/),
      ]);
    const download = tab.page.waitForEvent("download");
    await tab.page.getByText("Export", { exact: true }).click();
    await tab.page.getByRole("link", { name: "GraphML" }).click();
    expect((await download).suggestedFilename()).toBe("graph.graphml");
    expect(tab.complaints).toEqual([]);
  });

  test("show of an entity what it is and all its links, page by page", async () => {
    const tab = await (await scene.stage.device()).tab(`/memory/nodes/${await scene.nodeId("Kestrel")}`);
    await tab.page.getByText("yours alone").waitFor();
    await tab.page.locator("strong", { hasText: "bird count" }).waitFor();
    const links = tab.page.getByRole("region", { name: "Links", exact: true });
    await links.getByText("63 links").waitFor();
    const rows = links.getByRole("table").locator("[data-edge]");
    await expect.poll(() => rows.count()).toBe(50);
    await expect.poll(() => rows.first().textContent()).toMatch(/takes place at to.*Reed lake place/);
    await all(tab, rows, "Show more (13)");
    await expect.poll(() => rows.count()).toBe(63);
    const leads = rows.filter({ hasText: "leads from" });
    await expect.poll(() => leads.textContent()).toContain("2024");
    await leads.getByRole("link", { name: "Mara" }).click();
    await tab.page.getByRole("heading", { name: "Mara" }).waitFor();
    await tab.go("/memory/nodes/nowhere");
    await tab.page.getByRole("heading", { name: "This is not in the memory" }).waitFor();
    expect(tab.complaints.filter((text) => !/404 \(Not Found\)/.test(text))).toEqual([]);
  });

  test("tell what became of an entity: which run made it, what is different, and undo it unless something newer stands on it", async () => {
    const { stage, told } = scene;
    const tab = await (await stage.device()).tab(`/memory/nodes/${await scene.nodeId("Bad weather")}`);
    const history = tab.page.getByRole("list", { name: "History" }).locator("[data-change]");
    await history.getByText("What is different").click();
    await history.getByText("name: Bad weather").waitFor();
    await history.getByRole("link", { name: "its chat" }).click();
    await tab.page.waitForURL(new RegExp(`/chats/${told.id}[?]at=\\d+$`));
    await tab.conversation.getByText("graph_add").first().waitFor();
    await tab.page.goBack();
    await history.getByRole("button", { name: "Undo: Added Bad weather" }).click();
    await tab.page.getByRole("heading", { name: "This is not in the memory" }).waitFor();

    await tab.go(`/memory/nodes/${await scene.nodeId("Reed lake")}`);
    await history.getByRole("button", { name: "Undo: Added Reed lake" }).click();
    await history
      .getByRole("alert")
      .getByText(/has an edge by now/)
      .waitFor();
    expect(tab.complaints.filter((text) => !/404 \(Not Found\)|409 \(Conflict\)/.test(text))).toEqual([]);
  });

  test("check what needs care, and lead to it", async () => {
    const tab = await (await scene.stage.device()).tab("/memory");
    await tab.page.getByRole("navigation", { name: "Memory" }).getByRole("link", { name: "Check" }).click();
    await tab.page.locator('[data-check="care"]').waitFor();
    const finding = (name: string) => tab.page.locator(`[data-finding="${name}"]`);
    for (const name of ["Broken links", "Facts that contradict each other", "Facts without a message"]) {
      await expect.poll(() => finding(name).getAttribute("data-count"), { message: name }).toBe("0");
    }
    await finding("Names that several bear").locator("summary").click();
    await expect
      .poll(() => finding("Names that several bear").getByRole("link").allTextContents())
      .toEqual(["Reed lake", "reed_lake"]);
    await finding("Without content").locator("summary").click();
    await finding("Without content").getByRole("link", { name: "Old mill" }).click();
    await tab.page.getByRole("heading", { name: "Old mill" }).waitFor();
    await tab.page.getByText("Nothing is linked to it yet.").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("are led to from what a run was given, and memory is paused for a chat and taken up again", async () => {
    const { stage } = scene;
    const chat = await scene.say("What was it that Mara leads, the bird count?");
    const tab = await (await stage.device()).tab(`/chats/${chat.id}`);
    const recalled = tab.conversation.locator("[data-recall]");
    await recalled.locator("summary").click();
    await recalled.getByRole("link", { name: /^Mara: Leads the count/ }).click();
    await tab.page.waitForURL(`**/memory/nodes/${await scene.nodeId("Mara")}`);
    await tab.page.goBack();
    const menu = tab.page.getByRole("button", { name: /^Rename, archive/ });
    await openMenu(menu);
    await tab.page.getByRole("button", { name: "Pause memory here" }).click();
    await tab.page.getByText("memory paused").waitFor();
    expect(await stage.sparky.api("GET", `/api/chats/${chat.id}`)).toMatchObject({ recall: false });
    await openMenu(menu);
    await tab.page.getByRole("button", { name: "Use memory here again" }).click();
    await tab.page.getByText("memory paused").waitFor({ state: "detached" });
    expect(await stage.sparky.api("GET", `/api/chats/${chat.id}`)).toMatchObject({ recall: true });
    expect(tab.complaints).toEqual([]);
  });

  test("are used in a chat that others read only once their owner says so there", async () => {
    const { stage } = scene;
    const { chatId } = await stage.sparky.api<Task>("POST", "/api/tasks", { instruction: "Say hello" });
    const mine = await (await stage.device()).tab(`/chats/${chatId}`);
    await mine.page.getByRole("button", { name: /^Rename, archive/ }).click();
    await mine.page.getByRole("button", { name: "Pause memory here" }).waitFor();
    expect(await mine.page.getByText("Others read this chat").count()).toBe(0);
    // The home's owner reads what the agent's own account does.
    const tab = await (await stage.device("agent", { viewport: { width: 320, height: 640 } })).tab(`/chats/${chatId}`);
    const menu = tab.page.getByRole("button", { name: /^Rename, archive/ });
    await openMenu(menu);
    await tab.page.getByText("its runs are given nothing that you alone know").waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await tab.page.getByRole("button", { name: "Use my memory here too" }).click();
    await tab.page.getByText(/^Private memory opened to this chat/).waitFor();
    await openMenu(menu);
    await tab.page.getByText("its runs are given what you alone know").waitFor();
    await tab.page.getByRole("button", { name: "Keep my memory out" }).click();
    await tab.page.getByText(/^Private memory closed to this chat/).waitFor();
    await openMenu(menu);
    await tab.page.getByRole("button", { name: "Use my memory here too" }).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("a schedule's runs are given nothing from memory while its page says so", async () => {
    const { sparky } = scene.stage;
    await sparky.api("POST", "/api/schedules", {
      name: "weekly",
      when: "every(12 hours)",
      prompt: "Who leads the bird count?",
    });
    const tab = await (await scene.stage.device()).tab("/schedules/weekly");
    await tab.page.getByText("Used; it can be paused once there is a chat").waitFor();
    await tab.page.getByRole("button", { name: "Run now: weekly" }).click();
    const memory = tab.page.getByRole("switch", { name: "Memory for weekly" });
    await memory.click();
    await tab.page.getByText("Paused: its runs are given nothing").waitFor();
    const { chatId } = await sparky.api<{ chatId: string }>("GET", "/api/schedules/weekly");
    expect(await sparky.api("GET", `/api/chats/${chatId}`)).toMatchObject({ recall: false });
    expect(tab.complaints).toEqual([]);
  });

  test.each(DEVICES)("are accessible on $device, and fit it", async ({ options }) => {
    const device = await scene.stage.device("owner", options);
    const mara = `/memory/nodes/${await scene.nodeId("Mara")}`;
    const paths = ["/memory?type=place", "/memory?q=bird%20count&kind=node", mara, "/memory/check"];
    for (const path of paths) {
      const tab = await device.tab(path);
      await tab.connection("live");
      await tab.page.locator("main :is([data-node], [data-found], [data-finding])").first().waitFor();
      for (const closed of await tab.page.locator("main details > summary").all()) await closed.click();
      expect(await faultsOf(tab.page), path).toEqual([]);
      const { clientWidth, scrollWidth } = await tab.page.evaluate(() => document.documentElement);
      expect(scrollWidth, path).toBe(clientWidth);
      expect(tab.complaints, path).toEqual([]);
      await tab.page.close();
    }
  });
});
