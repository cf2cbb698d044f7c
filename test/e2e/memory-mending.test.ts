import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { type MemoryScene, memoryScene } from "./memory-scene.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true } as const;

describeInBrowser("what stands around an entity, and is put right", () => {
  let scene: MemoryScene;
  beforeAll(async () => {
    scene = await memoryScene();
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  const entity = async (name: string, search = ""): Promise<string> =>
    `/memory/nodes/${await scene.nodeId(name)}${search}`;
  const around = (tab: Tab) => tab.page.getByRole("region", { name: "Around it" });
  const rows = (tab: Tab) => around(tab).getByRole("table").locator("[data-near]");
  const drawn = (tab: Tab) => around(tab).locator("[data-picture]");
  const history = (tab: Tab) => tab.page.getByRole("list", { name: "History" }).locator("[data-change]");

  test("is drawn, and told by a table of the same, as far as one likes to look", async () => {
    const tab = await (await scene.stage.device()).tab(await entity("Mara"));
    // Mara, the project and Theo; two steps away everybody else.
    await drawn(tab).and(tab.page.locator('[data-drawn="64"]')).waitFor();
    await around(tab).getByText("As a table: 64 entities, 64 links").click();
    await rows(tab).first().waitFor();
    await expect.poll(() => rows(tab).count()).toBe(50);
    await around(tab).getByRole("button", { name: "Show all 64" }).click();
    await rows(tab).nth(63).waitFor();
    await expect.poll(() => rows(tab).nth(1).textContent()).toMatch(/^Kestrel project1 step← leads from Mara/);
    await around(tab).getByRole("button", { name: "1 step" }).click();
    await tab.page.waitForURL(/depth=1/);
    await drawn(tab).and(tab.page.locator('[data-drawn="3"]')).waitFor();
    // One goes on from any of them.
    await around(tab).getByText("As a table: 3 entities").click();
    await rows(tab).filter({ hasText: "Kestrel project" }).getByRole("button", { name: "Show 61 more links" }).click();
    await drawn(tab).and(tab.page.locator('[data-drawn="64"]')).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await around(tab).getByRole("button", { name: "Without the picture" }).click();
    await drawn(tab).waitFor({ state: "detached" });
    expect(tab.complaints).toEqual([]);
  });

  test("says on a phone too which of its pages is open", async () => {
    const tab = await (await scene.stage.device("owner", PHONE)).tab("/memory/check");
    const open = tab.page.getByRole("navigation", { name: "Memory", exact: true }).getByRole("link", { name: "Check" });
    await open.waitFor();
    const box = await open.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
  });

  test("is pressed on in the picture, which takes the colours of the page", async () => {
    const device = await scene.stage.device("owner", { colorScheme: "dark" });
    const tab = await device.tab(await entity("Reed lake", "?depth=1"));
    const picture = drawn(tab).and(tab.page.locator('[data-drawn="2"]'));
    await picture.waitFor();
    await picture.scrollIntoViewIfNeeded();
    const box = await picture.boundingBox();
    const paper = async (): Promise<string> => tab.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await paper()).toBe("rgb(19, 19, 24)");
    // Two nodes beside each other, as far apart as there is room, but for a margin of 40 pixels of its height: what is pressed on is
    // named below.
    const named = around(tab).getByRole("link", { name: "Kestrel" }).first();
    const { width = 0, height = 0 } = box ?? {};
    await picture.click({ position: { x: (width * 40) / height, y: height / 2 }, force: true });
    await named.waitFor();
    await around(tab).getByRole("button", { name: "Show 62 more links" }).first().click();
    await drawn(tab).and(tab.page.locator('[data-drawn="64"]')).waitFor();
    await around(tab).getByRole("button", { name: "Nearer" }).click();
    expect(tab.complaints).toEqual([]);
  });

  test("is a table on a phone, where the picture comes when it is asked for", async () => {
    const tab = await (await scene.stage.device("owner", PHONE)).tab(await entity("Theo", "?depth=1"));
    await rows(tab).nth(2).waitFor();
    expect(await drawn(tab).count()).toBe(0);
    expect(await faultsOf(tab.page)).toEqual([]);
    await around(tab).getByRole("button", { name: "Show the picture" }).click();
    await drawn(tab).and(tab.page.locator('[data-drawn="3"]')).waitFor();
    expect(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    expect(tab.complaints).toEqual([]);
  });

  test("is told apart from what only looks like it, and not proposed again until that is taken back", async () => {
    const tab = await (await scene.stage.device()).tab("/memory/duplicates");
    const pair = tab.page.getByRole("list", { name: "Pairs" }).locator("[data-pair]").filter({ hasText: "reed_lake" });
    await pair.getByRole("button", { name: "These are not the same" }).click();
    const done = tab.page.locator("[data-apart]");
    await done.getByText("they are not proposed again").waitFor();
    await tab.page.getByText("No two entities look like one").waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await done.getByRole("button", { name: /^Undo/ }).click();
    await pair.waitFor();
    expect(await done.count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });

  test("is merged with what it is a duplicate of, after a look at what would come of it, and undone", async () => {
    const tab = await (await scene.stage.device()).tab("/memory/duplicates");
    const pair = tab.page.getByRole("list", { name: "Pairs" }).locator("[data-pair]").filter({ hasText: "reed_lake" });
    await pair.getByText("Birds of the lake.").waitFor();
    await pair.getByRole("button", { name: "Merge…" }).click();
    const preview = pair.locator("[data-preview]");
    await preview.getByText("also called reed_lake").waitFor();
    await preview.getByText("Where most of the birds are.").waitFor();
    await preview.getByText("Birds of the lake.").waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await pair.getByRole("button", { name: "Merge them" }).click();
    const done = tab.page.locator("[data-merged]");
    await done.getByText("“reed_lake” is a part of").waitFor();
    await pair.waitFor({ state: "detached" });
    await done.getByRole("link", { name: "Reed lake" }).click();
    await tab.page.getByText("also called reed_lake").first().waitFor();
    await history(tab)
      .first()
      .and(tab.page.locator('[data-op="merged"]'))
      .getByRole("button", { name: /^Undo/ })
      .click();
    await history(tab).getByText("undone").first().waitFor();
    await tab.go("/memory/duplicates");
    await pair.waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("is put right by what the check offers: tried first, then done, each with its undo", async () => {
    await scene.say("Please learn of a ghost.");
    const tab = await (await scene.stage.device("owner", PHONE)).tab("/memory/check");
    const fixes = tab.page.getByRole("region", { name: "Put right" });
    await fixes.getByRole("checkbox", { name: "Remove entities of which nothing is known" }).check();
    await fixes.getByRole("button", { name: "Try it, change nothing" }).click();
    await fixes
      .locator('[data-fixed="tried"]')
      .getByText(/^\d+ things? would be put right[.] Nothing is changed yet[.]$/)
      .waitFor();
    const ghost = await scene.nodeId("Ghost");
    await fixes.getByRole("button", { name: "Do it" }).click();
    const done = fixes.locator('[data-fixed="done"]');
    await done.getByText(/^\d+ things? put right[.]$/).waitFor();
    await expect(scene.nodeId("Ghost")).rejects.toThrow("there is no Ghost");
    await done.getByRole("button", { name: "Undo: Ghost" }).click();
    await done.getByText("undone").waitFor();
    expect(await scene.nodeId("Ghost")).toBe(ghost);
    expect(await faultsOf(tab.page)).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });
});
