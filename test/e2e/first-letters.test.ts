import type { Page, Route } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowser } from "../kit/browser.ts";
import { type Device, Stage } from "./stage.ts";
import { mayNotComplain } from "./thread-page.ts";

const WORDS = "Hello, are you there? It is 12:05";

/** Holds back what the page asks for at these addresses, until it is let go. */
async function hold(page: Page, what: RegExp): Promise<() => Promise<void>> {
  const held: Route[] = [];
  let isHeld = true;
  await page.route(what, (route) => (isHeld ? void held.push(route) : route.continue()));
  return async () => {
    isHeld = false;
    for (const route of held) await route.continue();
    await page.unroute(what);
  };
}

describeInBrowser("what is typed before there is a box", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({});
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  /** A page of a machine that is six times slower. */
  async function slowPage(device: Device): Promise<Page> {
    const page = await device.context.newPage();
    mayNotComplain(page);
    const devTools = await device.context.newCDPSession(page);
    await devTools.send("Emulation.setCPUThrottlingRate", { rate: 6 });
    return page;
  }

  test("stands in the box once it is there, on a slow machine too, and nothing of it is sent", async () => {
    const chat = await stage.sparky.api<{ id: string }>("POST", "/api/chats", { title: "Slow" });
    const device = await stage.device();
    const page = await slowPage(device);
    for (const path of ["/", `/chats/${chat.id}`, "/chats/new"]) {
      const letGo = await hold(page, /\/assets\/.*\.js$/);
      await page.goto(`http://127.0.0.1:${device.network.port}${path}`, { waitUntil: "commit" });
      await page.locator("#root").waitFor({ state: "attached" });
      await page.keyboard.type(`${WORDS}x`);
      await page.keyboard.press("Backspace");
      await page.keyboard.press("Enter");
      await letGo();
      const box = page.getByRole("textbox", { name: "Message" });
      await expect.poll(() => box.inputValue(), { message: path }).toBe(WORDS);
      await page.keyboard.type("!");
      await expect.poll(() => box.inputValue()).toBe(`${WORDS}!`);
      await box.fill("");
    }
    expect(await stage.sparky.log(chat.id)).toHaveLength(1);
  });

  test("goes with the chat that is being made of the words before", async () => {
    const device = await stage.device();
    const page = await slowPage(device);
    await page.goto(`http://127.0.0.1:${device.network.port}/`);
    const box = page.getByRole("textbox", { name: "Message" });
    await box.waitFor();
    const letGo = await hold(page, /\/api\/chats$/);
    await page.keyboard.type("What time is it?");
    await page.keyboard.press("Enter");
    await page.getByText("Making the chat…").waitFor();
    await page.keyboard.type("And ");
    const letChatGo = await hold(page, /\/api\/chats\/./);
    await letGo();
    await page.waitForURL(/\/chats\/.+/);
    await box.waitFor({ state: "detached" });
    // A question mark would open the list of keys, were it not for the box that is to come.
    await page.keyboard.type("the date?");
    expect(await box.count()).toBe(0);
    await letChatGo();
    await expect.poll(() => box.inputValue()).toBe("And the date?");
    await page.getByRole("link", { name: "Home" }).first().click();
    await page.getByRole("button", { name: "What can you do?" }).waitFor();
    expect(await box.inputValue()).toBe("");
  });

  test("is left to the page where there is no box", async () => {
    const { tab: open } = await stage.device();
    const tab = await open("/tasks");
    await tab.page.getByRole("searchbox").waitFor();
    await tab.page.keyboard.type("lost");
    await tab.page.getByRole("link", { name: "Home" }).first().click();
    await tab.composer.waitFor();
    expect(await tab.composer.inputValue()).toBe("");
    expect(tab.complaints).toEqual([]);
  });
});
