import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Chat, List } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { type PacedProvider, pacedProvider } from "./paced-provider.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

// A chat's header: its model, how full its window is, what it has cost, and how it is taken along.

const SLOWLY = Array.from({ length: 60 }, (_, n) => `Word ${n + 1}.`).join(" ");

describeInBrowser("a chat's header", () => {
  let provider: PacedProvider;
  let stage: Stage;
  beforeAll(async () => {
    provider = await pacedProvider(({ text }) => ({
      words: text.includes("slowly") ? SLOWLY : "A short answer.",
      pieceMs: text.includes("slowly") ? 60 : 1,
    }));
    stage = await Stage.open({
      SPARKY_MODEL: "compatible/some-model",
      SPARKY_MODEL_URL: provider.url,
      SPARKY_MODEL_EFFORT: "low",
      SPARKY_MODEL_PRICES: "compatible/some-model=1000/1000",
    });
  });
  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  async function opened(options = {}): Promise<{ tab: Tab; page: Page; chat: Chat }> {
    const chat = await stage.sparky.api<Chat>("POST", "/api/chats", { title: "Tea & cake" });
    const tab = await (await stage.device("owner", options)).tab(`/chats/${chat.id}`);
    await tab.connection("live");
    return { tab, page: tab.page, chat };
  }

  test("the model is chosen among those that can answer, from the next run on, here and on the command line alike", async () => {
    const { tab, page, chat } = await opened();
    using held = provider.hold("slowly");
    await say(tab, "Talk slowly");
    await tab.conversation.getByText("Word 2.").waitFor();
    await page.getByText("it reads your message before its next step").waitFor();
    await page.getByRole("button", { name: "Model: compatible/some-model" }).click();
    const dialog = page.getByRole("dialog", { name: "Model and effort of this chat" });
    await dialog.getByText("openai/gpt-6-astra: no key: OPENAI_API_KEY is not set").waitFor();
    expect(await dialog.getByRole("radio", { checked: true }).getAttribute("value")).toBe("");
    await dialog.getByRole("combobox", { name: "How hard it thinks" }).selectOption("As the server: low");
    await dialog.getByRole("radio", { name: /^demo/ }).check();
    await dialog.getByText("demo does not think, so this changes nothing.").waitFor();
    await dialog.getByRole("button", { name: "Use it" }).click();
    await page.getByRole("button", { name: "Model: demo" }).waitFor();
    held[Symbol.dispose]();
    await tab.conversation.getByText("Word 60.").waitFor();
    await tab.runEnded();
    await say(tab, "What time is it?");
    await tab.conversation.getByText("current_time").first().waitFor();
    await tab.runEnded();
    const usage = (await stage.sparky.log(chat.id)).flatMap(({ type, data }) => (type === "usage" ? [data.model] : []));
    expect(usage[0]).toBe("compatible/some-model");
    expect(new Set(usage.slice(1))).toEqual(new Set(["demo"]));

    expect((await stage.sparky.run("chats", "set", chat.id)).stdout).toMatch(/^demo\s+here/m);
    await stage.sparky.run("chats", "set", chat.id, "--model", "default");
    await page.getByRole("button", { name: "Model: compatible/some-model" }).waitFor();
    // What cannot be used is refused with the reason, and nothing changes.
    await page.getByRole("button", { name: "Model: compatible/some-model" }).click();
    await dialog.getByRole("radio", { name: "Another model" }).check();
    await dialog.getByRole("textbox", { name: "Its name" }).fill("anthropic/claude-sonnet-5-5");
    await dialog.getByRole("button", { name: "Use it" }).click();
    await dialog.getByRole("alert").getByText("ANTHROPIC_API_KEY is not set").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Model: compatible/some-model" }).waitFor();
    expect(tab.complaints.filter((text) => !text.includes("400 (Bad Request)"))).toEqual([]);
  });

  test("the model and the effort may be chosen before the first message, and no chat is made for that", async () => {
    const tab = await (await stage.device()).tab("/chats/new");
    const chats = async () => (await stage.sparky.api<List<Chat>>("GET", "/api/chats")).items;
    const before = (await chats()).length;
    await tab.page.getByRole("button", { name: "Model: compatible/some-model" }).click();
    const dialog = tab.page.getByRole("dialog", { name: "Model and effort of this chat" });
    await dialog.getByRole("radio", { name: /^demo/ }).check();
    await dialog.getByRole("combobox", { name: "How hard it thinks" }).selectOption("high");
    await dialog.getByRole("button", { name: "Use it" }).click();
    await tab.page.getByRole("button", { name: "Model: demo · high" }).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    expect(await chats()).toHaveLength(before);
    await say(tab, "What time is it?");
    await tab.conversation.getByText("current_time").first().waitFor();
    await tab.page.getByRole("button", { name: "Model: demo · high" }).waitFor();
    expect((await chats())[0]).toMatchObject({ model: "demo", effort: "high" });
  });

  test("the ring tells by click how full the window was, of what, and what is not known; the cost is told where a price is", async () => {
    const { tab, page } = await opened();
    expect(await page.getByRole("button", { name: /^Context: / }).count()).toBe(0);
    await say(tab, "Something short");
    await tab.conversation.getByText("A short answer.").waitFor();
    await tab.runEnded();
    const ring = page.getByRole("button", { name: /^Context: .* tokens, of a window that is not known$/ });
    await ring.click();
    const dialog = page.getByRole("dialog", { name: "Context" });
    await dialog.getByText("not known; Sparky takes it for 32,000 tokens").waitFor();
    await dialog.getByText("estimated: the server does not tell").waitFor();
    await dialog.getByText("Nothing of the conversation was left out.").waitFor();
    const rows = await dialog.getByRole("row").allTextContents();
    expect(rows).toEqual([
      expect.stringMatching(/^Instructions[\d,]+$/),
      expect.stringMatching(/^Tools[\d,]+$/),
      expect.stringMatching(/^Messages and results[\d,]+$/),
    ]);
    await dialog.getByText(/that was \$\d+\.\d\d\.$/).waitFor();
    // What the next answer would begin with, word by word.
    await dialog.getByText("What the next answer begins with").click();
    await expect.poll(() => dialog.getByText("compatible/some-model · low").count()).toBe(2);
    await dialog.getByText(/^About [\d,]+ tokens, \$\d+\.\d+, as Sparky estimates them\.$/).waitFor();
    await dialog.getByText("You are Sparky, an agent that works for people").waitFor();
    await dialog.getByText("Conversation, 2 messages").waitFor();
    await dialog.getByText("A short answer.").waitFor();
    await page.keyboard.press("Escape");
    expect(
      await page
        .locator("header")
        .getByText(/tokens · \$\d+\.\d\d$/)
        .count(),
    ).toBeGreaterThan(0);

    // A model without a price, whose window is known.
    await page.getByRole("button", { name: /^Model: / }).click();
    await page.getByRole("radio", { name: /^demo/ }).check();
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByRole("button", { name: "Model: demo" }).waitFor();
    await say(tab, "What time is it?");
    await page.getByRole("button", { name: /^Context: .* of 400\.0k tokens, \d+ %$/ }).waitFor();
    // The same after a reload, by the server's own fold.
    const words = await page.getByRole("button", { name: /^Context: / }).getAttribute("aria-label");
    await tab.runEnded();
    await page.reload();
    await page.getByRole("button", { name: /^Context: .* of 400\.0k tokens/ }).waitFor();
    expect(words).toMatch(/^Context: /);
    expect(tab.complaints).toEqual([]);
  });

  test("a chat is exported whole, as Markdown and as JSON, as the command line does", async () => {
    const { tab, page, chat } = await opened();
    await say(tab, "Something short");
    await tab.conversation.getByText("A short answer.").waitFor();
    await tab.runEnded();
    for (const [format, name] of [
      ["md", "Export as Markdown"],
      ["json", "Export as JSON"],
    ] as const) {
      await page.getByRole("button", { name: /^Rename, archive/ }).click();
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name }).click()]);
      expect(download.suggestedFilename()).toBe(`tea-cake-${chat.id.replace(/\W/g, "").slice(0, 8)}.${format}`);
      const { stdout } = await stage.sparky.run("chats", "export", chat.id, "--format", format);
      expect(await readFile(await download.path(), "utf8")).toBe(stdout);
      expect(stdout).toContain("A short answer.");
    }
    expect(tab.complaints).toEqual([]);
  });

  test.each([
    { width: 320, colorScheme: "light" },
    { width: 390, colorScheme: "dark" },
  ] as const)("on a phone of $width px it is a name and one menu, in $colorScheme", async ({ width, colorScheme }) => {
    const { tab, page } = await opened({ viewport: { width, height: 640 }, hasTouch: true, colorScheme });
    await say(tab, "Something short");
    await tab.conversation.getByText("A short answer.").waitFor();
    await tab.runEnded();
    const header = page.locator("header").filter({ has: page.getByRole("heading", { name: "Tea & cake" }) });
    await expect.poll(() => header.getByRole("button").count()).toBe(1);
    const menu = page.getByRole("button", { name: /^Rename, archive/ });
    await menu.click();
    await page
      .locator("[popover]")
      .getByText(/tokens · \$/)
      .waitFor();
    await page.getByRole("link", { name: "Export as JSON" }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole("button", { name: /^Context: / }).click();
    await page.getByRole("dialog", { name: "Context" }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await menu.click();
    await page.getByRole("button", { name: /^Model: / }).click();
    await page.getByRole("radio").first().waitFor();
    expect(await faultsOf(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(tab.complaints).toEqual([]);
  });
});

async function say(tab: Tab, text: string): Promise<void> {
  // A dialog that is about to close holds the focus until then.
  await tab.page.getByRole("dialog").waitFor({ state: "detached" });
  await tab.composer.fill(text);
  await tab.composer.press("Enter");
}
