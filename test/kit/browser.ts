import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium, firefox, request, type Browser, type BrowserContext, type Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { formOf } from "./sign-in.ts";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];
/** Where the system has Chromium. */
export const program = PLACES.find((path) => existsSync(path));
/** The same engine with nothing around its pages: most of what a browser costs a test is its own windows. */
const SHELL = "/usr/bin/chromium-headless-shell";

const FIREFOX_PLACES = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];
const firefoxProgram = FIREFOX_PLACES.find((path) => existsSync(path));

/** `--no-sandbox` because tests also run as root in containers; the rest keeps the browser off the network. */
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
FLAGS.push("--disable-component-update", "--disable-sync");

/** A suite that needs Chromium: skipped loudly where there is none, but failing there when CI is set. */
export function describeInBrowser(name: string, suite: () => void): void {
  if (program !== undefined) return void describe(name, suite);
  needs("Chromium", PLACES, name);
}

/** A suite that is run in Chromium, and once more in Firefox: each is skipped or fails as above where it is missing. */
export function describeInBrowsers(name: string, suite: (launch: () => Promise<Browser>) => void): void {
  describeInBrowser(`${name}, in Chromium`, () => suite(launchWholeBrowser));
  if (firefoxProgram === undefined) return needs("Firefox", FIREFOX_PLACES, name);
  describe(`${name}, in Firefox`, () => suite(launchFirefox));
}

function needs(browser: string, places: readonly string[], name: string): void {
  const message = `NO ${browser.toUpperCase()} FOUND (looked for ${places.join(", ")})`;
  if (process.env["CI"]) return void describe(name, () => test(`needs ${browser}`, () => expect.fail(message)));
  console.warn(`\n${"!".repeat(100)}\n${message}\nSKIPPED, NOT TESTED: ${name}\n${"!".repeat(100)}\n`);
  describe.skip(name, () => test(`needs ${browser}`, () => {}));
}

/** The system's Chromium for tests of pages: its shell, where there is one. Close it, or declare it with `await using`. */
export function launchBrowser(): Promise<Browser> {
  return launchChromium(existsSync(SHELL) ? SHELL : program);
}

/** The system's Chromium as people have it, without a window: for what it does beside showing pages. */
export function launchWholeBrowser(): Promise<Browser> {
  return launchChromium(program);
}

function launchChromium(path = "chromium"): Promise<Browser> {
  return chromium.launch({ executablePath: path, args: FLAGS, timeout: 60_000 });
}

/** The system's own Firefox, over WebDriver BiDi: neither emulation of media nor stored sign-ins work there. */
async function launchFirefox(): Promise<Browser> {
  return firefox.launch({
    channel: "moz-firefox",
    executablePath: join(import.meta.dirname, "firefox/for-playwright.mjs"),
    env: { ...process.env, FIREFOX: firefoxProgram ?? "firefox" },
    timeout: 60_000,
  });
}

/** What a browser begins with in which somebody is signed in. */
export type SignIn = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** The sign-in of somebody whose welcome is over, by a link: for tests that are about what comes after, without a page of its own. */
export async function signInByLink(link: string): Promise<SignIn> {
  const { origin, searchParams } = new URL(link);
  const browser = await request.newContext({ extraHTTPHeaders: { origin } });
  try {
    const { csrf_token } = formOf(await (await browser.get(link)).text(), []);
    const form = { token: searchParams.get("token") ?? "", csrf_token };
    await browser.post(`${origin}/login`, { form, maxRedirects: 0 });
    const answer = await browser.patch(`${origin}/api/me`, { data: { welcome: "done" } });
    expect(answer.status()).toBe(200);
    return await browser.storageState();
  } finally {
    await browser.dispose();
  }
}

/** Opens a sign-in link and presses its button. */
export async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: /^Sign in as / }).click();
  await page.waitForURL(({ pathname }) => pathname === "/" || pathname === "/welcome");
}

/** The same, by somebody whose welcome is over; so the page shown is Home. */
export async function openLink(page: Page, link: string): Promise<void> {
  await signIn(page, link);
  const { origin } = new URL(page.url());
  const headers = { origin };
  const me: unknown = await (await page.request.get(`${origin}/api/me`)).json();
  if (typeof me !== "object" || me === null || !("welcome" in me)) return;
  await page.request.patch(`${origin}/api/me`, { data: { welcome: "done" }, headers });
  await page.goto(`${origin}/`);
}
