import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Task } from "../../src/wire/api.ts";
import { describeInBrowser, launchBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";
import { asked, type Line, RUN, said, toldChat } from "./told-chat.ts";

vi.setConfig({ testTimeout: 300_000 });

const CALL = { callId: "a", name: "web_fetch" } as const;
const LINES: readonly Line[] = [
  asked("First question"),
  { ...RUN, type: "thought", data: { text: "Hidden reasoning that is long enough." } },
  { ...RUN, type: "tool_use", data: { ...CALL, args: {}, effect: "external", summary: "https://a.test" } },
  { ...RUN, type: "tool_result", data: { ...CALL, ok: true, result: "x", durationMs: 9, size: 9 } },
  said("One."),
  { ...RUN, type: "status", data: { state: "completed", message: "Done" } },
  said("And this."),
];

describeInBrowser("how a thread is set", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchBrowser()));
  afterAll(() => browser.close());

  test.each([1440, 900, 390])(
    "all begins at one edge, and no message has an empty line below it, %i wide",
    async (width) => {
      const { tab } = await toldChat(browser, LINES, width);
      const { conversation, page } = tab;
      const answer = conversation.locator('[data-type="message"]', { hasText: "One." });
      await answer.waitFor();
      const places = {
        answer: answer.getByRole("article"),
        thought: conversation
          .getByRole("button", { name: /^Thought/ })
          .locator("svg")
          .first(),
        call: conversation.locator("[data-call-id]").locator("svg").first(),
        note: conversation.locator("[data-status]").locator("svg").first(),
        box: page.locator("form", { has: tab.composer }).locator("div:has(> textarea)"),
      };
      const left = async (name: keyof typeof places) => Math.round((await places[name].boundingBox())?.x ?? -1);
      const edge = await left("answer");
      for (const name of ["thought", "call", "note", "box"] as const) {
        expect(Math.abs((await left(name)) - edge), `${name} at ${await left(name)}, answer at ${edge}`).toBeLessThan(
          3,
        );
      }
      const { y, height } = (await answer.getByRole("article").boundingBox()) ?? { y: 0, height: 0 };
      const next = (await conversation.locator("[data-status]").boundingBox())?.y ?? 0;
      expect(next - (y + height)).toBeLessThan(20);

      // What is seldom seen lies over what comes next, for the pointer and for keys, and can be hit only then.
      const quote = answer.getByRole("button", { name: "Quote" });
      const opacity = () => answer.locator("[data-actions] > span").evaluate((each) => getComputedStyle(each).opacity);
      await page.mouse.move(1, 1);
      await expect.poll(opacity).toBe("0");
      await quote.focus();
      await expect.poll(opacity).toBe("1");
      expect(await faultsOf(page)).toEqual([]);
      await tab.composer.focus();
      await expect.poll(opacity).toBe("0");
      await answer.hover();
      await quote.click();
      await expect.poll(() => tab.composer.inputValue()).toBe("> One.\n\n");
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      expect(await conversation.evaluate((log) => log.scrollWidth <= log.clientWidth)).toBe(true);
      expect(tab.complaints).toEqual([]);
    },
  );

  test("a finger sees what can be done with a message, in a place of its own", async () => {
    const { base, chatId, context } = await toldChat(browser, LINES);
    const touch = await browser.newContext({
      viewport: { width: 390, height: 800 },
      hasTouch: true,
      isMobile: true,
      storageState: await context.storageState(),
    });
    const page = await touch.newPage();
    await page.goto(`${base}/chats/${chatId}`);
    const log = page.getByRole("log", { name: "Conversation" });
    const answer = log.locator('[data-type="message"]', { hasText: "One." });
    const buttons = answer.locator("[data-actions] > span");
    await buttons.waitFor();
    expect(await buttons.evaluate((each) => [getComputedStyle(each).opacity, getComputedStyle(each).position])).toEqual(
      ["1", "static"],
    );
    await answer.getByRole("button", { name: "Quote" }).tap();
    const box = page.getByRole("textbox", { name: "Message" });
    await expect.poll(() => box.inputValue()).toBe("> One.\n\n");
    await touch.close();
  });
});

describeInBrowser("a chat that waits for a yes", () => {
  let stage: Stage;
  let task: Task;
  beforeAll(async () => {
    stage = await Stage.open({ SPARKY_SHELL: "host" });
    task = await stage.sparky.addTask('Run the command "echo hello"');
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("says so at the call and in the bar, not at the head of the task nor below the box", async () => {
    const tab = await (await stage.device()).tab(`/chats/${task.chatId}`);
    await tab.conversation.locator('[data-call-state="asks"]').getByText("Waits for you").waitFor();
    await tab.runState("waiting");
    const main = (await tab.page.locator("main").textContent()) ?? "";
    expect(main.match(/wait(s|ing) for/gi), main).toHaveLength(2);
    await tab.page.getByText("A message takes the question back").waitFor();
    expect(tab.complaints).toEqual([]);
  });
});
