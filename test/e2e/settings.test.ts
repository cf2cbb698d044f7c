import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { describeInBrowser, launchBrowser, openLink } from "../kit/browser.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { claimRuns } from "../../src/store/runs/claim.ts";
import { forceCancel } from "../../src/store/endings/stop.ts";
import { faultsOf } from "./axe.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("the settings", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchBrowser()));
  afterAll(() => browser.close());

  async function scene(options: BrowserContextOptions = {}) {
    const store = await sqlite.store();
    const app = await chatServer(store, { webRoot: join(import.meta.dirname, "../../dist/web") });
    const base = (await app.listen()).replace(/\/$/, "");
    const { owner } = app.people;
    const { body: link } = await app.as(owner, "POST", "/api/users/owner/login-link", {});
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options });
    context.setDefaultTimeout(60_000);
    onTestFinished(() => context.close());
    const complaints: string[] = [];
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    await openLink(await context.newPage(), (link as { url: string }).url);
    const open = async (path: string): Promise<Page> => {
      const page = await context.newPage();
      await page.goto(base + path);
      await page.getByRole("heading", { name: "Settings", exact: true }).waitFor();
      return page;
    };
    return { app, store, owner, base, context, open, complaints };
  }

  test("has an address for each part, is found by its words, and is walked through by keyboard", async () => {
    const { open, complaints } = await scene();
    const page = await open("/settings");
    await page.getByText("Owner of this Sparky").waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("high contrast");
    await page.getByRole("option", { name: "Settings: appearance" }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/settings\/look$/);
    const parts = page.getByRole("navigation", { name: "Settings" });
    await parts.getByRole("link", { name: "Appearance" }).focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/settings\/time$/);
    // The focus stays where it was: the next part is one key away.
    expect(await parts.getByRole("link", { name: "Time" }).evaluate((link) => link === document.activeElement)).toBe(
      true,
    );
    for (const part of ["profile", "models", "tokens", "people", "work", "audit", "about"]) {
      await page.goto(new URL(`/settings/${part}`, page.url()).href);
      await page.getByRole("heading", { level: 2 }).first().waitFor();
    }
    await page.getByText(/^SQLite,/).waitFor();
    await page.goto(new URL("/settings/audit", page.url()).href);
    const audit = page.getByRole("list", { name: "Audit" });
    await audit.getByText("Signed in").first().waitFor();
    await audit.getByText("by a link").first().waitFor();
    await page.getByLabel("Show").selectOption("Deleted a chat");
    await page.getByText("Nothing of this kind yet").waitFor();
    await page.goto(new URL("/settings/tokens", page.url()).href);
    await page.getByLabel("Name").fill("deploy");
    await page.getByRole("checkbox", { name: /^Tasks:/ }).check();
    await page.getByRole("button", { name: "Make token" }).click();
    const shown = page.getByRole("status").filter({ hasText: "Keep it now" });
    await expect.poll(() => shown.locator("code").textContent()).toMatch(/^sparky_/);
    await page.getByRole("list", { name: "API tokens" }).getByText("read, tasks").waitFor();
    await page.getByRole("button", { name: "Revoke the token deploy" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText("deploy", { exact: true }).waitFor({ state: "detached" });
    await page.goto(new URL("/settings/models", page.url()).href);
    await page.getByRole("heading", { name: "Providers and keys" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("set in one tab counts in the other at once, for the page's times too, and is kept", async () => {
    const { app, owner, base, context, open, complaints } = await scene();
    const { body: chat } = await app.as(owner, "POST", "/api/chats", { title: "Clock" });
    const store = await app.as(owner, "POST", `/api/chats/${(chat as { id: string }).id}/messages`, { text: "Hello" });
    expect(store.status).toBe(202);
    const thread = await context.newPage();
    await thread.goto(`${base}/chats/${(chat as { id: string }).id}`);
    const time = thread.getByRole("article", { name: "owner" }).locator("time");
    await expect.poll(() => time.textContent()).toMatch(/^\d\d:\d\d$/);
    const page = await open("/settings/time");
    const isChosenAtOnce = await page.getByRole("radio", { name: /^12 hours/ }).evaluate(async (radio) => {
      (radio as HTMLInputElement).click();
      // Microtasks only: no frame in which it jumps back can be painted.
      for (let i = 0; i < 20; i++) await Promise.resolve();
      return (radio as HTMLInputElement).checked;
    });
    expect(isChosenAtOnce).toBe(true);
    await expect.poll(() => time.textContent()).toMatch(/[ap]m$/i);
    await page.getByLabel("Time zone").selectOption("Asia/Tokyo");
    const inTokyo = () =>
      time.evaluate((element) => {
        const style = { timeZone: "Asia/Tokyo", hour: "numeric", minute: "2-digit", hourCycle: "h12" } as const;
        const at = Date.parse(element.getAttribute("datetime") ?? "");
        return element.textContent === new Intl.DateTimeFormat(undefined, style).format(at);
      });
    await expect.poll(inTokyo).toBe(true);
    await page.goto(`${base}/settings/events`);
    await page.getByRole("switch", { name: "Bookkeeping" }).click();
    await thread.getByRole("log").getByText("Chat created").waitFor();
    await expect
      .poll(async () => (await app.as(owner, "GET", "/api/preferences")).body.set)
      .toEqual(["events.bookkeeping", "time.clock", "time.zone"]);
    await page.reload();
    await expect
      .poll(() => page.getByRole("switch", { name: "Bookkeeping" }).getAttribute("aria-checked"))
      .toBe("true");
    expect(complaints).toEqual([]);
  });

  test("hold a password of one's own, and the browsers that are signed in, each to be signed out", async () => {
    const { app, owner, base, open, complaints } = await scene();
    const { body: link } = await app.as(owner, "POST", "/api/users/owner/login-link", {});
    const other = await browser.newContext({ userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Firefox/133.0" });
    onTestFinished(() => other.close());
    const there = await other.newPage();
    await openLink(there, (link as { url: string }).url);
    const page = await open("/settings/sign-in");
    await page.getByLabel("New password", { exact: true }).fill("three small words");
    await page.getByLabel("The new password again").fill("three small words");
    await page.keyboard.press("Enter");
    await page.getByText("Your password is set.").waitFor();
    await page.getByRole("button", { name: "Sign out Firefox on Linux" }).click();
    await there.getByRole("heading", { name: "You are signed out" }).waitFor();
    await page.getByRole("button", { name: "Sign out Firefox on Linux" }).waitFor({ state: "detached" });
    await page.getByText("This browser").waitFor();
    await there.getByRole("link", { name: "sign in with it" }).click();
    await there.waitForURL(`${base}/login`);
    await there.getByLabel("Name").fill("owner");
    await there.getByLabel("Password").fill("three small words");
    await there.getByRole("button", { name: "Sign in" }).click();
    await there.getByRole("button", { name: "owner: account and settings" }).waitFor();
    // The present one is asked for from now on.
    await page.getByLabel("New password", { exact: true }).fill("others to remember");
    await page.getByLabel("The new password again").fill("others to remember");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("is not your password").waitFor();
    expect(complaints.filter((text) => !text.includes("403"))).toEqual([]);
  });

  test("give owners the people: a role, limits, who is shut out, an invitation whose link is shown once and that is withdrawn", async () => {
    const { app, base, open, complaints } = await scene();
    const page = await open("/settings/people");
    const people = page.getByRole("list", { name: "People" });
    const ann = people.locator('[data-account="ann"]');
    await ann.getByText("Member").waitFor();
    await page.getByRole("button", { name: "Role of ann" }).click();
    await page
      .getByRole("dialog")
      .getByRole("radio", { name: /^Viewer/ })
      .check();
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await ann.getByText("Viewer").waitFor();
    await page.getByRole("button", { name: "Sign-ins of ann" }).click();
    await ann.getByText("No browser is signed in.").waitFor();
    await page.getByRole("button", { name: "Disable bob" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Enable bob" }).click();
    await page.getByRole("button", { name: "Disable bob" }).waitFor();
    await page.getByRole("button", { name: "Limits of ann" }).click();
    await page.getByLabel("Tokens a day").fill("none");
    await page.getByText("A whole number above 0, or nothing").waitFor();
    await page.getByLabel("Tokens a day").fill("100000");
    await page.getByLabel("Dollars a month").fill("2.5");
    await page.getByLabel("Tasks at once").fill("2.5");
    await page.getByText("A whole number from 1 to 1000, or nothing").waitFor();
    await page.getByLabel("Tasks at once").fill("2");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect((await app.as(app.people.ann, "GET", "/api/users/ann/limits")).body.limits).toEqual({
      ...{ requestsPerDay: null, requestsPerMonth: null, tokensPerDay: 100_000, tokensPerMonth: null },
      ...{ dollarsPerDay: null, dollarsPerMonth: 2.5, tasksAtOnce: 2 },
    });
    await page.getByText("Nobody is invited.").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("cleo");
    await page.getByRole("button", { name: "Make link" }).click();
    const shown = page.getByRole("status").filter({ hasText: "Send it now" }).locator("code");
    await shown.waitFor();
    const link = (await shown.textContent()) ?? "";
    expect(link.startsWith(`${base}/invite?token=`)).toBe(true);
    await page.getByRole("button", { name: "Withdraw the invitation for cleo" }).click();
    await page.getByText("Nobody is invited.").waitFor();
    expect((await fetch(link)).status).toBe(401);
    await page.getByRole("link", { name: "Running work" }).click();
    await page.getByText("Nothing is at work.").waitFor();
    const { body } = await app.as(app.people.owner, "GET", "/api/users");
    expect(body.items).toMatchObject([{ name: "ann", role: "viewer" }, { name: "bob", disabled: false }, {}, {}]);
    expect(complaints).toEqual([]);
  });

  test("let an owner stop the work of somebody whose chat they do not see", async () => {
    const { app, store, open, complaints } = await scene();
    const { body: chat } = await app.as(app.people.ann, "POST", "/api/chats", { title: "quokka" });
    await app.as(app.people.ann, "POST", `/api/chats/${chat.id}/messages`, { text: "quokka" });
    const [turn] = await claimRuns(store, { kind: "turn", limit: 1 });
    const page = await open("/settings/work");
    const work = page.getByRole("list", { name: "Running work" });
    await work.locator('[data-work="ann"]').getByText("Working").waitFor();
    expect(await work.textContent()).not.toContain("quokka");
    await page.getByRole("button", { name: "Stop ann’s work: an answer in a chat" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Stop it" }).click();
    await work.locator('[data-work="ann"]').getByText("Stopping").waitFor();
    await work.getByRole("button").waitFor({ state: "detached" });
    await forceCancel(store, turn?.run.id ?? "");
    await page.getByText("Nothing is at work.").waitFor();
    expect(complaints).toEqual([]);
  });

  test("fits a phone and has no fault that axe knows, in light and dark", async () => {
    const { app, store, open, base } = await scene({ viewport: { width: 320, height: 700 }, colorScheme: "dark" });
    await app.as(app.people.ann, "POST", "/api/tasks", { instruction: "Read the news" });
    await claimRuns(store, { kind: "task", limit: 1 });
    const page = await open("/settings");
    for (const part of [
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
    ]) {
      await page.goto(`${base}/settings/${part}`);
      await page.getByRole("heading", { level: 2 }).first().waitFor();
      await page.getByText("…", { exact: true }).first().waitFor({ state: "detached" });
      for (const colorScheme of ["dark", "light"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await faultsOf(page), `${part} ${colorScheme}`).toEqual([]);
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, `${part}: wider than the phone`).toBeLessThanOrEqual(0);
    }
  }, 600_000);
});
