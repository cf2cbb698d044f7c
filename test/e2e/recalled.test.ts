import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Chat } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("what is recalled", () => {
  let stage: Stage;
  let earlier: Chat;
  beforeAll(async () => {
    stage = await Stage.open({ SPARKY_SHELL: "host" });
    earlier = await ask("The movers come on Friday with the big van.");
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  async function ask(text: string): Promise<Chat> {
    const { sparky } = stage;
    const chat = await sparky.api<Chat>("POST", "/api/chats", {});
    await sparky.api("POST", `/api/chats/${chat.id}/messages`, { text });
    const isOver = async () => (await sparky.api<Chat>("GET", `/api/chats/${chat.id}`)).lastRunState === "completed";
    await vi.waitUntil(isOver, { timeout: 60_000, interval: 100 });
    return chat;
  }

  test("for a run is shown in its thread, with why, and leads to the very message", async () => {
    const chat = await ask("When do the movers come with their van?");
    const tab = await (await stage.device()).tab(`/chats/${chat.id}`);
    const recalled = tab.conversation.locator("[data-recall]");
    await recalled.locator("summary").click();
    const link = recalled.getByRole("link", { name: /The movers come on Friday/ });
    await link.waitFor();
    await expect.poll(() => recalled.textContent()).toContain('"movers"');
    expect(await faultsOf(tab.page)).toEqual([]);
    await link.click();
    await tab.page.waitForURL(`**/chats/${earlier.id}?at=2`);
    await tab.conversation.getByText("The movers come on Friday").first().waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("what is remembered and forgotten is said in the thread, where it happened", async () => {
    const chat = await ask("Remember that my cat is called Tom");
    const tab = await (await stage.device()).tab(`/chats/${chat.id}`);
    await tab.conversation.getByText("Remembered: my cat is called Tom").waitFor();
    const { sparky } = stage;
    await sparky.api("POST", `/api/chats/${chat.id}/messages`, { text: "Forget that" });
    await tab.conversation.getByText("Forgotten, as owner asked").waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    expect((await sparky.api<{ items: unknown[] }>("GET", "/api/facts")).items).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  test("stands in the search box beside the exact search, though not all words are there", async () => {
    const tab = await (await stage.device()).tab("/chats");
    await tab.page.getByRole("button", { name: "Search and commands" }).waitFor();
    await tab.page.keyboard.press("Control+k");
    const palette = tab.page.getByRole("dialog", { name: "Search and commands" });
    await palette.getByRole("combobox").waitFor();
    await tab.page.keyboard.type("who is moving with a van on friday");
    const found = palette.getByRole("group", { name: "From memory" }).getByRole("option");
    await found.filter({ hasText: "The movers come on Friday" }).first().click();
    await tab.page.waitForURL(`**/chats/${earlier.id}?at=2`);
    expect(tab.complaints).toEqual([]);
  });
});
