import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Chat } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("the list of chats", () => {
  let stage: Stage;
  let mine: Chat;
  let other: Chat;
  beforeAll(async () => {
    stage = await Stage.open({ SPARKY_SHELL: "host" });
    const { sparky } = stage;
    mine = await sparky.api<Chat>("POST", "/api/chats", { title: "About green tea" });
    other = await sparky.api<Chat>("POST", "/api/chats", { title: "Something else" });
    await sparky.api("POST", `/api/chats/${mine.id}/messages`, { text: "What time is it?" });
    await sparky.addTask("Check knowledge graph stats", "--wait");
    await vi.waitUntil(
      async () => (await sparky.api<Chat>("GET", `/api/chats/${mine.id}`)).lastRunState === "completed",
      {
        ...{ timeout: 60_000, interval: 100 },
      },
    );
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const list = (tab: Tab) => tab.page.getByRole("navigation", { name: "Chats", exact: true });
  const titles = (tab: Tab) => list(tab).locator("[data-chat-id]").count();

  test("shows what was said last and how much is unread; reading takes the count away, on every device", async () => {
    const device = await stage.device();
    const tab = await device.tab("/chats");
    const elsewhere = await (await stage.device()).tab("/chats");
    const row = tab.chatLink(mine.id);
    await row.locator("[data-unread]").waitFor();
    expect(await row.textContent()).toMatch(/About green tea.*(It is|time)/s);
    expect(await faultsOf(tab.page)).toEqual([]);
    await row.click();
    await tab.conversation.getByText("What time is it?").waitFor();
    await elsewhere.chatLink(mine.id).locator("[data-unread]").waitFor({ state: "detached" });
    expect([...tab.complaints, ...elsewhere.complaints]).toEqual([]);
  });

  test("is narrowed by origin and words, in its address", async () => {
    const tab = await (await stage.device()).tab("/chats");
    await tab.chatLink(mine.id).waitFor();
    const all = await titles(tab);
    expect(all).toBe(3);
    await tab.page.getByRole("button", { name: "Tasks", exact: true }).click();
    await tab.chatLink(mine.id).waitFor({ state: "detached" });
    await expect.poll(() => titles(tab)).toBe(1);
    await tab.page.getByRole("button", { name: "Mine" }).click();
    await tab.chatLink(other.id).waitFor();
    await tab.page.getByRole("searchbox", { name: "Search chats" }).fill("green");
    await tab.chatLink(other.id).waitFor({ state: "detached" });
    expect(await titles(tab)).toBe(1);
    await tab.page.reload();
    await tab.chatLink(mine.id).waitFor();
    expect(await titles(tab)).toBe(1);
    await tab.page.getByRole("searchbox", { name: "Search chats" }).fill("nothing like it");
    await tab.page.getByText("No chat fits").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("a row's menu pins it on top, for this person, and renames and archives it", async () => {
    const tab = await (await stage.device("owner", { colorScheme: "dark" })).tab("/chats");
    const elsewhere = await (await stage.device()).tab("/chats");
    await tab.page.getByRole("button", { name: "More about Something else" }).click();
    await tab.page.getByRole("button", { name: "Pin", exact: true }).click();
    for (const each of [tab, elsewhere]) {
      await each.page.getByRole("region", { name: "Pinned" }).locator(`[data-chat-id="${other.id}"]`).waitFor();
    }
    await tab.page.getByRole("button", { name: "More about Something else" }).click();
    expect(await faultsOf(tab.page)).toEqual([]);
    await tab.page.getByRole("button", { name: "Archive", exact: true }).click();
    await tab.chatLink(other.id).waitFor({ state: "detached" });
    await tab.page.getByRole("button", { name: "Archived" }).click();
    await tab.page.getByRole("button", { name: "More about Something else" }).click();
    await tab.page.getByRole("button", { name: "Unpin" }).click();
    await tab.page.getByRole("region", { name: "Pinned" }).waitFor({ state: "detached" });
    await tab.chatLink(other.id).waitFor();
    expect(tab.complaints).toEqual([]);
  });
});
