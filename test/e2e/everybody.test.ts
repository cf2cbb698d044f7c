import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Chat, List, Task } from "../../src/wire/api.ts";
import type { FoundNode } from "../../src/wire/graph.ts";
import type { Schedule } from "../../src/wire/schedules.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { faultsByKeyboard } from "./keyboard.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const WORK = 'Check knowledge graph stats, then write "hello" to a.txt, then read missing.txt';
const ARABIC = "مرحبا بالعالم";
const HEBREW = "שלום עולם";

describeInBrowser("for everybody", () => {
  let stage: Stage;
  let arabic: Chat;
  /** Every screen and its main states, by address. */
  let addresses: readonly string[];
  beforeAll(async () => {
    stage = await Stage.open({ SPARKY_SHELL: "host" });
    const { sparky } = stage;
    const done = await sparky.addTask(WORK, "--wait");
    const asking = await sparky.addTask('Run the command "echo hello"');
    await sparky.addTask("Come back", "--at", "2999-01-01T00:00:00Z");
    const schedule = { name: "hourly", description: "Tells the time", when: "cron(5 * * * *)", prompt: "Time?" };
    await sparky.api<Schedule>("POST", "/api/schedules", schedule);
    arabic = await sparky.api<Chat>("POST", "/api/chats", { title: ARABIC });
    await sparky.api("POST", `/api/chats/${arabic.id}/tags`, { add: ["tea"] });
    const { runId } = await sparky.task(done.id);
    await sparky.addTask("Remember that Alice is a person", "--wait");
    const [alice] = (await sparky.api<List<FoundNode>>("GET", "/api/graph/search?q=alice")).items;
    expect(alice).toMatchObject({ name: "Alice" });
    addresses = [
      ...["/", "/chats", "/chats/new", `/chats/${done.chatId}`, `/chats/${asking.chatId}`, "/chats/nowhere"],
      ...["/tasks", `/tasks?open=${done.id}`, "/tasks?status=failed"],
      ...[`/runs/${runId}`, `/runs/${runId}?step=1`, `/runs/${runId}?tab=transcript`, `/runs/${runId}?tab=events`],
      ...["/schedules", "/schedules?new=true", "/schedules/hourly", "/schedules/hourly?edit=true"],
      ...["/inbox", "/inbox?show=history"],
      ...["/memory", "/memory?q=alice", `/memory/nodes/${alice?.id}`, "/memory/check", "/memory/duplicates"],
      ...["/memory/me", "/memory/review"],
      ...["/tools", "/tools?show=servers", "/tools?show=skills", "/tools?show=secrets", "/nowhere"],
      ...["/welcome", "/welcome?step=tools", "/welcome?step=schedules"],
      ...[
        "profile",
        "sign-in",
        "look",
        "time",
        "events",
        "notifications",
        "models",
        "tokens",
        "people",
        "work",
        "audit",
        "about",
      ].map((id) => `/settings/${id}`),
    ];
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  async function shown(tab: Tab, address: string): Promise<void> {
    await tab.go(address);
    await tab.connection("live");
    await tab.page.locator("main :is(h1, h2, p)").first().waitFor({ state: "attached" });
    await tab.page
      .getByText(/^(Loading|Connecting|Searching)\b.*…$/)
      .first()
      .waitFor({ state: "detached" });
  }
  const complaintsOf = (tab: Tab) => tab.complaints.filter((text) => !/404 \(Not Found\)/.test(text));

  test("every screen passes axe with high contrast", async () => {
    const tab = await (await stage.device("owner", { contrast: "more" })).tab("/");
    const faults: string[] = [];
    for (const address of addresses) {
      await shown(tab, address);
      expect(await tab.page.evaluate(() => document.documentElement.dataset["contrast"])).toBe("more");
      faults.push(...(await faultsOf(tab.page)).map((fault) => `${address}: ${fault}`));
    }
    expect(faults).toEqual([]);
    expect(complaintsOf(tab)).toEqual([]);
  });

  test("every screen fits a phone of 320 pixels and a window enlarged to 200 % and 400 %, with room left for what it shows", async () => {
    const tab = await (await stage.device()).tab("/");
    const faults: string[] = [];
    for (const address of addresses) {
      await tab.page.setViewportSize({ width: 320, height: 568 });
      await shown(tab, address);
      for (const [size, width, height] of [
        ["a phone", 320, 568],
        ["200 %", 640, 400],
        ["400 %", 320, 200],
      ] as const) {
        await tab.page.setViewportSize({ width, height });
        const { over, room } = await tab.page.evaluate(async () => {
          await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
          const { scrollWidth, clientWidth } = document.documentElement;
          const main = document.querySelector("main");
          return { over: scrollWidth - clientWidth, room: main?.clientHeight ?? 0 };
        });
        if (over > 0) faults.push(`${address} at ${size}: ${over} pixels too wide`);
        if (room < 200) faults.push(`${address} at ${size}: ${room} pixels high`);
      }
    }
    expect(faults).toEqual([]);
  });

  test("every screen can be gone through with Tab: each thing is reached, seen and left", async () => {
    const tab = await (await stage.device()).tab("/");
    const faults: string[] = [];
    for (const address of addresses) {
      await shown(tab, address);
      faults.push(...(await faultsByKeyboard(tab.page)).map((fault) => `${address}: ${fault}`));
    }
    expect(faults).toEqual([]);
    expect(complaintsOf(tab)).toEqual([]);
  });

  test("a dialog, a menu and the palette open by key, keep the focus, close by Escape and give it back", async () => {
    const tab = await (await stage.device()).tab("/tasks");
    const focused = () => tab.page.evaluate(() => document.activeElement?.textContent ?? "");
    const within = (element: Locator) => element.evaluate((each) => each.contains(document.activeElement));
    await tab.page.getByRole("button", { name: "New task" }).focus();
    await tab.page.keyboard.press("Enter");
    const dialog = tab.page.getByRole("dialog");
    await dialog.waitFor();
    expect(await within(dialog)).toBe(true);
    await tab.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await expect.poll(focused).toBe("New task");

    await tab.page.keyboard.press("Control+k");
    const palette = tab.page.getByRole("dialog", { name: "Search and commands" });
    await palette.waitFor();
    expect(await within(palette)).toBe(true);
    await tab.page.keyboard.press("Escape");
    await palette.waitFor({ state: "detached" });
    await expect.poll(focused).toBe("New task");

    await tab.go("/chats");
    const more = tab.page.getByRole("button", { name: /^More about/ }).first();
    await more.focus();
    await tab.page.keyboard.press("Enter");
    const pin = tab.page.getByRole("button", { name: "Pin", exact: true });
    await pin.waitFor();
    await tab.page.keyboard.press("Tab");
    expect(await focused()).toBe("Pin");
    await tab.page.keyboard.press("Escape");
    await pin.waitFor({ state: "hidden" });
    expect(await within(more)).toBe(true);
    expect(tab.complaints).toEqual([]);
  });

  test("what is written from right to left stands so wherever it stands, and nothing around it turns", async () => {
    const { sparky } = stage;
    await sparky.api("POST", `/api/chats/${arabic.id}/messages`, { text: HEBREW });
    const task = await sparky.api<Task>("POST", "/api/tasks", { instruction: ARABIC, runAt: "2999-01-01T00:00:00Z" });
    const tab = await (await stage.device()).tab(`/chats/${arabic.id}`);
    const direction = (element: Locator) => element.evaluate((each) => getComputedStyle(each).direction);
    const words = (text: string) => tab.page.locator("main").getByText(text, { exact: true });
    await tab.conversation.getByText(HEBREW).first().waitFor();
    expect(await direction(tab.conversation.getByText(HEBREW).first())).toBe("rtl");
    expect(await direction(tab.page.getByRole("heading", { name: ARABIC }))).toBe("rtl");
    expect(await direction(tab.chatLink(arabic.id).getByText(ARABIC))).toBe("rtl");
    await tab.composer.fill(ARABIC);
    expect(await direction(tab.composer)).toBe("rtl");
    await tab.composer.fill("left");
    expect(await direction(tab.composer)).toBe("ltr");
    expect(await direction(tab.conversation)).toBe("ltr");
    await tab.composer.fill("");
    await tab.go("/tasks");
    expect(await direction(words(ARABIC).first())).toBe("rtl");
    await tab.go(`/tasks?open=${task.id}`);
    await tab.page.getByRole("complementary", { name: "Task" }).getByText(ARABIC).last().waitFor();
    for (const each of await tab.page.locator("main").getByText(ARABIC, { exact: true }).all()) {
      expect(await direction(each), await each.evaluate((element) => element.outerHTML)).toBe("rtl");
    }
    expect(tab.complaints).toEqual([]);
  });

  test("from right to left stand a message on its way, what is asked and answered, what was done meanwhile, and what is found", async () => {
    const { sparky } = stage;
    const device = await stage.device();
    const tab = await device.tab(`/chats/${arabic.id}`);
    const { page } = tab;
    const isRightToLeft = (element: Locator) =>
      expect.poll(() => element.first().evaluate((each) => getComputedStyle(each).direction)).toBe("rtl");
    await tab.connection("live");
    await tab.composer.waitFor();
    device.network.cut();
    await tab.composer.fill(HEBREW);
    await tab.composer.press("Enter");
    await isRightToLeft(tab.conversation.locator("[data-outbox]").getByText(HEBREW));
    device.network.restore();
    await tab.connection("live");

    const done = await sparky.addTask(`${ARABIC}, ${HEBREW}`);
    const asking = await sparky.addTask(`Ask the user "${HEBREW}" choices ["${ARABIC}","Red"]`);
    await tab.go("/inbox");
    const card = page.locator("article[data-question-id]", { hasText: HEBREW });
    await isRightToLeft(card.getByText(HEBREW, { exact: true }));
    await isRightToLeft(card.getByRole("button", { name: ARABIC }));
    await card.getByRole("textbox", { name: "Your answer" }).fill(ARABIC);
    await isRightToLeft(card.getByRole("textbox", { name: "Your answer" }));
    await card.getByRole("button", { name: ARABIC }).click();
    await card.waitFor({ state: "detached" });
    await tab.go("/inbox?show=history");
    const past = page.locator('[data-question-state="answered"]', { hasText: HEBREW });
    await isRightToLeft(past.getByText(HEBREW));
    await isRightToLeft(past.getByText(ARABIC));

    await tab.go("/");
    await isRightToLeft(page.locator("[data-away]").getByText(done.instruction, { exact: true }));
    await page.getByText("As a table").click();
    await isRightToLeft(page.getByRole("table").getByRole("link", { name: done.instruction, exact: true }));
    await page.keyboard.press("Control+k");
    const palette = page.getByRole("dialog", { name: "Search and commands" });
    await palette.getByRole("combobox").fill(done.instruction);
    await isRightToLeft(palette.getByRole("option").getByText(done.instruction, { exact: true }));
    expect(await page.evaluate(() => getComputedStyle(document.body).direction)).toBe("ltr");
    for (const { id } of [done, asking]) await sparky.api("DELETE", `/api/tasks/${id}`).catch(() => undefined);
    expect(tab.complaints).toEqual([]);
  });

  test("nothing moves where the system asks for less motion", async () => {
    const moving = async (reducedMotion: "reduce" | "no-preference") => {
      const tab = await (await stage.device("owner", { reducedMotion })).tab("/chats/new");
      await tab.connection("live");
      return tab.page.evaluate(() => {
        const parts = ["spin", "transition-opacity motion-reduce:transition-none"].map((name) => {
          const part = document.body.appendChild(document.createElement("i"));
          part.className = name;
          const { animationName, transitionProperty } = getComputedStyle(part);
          part.remove();
          return [animationName, transitionProperty];
        });
        return { parts, running: document.getAnimations().length };
      });
    };
    expect(await moving("reduce")).toMatchObject({
      parts: [
        ["none", "all"],
        ["none", "none"],
      ],
      running: 0,
    });
    // Otherwise they would, so that this can fail.
    expect((await moving("no-preference")).parts).toEqual([
      ["spin", "all"],
      ["none", "opacity"],
    ]);
  });
});
