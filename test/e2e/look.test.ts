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
    const task = await stage.sparky.addTask("At 10:42 there were 1,234 of 5,678 left -> all is well", "--wait");
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
