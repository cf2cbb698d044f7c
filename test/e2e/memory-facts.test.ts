import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Chat, List } from "../../src/wire/api.ts";
import type { Fact } from "../../src/wire/facts.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { type MemoryScene, memoryScene } from "./memory-scene.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true } as const;

describeInBrowser("what is known", () => {
  let scene: MemoryScene;
  let porto: Chat;
  beforeAll(async () => {
    scene = await memoryScene();
    porto = await scene.say("By the way, I live in Porto.");
    for (const words of ["Now I live in Lisbon.", "I take the morning train, mostly.", "I like the window seat."]) {
      await scene.say(words);
    }
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  const facts = async (query = ""): Promise<readonly string[]> =>
    (await scene.stage.sparky.api<List<Fact>>("GET", `/api/facts${query}`)).items.map(({ text }) => text);
  const fact = (tab: Tab, text: string) => tab.page.locator("[data-fact]").filter({ hasText: text });

  test("about somebody stands on a time line, with what was so before, and leads to who said it and where", async () => {
    const tab = await (await scene.stage.device()).tab(`/memory/nodes/${await scene.nodeId("owner")}`);
    await fact(tab, "I live in Lisbon")
      .getByText(/said by owner/)
      .waitFor();
    const before = fact(tab, "I live in Porto");
    await before
      .and(tab.page.locator('[data-status="retired"]'))
      .getByText(/^until /)
      .waitFor();
    await before.getByText("1 message says it").click();
    await before.getByRole("link", { name: /^owner, .*: By the way, I live in Porto[.]$/ }).click();
    await tab.page.waitForURL(`**/chats/${porto.id}?at=2`);
    expect(tab.complaints).toEqual([]);
  });

  test("about somebody is told in the list of entities too", async () => {
    const tab = await (await scene.stage.device()).tab("/memory?type=person");
    const row = tab.page.locator("tr[data-node]").filter({ has: tab.page.getByRole("link", { name: "owner" }) });
    await row.locator('[data-facts="1"]').getByText("I live in Lisbon").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("is confirmed, corrected or rejected by a person where the agent only concludes it", async () => {
    const tab = await (await scene.stage.device("owner", PHONE)).tab("/memory/check");
    const parts = tab.page.getByRole("navigation", { name: "Memory", exact: true });
    const toReview = parts.getByRole("link", { name: "To review 2" });
    await toReview.waitFor();
    // The count does not push the page that is open out of the row, which is scrolled by whole pixels.
    const endOf = async (part: Locator): Promise<number> => {
      const { x = 0, width = 0 } = (await part.boundingBox()) ?? {};
      return x + width;
    };
    await expect
      .poll(async () => (await endOf(parts.getByRole("link", { name: "Check" }))) - (await endOf(parts)))
      .toBeLessThan(1);
    await toReview.click();
    await fact(tab, "I like the window seat").waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await fact(tab, "I like the window seat")
      .getByRole("button", { name: /^Reject/ })
      .click();
    await fact(tab, "I like the window seat").waitFor({ state: "detached" });
    await fact(tab, "I take the morning train")
      .getByRole("button", { name: /^Correct/ })
      .click();
    const dialog = tab.page.getByRole("dialog", { name: "Correct what is known" });
    await dialog.getByRole("textbox", { name: "As it really is" }).fill("I take the train at seven");
    expect(await faultsOf(tab.page)).toEqual([]);
    await dialog.getByRole("button", { name: "Save" }).click();
    await tab.page.getByText("Nothing to review").waitFor();
    expect(await facts("?about=me")).toEqual(["I take the train at seven", "I live in Lisbon"]);
    expect(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    expect(tab.complaints).toEqual([]);
  });

  test("about me is listed, added to, put before every run, and forgotten for good", async () => {
    const tab = await (await scene.stage.device("owner", { colorScheme: "dark" })).tab("/memory/me");
    await fact(tab, "I live in Lisbon").waitFor();
    expect(await fact(tab, "I live in Porto").count()).toBe(0);
    await tab.page
      .getByRole("textbox", { name: "What should be known about you?" })
      .fill("I am allergic to hazelnuts.");
    await tab.page.getByRole("button", { name: "Remember it" }).click();
    const nuts = fact(tab, "I am allergic to hazelnuts.");
    await nuts.getByRole("button", { name: /^Before every run/ }).click();
    await nuts.getByRole("button", { name: /^Not before every run/ }).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await nuts.getByRole("button", { name: /^Forget/ }).click();
    await tab.page.getByRole("dialog", { name: "Forget this?" }).getByRole("button", { name: "Forget" }).click();
    await nuts.waitFor({ state: "detached" });
    expect(await facts("?about=me")).not.toContain("I am allergic to hazelnuts.");
    await tab.go("/memory?q=hazelnuts");
    await tab.page.getByText("Nothing is like this").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("is found by its words, and its page tells in which runs it was of use", async () => {
    const asked = await scene.say("In which town do I live, Lisbon or another one?");
    const tab = await (await scene.stage.device()).tab("/memory?q=who%20lives%20in%20Lisbon&kind=fact");
    const found = tab.page
      .getByRole("list", { name: "What was found" })
      .getByRole("listitem")
      .filter({ hasText: "I live in Lisbon" });
    await found.getByRole("link", { name: "owner" }).click();
    await tab.page.waitForURL(/#fact-/);
    const uses = tab.page.getByRole("region", { name: /^Used in \d+ runs?$/ });
    await uses.locator(`a[href^="/chats/${asked.id}"]`).first().click();
    const recalled = tab.conversation.locator("[data-recall]");
    await recalled.locator("summary").click();
    await recalled.getByRole("link", { name: /I live in Lisbon/ }).click();
    await tab.page.waitForURL(/\/memory\/nodes\/\w+#fact-/);
    expect(tab.complaints).toEqual([]);
  });
});
