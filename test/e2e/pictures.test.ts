import { createHash } from "node:crypto";
import { glob, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { List, Task } from "../../src/wire/api.ts";
import type { Approval } from "../../src/wire/approvals.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

// The pictures of the README. `npm run screenshots` takes them, and writes beside each what it shows and which picture that is: nothing
// else writes either, so that neither can be renewed without the other. The test compares both with the screens of today.

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

const hashOf = (...parts: readonly Uint8Array[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 16);
};

/** What a screen is made of and how it looks, without what is never the same twice. */
async function shownBy(tab: Tab): Promise<string> {
  const sheets: string[] = [];
  for await (const name of glob("web/**/*.css", { cwd: ROOT })) sheets.push(name);
  expect(sheets.length).toBeGreaterThan(4);
  const styles = await Promise.all(sheets.toSorted().map((name) => readFile(join(ROOT, name))));
  return [`styles ${hashOf(...styles)}`, ...(await tab.page.evaluate(partsInView)), ""].join("\n");
}

/** Runs in the page: where one can go, its titles, boxes and buttons, the words of its thread, and the looks that all of them have; no numbers. */
function partsInView(): string[] {
  const isInView = (part: Element): boolean => {
    const { top, bottom, left, right } = part.getBoundingClientRect();
    return part.checkVisibility() && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
  };
  const told = (text: string): string =>
    text
      .replace(/\b(?=\w*\d)\w{8,}\b|(?<=^Task )\w{8}$/g, "ID")
      .replace(/\d+/g, "0")
      .replace(/\b0(\.0)? (ms|s|min)\b/g, "0 s")
      .replace(/\s+/g, " ")
      .trim();
  const parts = document.querySelectorAll<HTMLElement>("nav[aria-label=Places] a, h1, h2, button, textarea");
  const named = [...parts].flatMap((part) => {
    if (!isInView(part) || part.closest("[role=log], [popover], article") !== null) return [];
    return [`${part.tagName.toLowerCase()} ${told(part.getAttribute("aria-label") ?? part.textContent)}`];
  });
  const rows = [...document.querySelectorAll<HTMLElement>("[role=log] [data-index]")].filter(isInView);
  const said = rows.flatMap((row) => row.innerText.split("\n").map((line) => `says ${told(line)}`));
  const looks = [...document.querySelectorAll("body *")].filter(isInView).flatMap((part) => [...part.classList]);
  return [...new Set([...named, ...said.filter((line) => line !== "says ")]), ...[...new Set(looks)].toSorted()];
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
    // What the agent says is set by a part of the page that comes later: here the reason that it gives.
    const home = (tab: Tab) => tab.page.locator('[data-home="ready"] .prose').waitFor();
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
      const tab = await device.tab(path, "usual");
      await tab.connection("live");
      // What asks is there a moment before its run is seen to wait.
      await tab.page.locator('[data-agent-now="waiting"]').first().waitFor();
      await ready(tab);
      // And here its answers.
      if (name !== "home") await tab.conversation.locator("em").first().waitFor();
      await tab.page.evaluate(() => document.fonts.ready.then(() => undefined));
      const shown = await shownBy(tab);
      const [png, txt] = [join(IMAGES, `${name}.png`), join(IMAGES, `${name}.txt`)];
      if (WRITES) {
        const picture = await tab.page.screenshot({ path: png });
        await writeFile(txt, `picture ${hashOf(picture)}\n${shown}`);
      }
      expect(await readFile(txt, "utf8"), `${name}: npm run screenshots`).toBe(
        `picture ${hashOf(await readFile(png))}\n${shown}`,
      );
      expect(tab.complaints).toEqual([]);
    }
  });
});
