import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Chat } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { openMenu, Stage } from "./stage.ts";
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
    await expect.poll(() => row.textContent()).toMatch(/About green tea.*(It is|time)/s);
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
    await openMenu(tab.page.getByRole("button", { name: "More about Something else" }));
    await tab.page.getByRole("button", { name: "Pin", exact: true }).click();
    for (const each of [tab, elsewhere]) {
      await each.page.getByRole("region", { name: "Pinned" }).locator(`[data-chat-id="${other.id}"]`).waitFor();
    }
    await openMenu(tab.page.getByRole("button", { name: "More about Something else" }));
    expect(await faultsOf(tab.page)).toEqual([]);
    await tab.page.getByRole("button", { name: "Archive", exact: true }).click();
    await tab.chatLink(other.id).waitFor({ state: "detached" });
    await tab.page.getByRole("button", { name: "Archived" }).click();
    await openMenu(tab.page.getByRole("button", { name: "More about Something else" }));
    await tab.page.getByRole("button", { name: "Unpin" }).click();
    await tab.page.getByRole("region", { name: "Pinned" }).waitFor({ state: "detached" });
    await tab.chatLink(other.id).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("tags are put on a chat from its row and by the command line, and narrow the list by its address", async () => {
    const tab = await (await stage.device()).tab("/chats");
    await openMenu(tab.page.getByRole("button", { name: "More about About green tea" }));
    await tab.page.getByRole("button", { name: "Tags…" }).click();
    const dialog = tab.page.getByRole("dialog", { name: "Tags of this chat" });
    await dialog.getByRole("textbox", { name: "Tags" }).fill("Drinks, two  words");
    expect(await faultsOf(tab.page)).toEqual([]);
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    await tab.chatLink(mine.id).getByText("drinks, two words").waitFor();
    const told = await stage.sparky.json<{ tags: string[] }>("chats", "tag", mine.id, "--remove", "two words");
    expect(told).toEqual({ tags: ["drinks"] });
    await tab.chatLink(mine.id).getByText("drinks", { exact: true }).waitFor();
    await tab.page.getByRole("combobox", { name: "With the tag" }).selectOption("drinks");
    await expect.poll(() => titles(tab)).toBe(1);
    await expect.poll(() => new URL(tab.page.url()).search).toBe("?tag=drinks");
    await tab.page.reload();
    await tab.chatLink(mine.id).waitFor();
    expect(await titles(tab)).toBe(1);
    expect(tab.complaints).toEqual([]);
  });

  test("several are chosen by keys and Shift, and tagged, read, archived and deleted with one question each", async () => {
    const { sparky } = stage;
    const made: Chat[] = [];
    for (const n of [1, 2, 3, 4]) made.push(await sparky.api<Chat>("POST", "/api/chats", { title: `Bulk ${n}` }));
    const device = await stage.device();
    const tab = await device.tab("/chats?find=Bulk");
    const chosen = tab.page.getByRole("group", { name: "Chosen chats" });
    const box = (n: number) => tab.page.getByRole("checkbox", { name: `Choose: Bulk ${n}` });
    const answer = (words: RegExp) => tab.page.getByRole("dialog").getByRole("button", { name: words });
    await tab.page.getByRole("button", { name: "Choose several chats" }).click();
    // Newest first: 4, 3, 2, 1.
    await box(4).focus();
    await tab.page.keyboard.press("Space");
    await tab.page.keyboard.press("Shift+ArrowDown");
    await chosen.getByText("2 chosen").waitFor();
    await expect.poll(() => box(3).isChecked()).toBe(true);
    await tab.page.keyboard.press("Control+a");
    await chosen.getByText("4 chosen").waitFor();
    await tab.page.keyboard.press("Escape");
    await chosen.waitFor({ state: "detached" });
    await tab.page.getByRole("button", { name: "Choose all 4" }).click();
    await chosen.getByText("4 chosen").waitFor();
    await chosen.getByRole("button", { name: "Choose none" }).click();
    await chosen.waitFor({ state: "detached" });
    await box(4).check();
    await box(1).click({ modifiers: ["Shift"] });
    await chosen.getByText("4 chosen").waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);

    await chosen.getByRole("button", { name: "Tag…" }).click();
    await tab.page
      .getByRole("dialog", { name: "Tag 4 chats?" })
      .getByText("“Bulk 4”, “Bulk 3”, “Bulk 2” and 1 more.")
      .waitFor();
    await tab.page.getByRole("textbox", { name: "Tags to add" }).fill("bulk");
    expect(await faultsOf(tab.page)).toEqual([]);
    await answer(/^Tag 4 chats/).click();
    await tab.page.getByText("4 chats tagged.").waitFor();
    for (const { id } of made) await tab.chatLink(id).getByText("bulk", { exact: true }).waitFor();

    // What went in another tab meanwhile is told, and what could be done is done.
    await box(4).check();
    await box(3).check();
    await chosen.getByRole("button", { name: "Mark as read" }).click();
    await answer(/^Mark as read 2 chats/).click();
    await tab.page.getByText("2 chats marked as read.").waitFor();
    expect((await sparky.api<Chat>("GET", `/api/chats/${made[3]?.id}`)).seen).toBeGreaterThan(0);

    await box(4).check();
    await box(1).click({ modifiers: ["Shift"] });
    await chosen.getByRole("button", { name: "Archive" }).click();
    const question = tab.page.getByRole("dialog", { name: "Archive 4 chats?" });
    await question.waitFor();
    await sparky.run("chats", "delete", made[1]?.id ?? "", "--yes");
    await answer(/^Archive 4 chats/).click();
    await tab.page.getByText("3 chats archived. 1 chat not archived:").waitFor();
    await tab.page.getByText(/Bulk 2: .*not found/i).waitFor();

    await tab.page.getByRole("button", { name: "Archived", exact: true }).click();
    await tab.page.getByRole("searchbox", { name: "Search chats" }).fill("Bulk");
    await box(4).focus();
    await tab.page.keyboard.press("Control+a");
    await chosen.getByRole("button", { name: "Delete" }).click();
    await answer(/^Delete 3 chats/).click();
    await tab.page.getByText("3 chats deleted.").waitFor();
    await tab.page.getByText("No chat fits").waitFor();
    await tab.page.getByRole("button", { name: "Undo" }).click();
    for (const n of [0, 2, 3]) await tab.chatLink(made[n]?.id ?? "").waitFor();
    expect(tab.complaints.filter((text) => !/404 \(Not Found\)/.test(text))).toEqual([]);
  });
});
