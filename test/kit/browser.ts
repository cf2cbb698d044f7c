import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";
import { describe, expect, test } from "vitest";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];
/** Where the system has Chromium. */
export const program = PLACES.find((path) => existsSync(path));

/** `--no-sandbox` because tests also run as root in containers; the rest keeps the browser off the network. */
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
FLAGS.push("--disable-component-update", "--disable-sync");

/** A suite that needs Chromium: skipped loudly where there is none, but failing there when CI is set. */
export function describeInBrowser(name: string, suite: () => void): void {
  if (program !== undefined) return void describe(name, suite);
  const message = `NO CHROMIUM FOUND (looked for ${PLACES.join(", ")})`;
  if (process.env["CI"]) return void describe(name, () => test("needs Chromium", () => expect.fail(message)));
  console.warn(`\n${"!".repeat(100)}\n${message}\nSKIPPED, NOT TESTED: ${name}\n${"!".repeat(100)}\n`);
  describe.skip(name, suite);
}

/** The system's Chromium, without a window. Close it, or declare it with `await using`. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: program ?? "chromium", args: FLAGS, timeout: 60_000 });
}

/** Opens a sign-in link and presses its button. */
export async function openLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: /^Sign in as / }).click();
  await page.waitForURL((url) => url.pathname === "/");
}
