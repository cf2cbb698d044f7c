import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { startAgent } from "../kit/agent.ts";
import { describeInBrowser, launchBrowser, openLink } from "../kit/browser.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { gate, pause, say, scriptedModel } from "../kit/scripted-model.ts";
import type { User } from "../../src/wire/api.ts";
import { faultsOf } from "./axe.ts";

vi.setConfig({ testTimeout: 300_000 });

const PATIENT = { timeout: 60_000 };
const AGAIN = "This chat is no longer shared with you";

describeInBrowser("two people in two browsers", () => {
  let browsers: readonly Browser[];
  beforeAll(async () => void (browsers = await Promise.all([launchBrowser(), launchBrowser()])));
  afterAll(async () => void (await Promise.all(browsers.map((browser) => browser.close()))));

  /** A server with a chat of Ann's in which the agent works until it is let go on; she and Bob are each at a browser. */
  async function scene() {
    const store = await sqlite.store();
    const app = await chatServer(store, { webRoot: join(import.meta.dirname, "../../dist/web") });
    const goesOn = gate();
    const answer = [say("The roses are watered. "), pause(goesOn), say("The lilies too.")];
    await startAgent(store, { model: scriptedModel([answer]) });
    const base = (await app.listen()).replace(/\/$/, "");
    const { ann, bob } = app.people;
    const chat: string = (await app.as(ann, "POST", "/api/chats", { title: "The garden" })).body.id;
    const complaints: string[] = [];
    const at = async (browser: Browser | undefined, user: User): Promise<Page> => {
      const context = await browser?.newContext({ viewport: { width: 1280, height: 800 } });
      if (context === undefined) throw new Error("there is no browser");
      context.setDefaultTimeout(PATIENT.timeout);
      onTestFinished(() => context.close());
      context.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      const page = await context.newPage();
      await openLink(page, (await app.as(user, "POST", `/api/users/${user.name}/login-link`, {})).body.url);
      return page;
    };
    return {
      ...app,
      base,
      chat,
      goesOn,
      complaints,
      anns: await at(browsers[0], ann),
      bobs: await at(browsers[1], bob),
    };
  }

  const box = (page: Page) => page.getByRole("textbox", { name: "Message" });
  const log = (page: Page) => page.getByRole("log");
  const row = (page: Page, chat: string) => page.locator(`[data-chat-id="${chat}"]`);

  test("watch one run; who may only watch changes nothing; what is taken away in its middle is gone, and said so", async () => {
    const { as, people, base, chat, goesOn, complaints, anns, bobs } = await scene();
    await bobs.goto(`${base}/chats`);
    await anns.goto(`${base}/chats/${chat}`);
    await anns.getByRole("button", { name: "Share this chat" }).click();
    const dialog = anns.getByRole("dialog", { name: "Share this chat" });
    await dialog.getByLabel("With", { exact: true }).selectOption("bob");
    await dialog.getByLabel("To do what").selectOption("write");
    expect(await faultsOf(anns)).toEqual([]);
    await dialog.getByRole("button", { name: "Share", exact: true }).click();
    await dialog.locator('[data-share="bob"]').waitFor();

    // It comes into his list as hers, and he is told so in it.
    await row(bobs, chat).locator('[data-owner="ann"]').waitFor();
    // Those who see it can be mentioned, and are told of it with the way there.
    await anns.keyboard.press("Escape");
    await box(anns).pressSequentially("Water the garden, @");
    await anns.getByRole("option", { name: "@bob" }).waitFor();
    expect(await anns.locator('[data-offer="person"]').count()).toBe(1);
    await box(anns).press("Tab");
    await expect.poll(() => box(anns).inputValue()).toBe("Water the garden, @bob ");
    await box(anns).pressSequentially("and @owner");
    await box(anns).press("Enter");
    const told = bobs.locator("[data-notification]");
    await told.getByText("ann: Water the garden, @bob and @owner").waitFor();
    await told.getByRole("button", { name: /^For you: The garden/ }).click();
    for (const page of [anns, bobs]) {
      await expect.poll(() => log(page).locator("[data-mention]").allTextContents()).toEqual(["@bob"]);
    }
    await log(bobs).getByText("Shared with you, to write").waitFor();
    await box(bobs).fill("Mind the tulips");
    for (const page of [anns, bobs]) await log(page).getByText("The roses are watered.").waitFor();
    await bobs.getByRole("button", { name: /^Stop/ }).waitFor();
    await bobs.locator('[data-watching="ann"]').waitFor();
    await anns.getByText("bob is watching").waitFor();

    // Each sees what they want of it, and what one wants to see changes nothing for the other.
    await as(people.bob, "PATCH", "/api/preferences", { "events.bookkeeping": true, "events.states": false });
    await log(bobs).getByText("Chat created").waitFor();
    expect(await log(anns).getByText("Chat created").count()).toBe(0);
    expect((await as(people.ann, "GET", "/api/preferences")).body.set).toEqual([]);

    // To watch only: nothing to write in, nothing to stop; what he was writing is not lost.
    await anns.getByRole("button", { name: "Shared with 1 person" }).click();
    await dialog.getByLabel("What bob may do").selectOption("watch");
    await bobs.getByText("You may watch this chat, not write in it.").waitFor();
    expect(await box(bobs).count()).toBe(0);
    expect(await bobs.getByRole("button", { name: /^Stop/ }).count()).toBe(0);
    await bobs
      .getByRole("region", { name: /^What you had typed/ })
      .getByText("Mind the tulips")
      .waitFor();
    expect(await faultsOf(bobs)).toEqual([]);
    for (const [path, data] of [
      ["messages", { text: "Mind the tulips" }],
      ["stop", {}],
      ["shares", { user: "owner" }],
    ] as const) {
      const url = `${base}/api/chats/${chat}/${path}`;
      expect((await bobs.request.post(url, { data, headers: { origin: base } })).status()).toBe(403);
    }

    // Taken away while the agent works.
    await dialog.getByRole("button", { name: "Take it away from bob" }).click();
    await bobs.getByRole("heading", { name: AGAIN }).waitFor();
    await bobs.getByText("It is ann’s, who has taken it back or deleted it.").waitFor();
    await bobs.getByText("Mind the tulips").waitFor();
    expect(await bobs.getByRole("alert").count()).toBe(0);
    await row(bobs, chat).waitFor({ state: "detached" });
    await anns.getByText("bob is watching").waitFor({ state: "detached" });
    await anns.keyboard.press("Escape");
    goesOn.open();
    await log(anns).getByText("The lilies too.").waitFor();
    await anns.locator('[data-run-state="completed"]').first().waitFor({ state: "attached" });
    expect(await bobs.getByText("The roses are watered.").count()).toBe(0);
    expect(await bobs.getByText("The lilies too.").count()).toBe(0);
    expect(await faultsOf(bobs)).toEqual([]);
    expect(complaints.filter((text) => !/404 \(Not Found\)/.test(text))).toEqual([]);
  });
});
