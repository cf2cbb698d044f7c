import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowser } from "../kit/browser.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

/** The fonts in which this element's text is really painted, and how many signs each paints. */
async function fontsOf(tab: Tab, element: Locator): Promise<Readonly<Record<string, number>>> {
  await tab.page.evaluate(() => document.fonts.ready.then(() => undefined));
  const mark = "data-asked-for-fonts";
  await element.evaluate((node, name) => node.setAttribute(name, ""), mark);
  const devTools = await tab.page.context().newCDPSession(tab.page);
  await devTools.send("DOM.enable");
  await devTools.send("CSS.enable");
  const { root } = await devTools.send("DOM.getDocument");
  const { nodeId } = await devTools.send("DOM.querySelector", { nodeId: root.nodeId, selector: `[${mark}]` });
  const { fonts } = await devTools.send("CSS.getPlatformFontsForNode", { nodeId });
  await devTools.detach();
  await element.evaluate((node, name) => node.removeAttribute(name), mark);
  return Object.fromEntries(
    fonts.map(({ familyName, isCustomFont, glyphCount }) => [
      isCustomFont ? `our ${familyName}` : familyName,
      glyphCount,
    ]),
  );
}

describeInBrowser("the look", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({});
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("paints words, blanks and digits in its own font, whatever the machine has, and fetches nothing from elsewhere", async () => {
    const task = await stage.sparky.addTask("At 10:42 there were 1,234 of 5,678 left -> all is well");
    const { context, tab: open } = await stage.device();
    const hosts = new Set<string>();
    context.on("request", (request) => hosts.add(new URL(request.url()).host));
    const tab = await open(`/chats/${task.chatId}`);
    const words = tab.conversation.getByText("1,234 of 5,678", { exact: false }).first();
    await words.waitFor();
    const text = (await words.textContent()) ?? "";
    // One sign for each: `->` is not drawn as an arrow.
    expect(await fontsOf(tab, words)).toEqual({ "our Inter": text.length });

    await tab.go("/schedules?new=true");
    const code = tab.page.locator("code", { hasText: "at(2027-12-01T09:00)" });
    await code.waitFor();
    expect(await fontsOf(tab, code)).toEqual({ "our JetBrains Mono": "at(2027-12-01T09:00)".length });
    expect([...hosts]).toEqual([new URL(tab.page.url()).host]);
    expect(tab.complaints).toEqual([]);
  });

  test("begins every page at one edge, however wide the window is, and moves nothing when prompts are offered", async () => {
    for (const width of [390, 1280, 1900]) {
      const tab = await (await stage.device("owner", { viewport: { width, height: 900 } })).tab("/");
      const edges: Record<string, number> = {};
      const pages = [
        ...["/", "/chats", "/tasks", "/schedules", "/schedules?new=true", "/memory", "/memory/check", "/inbox"],
        ...["/tools", "/settings", "/welcome"],
      ];
      for (const path of pages) {
        await tab.go(path);
        const heading = tab.page.locator("#main h1").first();
        await heading.waitFor();
        edges[path] = Math.round((await heading.boundingBox())?.x ?? -1);
      }
      expect(new Set(Object.values(edges)).size, JSON.stringify({ width, edges })).toBe(1);
      expect(Object.values(edges)[0]).toBeGreaterThan(0);
    }
    await mkdir(join(stage.sparky.home, "prompts"), { recursive: true });
    await writeFile(join(stage.sparky.home, "prompts/weekly.md"), "Tell me what happened this week.");
    const tab = await (await stage.device()).tab("/");
    const box = tab.page.getByRole("textbox", { name: "Message" });
    const below = tab.page.getByRole("list", { name: "Suggestions" });
    const left = async (what: Locator) => (await what.boundingBox())?.x;
    const top = async () => (await below.boundingBox())?.y;
    expect(await left(tab.page.locator("#main form .rounded-xl").first())).toBe(await left(below));
    const before = await top();
    await box.fill("/weekly");
    await tab.page.getByRole("option", { name: /weekly/ }).waitFor();
    expect(await top()).toBe(before);
    await box.press("Enter");
    await expect.poll(() => box.inputValue(), { timeout: 60_000 }).toBe("Tell me what happened this week.");
    expect(tab.complaints).toEqual([]);
  });

  test("leaves nothing alone on a line of its own, and says where a row goes on", async () => {
    const task = await stage.sparky.addTask("Come back much later", "--at", "2999-01-01T00:00:00Z");
    await stage.sparky.addTask("Remember that Alice is a person", "--wait");
    const top = async (what: Locator) => Math.round((await what.boundingBox())?.y ?? -1);
    const height = async (what: Locator) => (await what.boundingBox())?.height;

    const wide = await (await stage.device("owner", { viewport: { width: 1440, height: 900 } })).tab("/chats");
    const pills = wide.page.getByRole("group", { name: "Which chats" }).getByRole("button");
    await pills.first().waitFor();
    const tops = await pills.evaluateAll((all) => all.map((pill) => pill.getBoundingClientRect().top));
    expect([tops.length > 3, new Set(tops).size]).toEqual([true, 1]);
    await wide.go(`/tasks?open=${task.id}`);
    const add = wide.page.getByRole("button", { name: "New task" });
    await wide.page.getByRole("complementary").waitFor();
    expect(Math.abs((await top(add)) - (await top(wide.page.locator("#main h1").last())))).toBeLessThan(12);
    await wide.go("/chats/new");
    await wide.page.getByRole("link", { name: "Set up a real one" }).click();
    await wide.page.getByRole("heading", { name: "Models" }).first().waitFor();

    const phone = await (await stage.device("owner", { viewport: { width: 390, height: 844 } })).tab("/tasks");
    const row = phone.page.locator(`[data-task-id="${task.id}"]`);
    const [title, cancel] = [row.getByRole("link").first(), row.getByRole("button", { name: /^Cancel/ })];
    await cancel.waitFor();
    expect(await height(row)).toBeLessThan(120);
    expect(Math.abs((await top(cancel)) - (await top(title)))).toBeLessThan(24);
    await phone.go("/schedules");
    const newSchedule = phone.page.getByRole("button", { name: "New schedule" });
    await newSchedule.waitFor();
    expect(Math.abs((await top(newSchedule)) - (await top(phone.page.locator("#main h1"))))).toBeLessThan(24);
    // A box to tick stands at the first of its words' lines.
    await phone.go("/settings/tokens");
    const scope = phone.page.locator("label", { hasText: "Admin: everything" });
    await scope.waitFor();
    expect(await height(scope)).toBeGreaterThan(36);
    expect((await top(scope.getByRole("checkbox"))) - (await top(scope.locator("span")))).toBeLessThan(8);
    await phone.go("/memory");
    await phone.page.locator("[data-node]").first().waitFor();
    expect(await height(phone.page.locator("details", { hasText: "Export" }))).toBeLessThan(50);
    for (const [path, name] of [
      ["/memory", "Memory"],
      ["/settings", "Settings"],
    ] as const) {
      await phone.go(path);
      const parts = phone.page.locator("#main").getByRole("navigation", { name });
      await phone.page.locator("nav[data-after]:not([data-before])").waitFor();
      await parts.evaluate((nav) => nav.scrollTo(nav.scrollWidth, 0));
      await phone.page.locator("nav[data-before]:not([data-after])").waitFor();
    }
    expect([...wide.complaints, ...phone.complaints]).toEqual([]);
  });

  test("sets the figures of tables and times one below the other: each is as wide as the next", async () => {
    await stage.sparky.addTask("Check knowledge graph stats", "--wait");
    const tab = await (await stage.device()).tab("/tasks");
    const cell = tab.page.locator("[data-task-id] td:has(time)").first();
    await cell.waitFor();
    await tab.page.evaluate(() => document.fonts.ready.then(() => undefined));
    const widths = await cell.evaluate((td) =>
      ["1111", "0000", "4444"].map((figures) => {
        const span = document.createElement("span");
        span.textContent = figures;
        td.append(span);
        const { width } = span.getBoundingClientRect();
        span.remove();
        return width;
      }),
    );
    expect(widths[0]).toBeGreaterThan(20);
    expect(new Set(widths).size).toBe(1);
    expect(tab.complaints).toEqual([]);
  });

  test("has its font on the way before its style sheet, kept for ever and served by Sparky", async () => {
    const html = await (await fetch(stage.sparky.url, { headers: { connection: "close" } })).text();
    const [font = "", ...more] = [...html.matchAll(/<link[^>]*rel="preload"[^>]*>/g)].map(([link]) => link);
    expect(more).toEqual([]);
    expect(font).toMatch(/as="font"/);
    const path = /href="(\/assets\/[^"]+\.woff2)"/.exec(font)?.[1] ?? "";
    const response = await fetch(stage.sparky.url + path, { headers: { connection: "close" } });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "font/woff2"]);
    expect(response.headers.get("cache-control")).toContain("immutable");
    expect((await response.arrayBuffer()).byteLength).toBeLessThan(60 * 1024);
    const { tab: open } = await stage.device();
    const tab = await open("/");
    await tab.connection("live");
    // The style sheet asks for the very file that was fetched early: the browser would warn of one that nobody used.
    const used = await tab.page.evaluate(async () => {
      await document.fonts.ready;
      return performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
    });
    expect(used.filter((name) => name.includes("inter"))).toEqual([path]);
  });
});
