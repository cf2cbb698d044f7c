import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { List, Task } from "../../src/wire/api.ts";
import type { Approval } from "../../src/wire/approvals.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

// The pictures of the README. `npm run screenshots` takes them; the test compares what they show with the screens of today.

const ROOT = join(import.meta.dirname, "../..");
const IMAGES = join(ROOT, "docs/images");
const WRITES = process.env["PICTURES"] === "write";

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "light" | "dark";
  readonly scale: number;
  readonly ready: (tab: Tab) => Promise<unknown>;
}

/** What a screen is made of and how it looks, without what is never the same twice. */
async function shownBy(tab: Tab): Promise<string> {
  const look = createHash("sha256");
  for (const name of (await readdir(join(ROOT, "web/look"))).filter((each) => each.endsWith(".css")).toSorted()) {
    look.update(await readFile(join(ROOT, "web/look", name)));
  }
  return [`look ${look.digest("hex").slice(0, 16)}`, ...(await tab.page.evaluate(partsInView)), ""].join("\n");
}

/** Runs in the page: where one can go, its titles, its boxes and its buttons; not what was said, nor numbers. */
function partsInView(): string[] {
  const parts = document.querySelectorAll<HTMLElement>("nav[aria-label=Places] a, h1, h2, button, textarea");
  const found = [...parts].flatMap((part) => {
    if (!part.checkVisibility() || part.closest("[role=log], [popover], article") !== null) return [];
    const name = part.getAttribute("aria-label") ?? part.textContent;
    return [`${part.tagName.toLowerCase()} ${name.replace(/\d+/g, "0").replace(/\s+/g, " ").trim()}`];
  });
  return [...new Set(found)];
}

describeInBrowser("the pictures of the README", () => {
  test("show the screens of today: `npm run screenshots` takes them anew", async () => {
    await using stage = await Stage.open({ SPARKY_SHELL: "host" });
    const { sparky } = stage;
    const work =
      'Remember that the wiki lives at wiki.local, then write "All links work" to report.txt, then read report.txt';
    const task: Task = await sparky.addTask(work, "--wait");
    for (let n = 0; n < 3; n += 1) await sparky.addTask("Check knowledge graph stats", "--wait");
    await sparky.run("agent", "schedule", "enable", "reflection");
    await sparky.addTask('Run the command "df -h /home"');
    await vi.waitUntil(async () => (await sparky.api<List<Approval>>("GET", "/api/approvals")).items.length === 1, {
      timeout: 60_000,
      interval: 100,
    });
    const home = (tab: Tab) => tab.page.locator('[data-home="ready"]').waitFor();
    const chat = (tab: Tab) => tab.conversation.getByText("Task completed").waitFor();
    const pictures: readonly Picture[] = [
      { name: "home", path: "/", width: 1280, height: 840, colorScheme: "light", scale: 1, ready: home },
      {
        name: "run",
        path: `/chats/${task.chatId}`,
        width: 1280,
        height: 840,
        colorScheme: "light",
        scale: 1,
        ready: chat,
      },
      {
        name: "phone",
        path: `/chats/${task.chatId}`,
        width: 390,
        height: 844,
        colorScheme: "dark",
        scale: 2,
        ready: chat,
      },
    ];
    for (const { name, path, width, height, colorScheme, scale, ready } of pictures) {
      const device = await stage.device("owner", {
        ...{ viewport: { width, height }, colorScheme, deviceScaleFactor: scale, locale: "en-GB", timezoneId: "UTC" },
      });
      const tab = await device.tab(path);
      await tab.connection("live");
      await ready(tab);
      // Answers are set by a part of the page that comes later.
      if (name !== "home") await tab.conversation.locator("em").first().waitFor();
      await tab.page.evaluate(() => document.fonts.ready.then(() => undefined));
      await expect(await shownBy(tab), name).toMatchFileSnapshot(join(IMAGES, `${name}.txt`));
      if (WRITES) await tab.page.screenshot({ path: join(IMAGES, `${name}.png`) });
      expect(tab.complaints).toEqual([]);
    }
  });
});
