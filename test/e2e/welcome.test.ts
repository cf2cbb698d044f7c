import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { LLMock } from "@copilotkit/aimock";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { Chat } from "../../src/wire/api.ts";
import { describeInBrowser, launchBrowser, signIn } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { Sparky } from "./sparky-process.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

// The owner's first sign-in, with a provider of real wire formats on loopback.

const KEY = "sk-ant-test-0123456789";
const MODEL = "anthropic/claude-sonnet-5-5";
const provider = new LLMock({ port: 0 });
beforeAll(() => provider.start());
beforeEach(() => provider.reset());
afterAll(() => provider.stop());

const accept = (): void => {
  provider.on({ userMessage: "single word" }, { content: "ok" });
  provider.on({ userMessage: "Hello there" }, { content: "Hello from the model." });
};
const refuse = (status: number): void => {
  provider.on({}, { error: { message: `no to ${KEY}`, type: "authentication_error" }, status });
};

describeInBrowser("the welcome", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  async function fresh(env: { readonly [name: string]: string } = {}, look: BrowserContextOptions = {}) {
    const sparky = await Sparky.start({ SPARKY_ENABLE_AGENT_LOOP: "true", ANTHROPIC_BASE_URL: provider.url, ...env });
    const context = await browser.newContext({ serviceWorkers: "block", ...look });
    context.setDefaultTimeout(60_000);
    const complaints: string[] = [];
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type()) && !/Service Worker|net::ERR_/.test(message.text()))
        complaints.push(message.text());
    });
    onTestFinished(async () => {
      await context.close();
      await sparky[Symbol.asyncDispose]();
      expect(complaints).toEqual([]);
    });
    const page = await context.newPage();
    await signIn(page, sparky.link);
    await page.waitForURL(({ pathname }) => pathname === "/welcome");
    const settings = async () => parseEnv(await readFile(join(sparky.home, ".env"), "utf8").catch(() => ""));
    return { sparky, context, page, settings };
  }

  const step = (page: Page, name: string) => page.locator(`[data-step="${name}"]`);
  const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).click();
  const paste = async (page: Page, key: string) => {
    await page.getByLabel("Key", { exact: true }).fill(key);
    await press(page, "Test it and use it");
  };
  const fits = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

  test("a wrong key is refused in words, the right one is used at once; reload and a second tab go on; done is done", async () => {
    const { sparky, context, page, settings } = await fresh();
    refuse(401);
    await paste(page, KEY);
    await page.getByRole("alert").getByText("The model’s provider does not accept the key").waitFor();
    await page.getByText("Nothing was changed.").waitFor();
    expect(await settings()).toEqual({});
    expect(await faultsOf(page)).toEqual([]);

    provider.reset();
    accept();
    await press(page, "Test it and use it");
    await page.getByText(`${MODEL} answered in`).waitFor();
    expect(await settings()).toEqual({ ANTHROPIC_API_KEY: KEY, SPARKY_MODEL: MODEL });
    expect(await page.getByLabel("Key", { exact: true }).inputValue()).toBe("");
    expect(await page.content()).not.toContain(KEY);

    await press(page, "Next");
    await step(page, "tools").getByText("Commands").waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await press(page, "Add servers");
    await page
      .getByLabel("Paste what the server’s own page shows")
      .fill('{ "mcpServers": { "notes": { "command": "/bin/false" } } }');
    await press(page, "Add to mcp.json");
    await step(page, "tools").getByText("notes").waitFor();

    await page.reload();
    await step(page, "tools").waitFor();
    const second = await context.newPage();
    await second.goto(`${sparky.url}/`);
    await step(second, "tools").waitFor();

    await press(second, "Next");
    await press(second, "Set it: A word in the morning");
    await second.getByText("morning_brief is set").waitFor();
    await second.getByRole("switch", { name: "Keep smart_maintenance on" }).click();
    await second.locator('[data-on="smart_maintenance"] [aria-checked="false"]').waitFor();
    expect(await faultsOf(second)).toEqual([]);
    await press(second, "Done");
    await second.waitForURL(({ pathname }) => pathname === "/");
    const schedules = await sparky.api<{ items: { name: string; state: string }[] }>("GET", "/api/schedules");
    expect(schedules.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "morning_brief", state: "enabled" }),
        expect.objectContaining({ name: "smart_maintenance", state: "disabled" }),
      ]),
    );

    // What the first tab still says of it does not begin it again.
    await press(page, "Next");
    await step(page, "schedules").waitFor();
    await page.goto(`${sparky.url}/`);
    await page.getByRole("list", { name: "Suggestions" }).waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toBe("/");

    const chat = await sparky.api<Chat>("POST", "/api/chats", {});
    await page.goto(`${sparky.url}/chats/${chat.id}`);
    await page.getByRole("textbox", { name: "Message" }).fill("Hello there");
    await page.keyboard.press("Enter");
    await page.getByText("Hello from the model.", { exact: true }).first().waitFor();
    expect(sparky.output).not.toContain(KEY);
    expect(JSON.stringify(await sparky.api("GET", "/api/models"))).not.toContain(KEY);
  });

  test("by keyboard on a dark phone, without a network: the key can be kept, and the welcome skipped for good", async () => {
    const phone = { viewport: { width: 360, height: 740 }, colorScheme: "dark", contrast: "more" } as const;
    const { sparky, page, settings } = await fresh({ ANTHROPIC_BASE_URL: "http://127.0.0.1:9" }, phone);
    await page.getByLabel("Key", { exact: true }).focus();
    await page.keyboard.insertText(KEY);
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("The model’s server cannot be reached").waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Keep it all the same" }).press("Enter");
    await page.getByText("Kept, without a test").waitFor();
    expect(await settings()).toMatchObject({ ANTHROPIC_API_KEY: KEY });
    for (const name of ["tools", "schedules"]) {
      await page.getByRole("button", { name: "Next" }).press("Enter");
      await step(page, name).waitFor();
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("welcome-step");
      expect(await fits(page)).toBe(true);
      expect(await faultsOf(page)).toEqual([]);
    }
    await page.getByRole("button", { name: "Skip the welcome" }).press("Enter");
    await page.waitForURL(({ pathname }) => pathname === "/");
    await page.reload();
    await page.getByRole("list", { name: "Suggestions" }).waitFor();

    await page.goto(`${sparky.url}/settings/models`);
    const row = page.locator('[data-provider="anthropic"]');
    await row.getByText("ANTHROPIC_API_KEY is set in Sparky’s own settings").waitFor();
    expect(await fits(page)).toBe(true);
    expect(await faultsOf(page)).toEqual([]);
    await row.getByRole("button", { name: "Remove key… of Anthropic" }).click();
    await row.getByRole("button", { name: "Yes, remove it" }).click();
    await row.getByText("no key is set").waitFor();
    expect(await settings()).toEqual({});
  });

  test("an answer that fails for its key is mended where it failed, and tried again without a restart", async () => {
    const { sparky, page } = await fresh();
    await press(page, "Skip the welcome");
    await page.waitForURL(({ pathname }) => pathname === "/");
    refuse(401);
    await sparky.api("POST", "/api/models/providers/anthropic", { key: "sk-ant-wrong-1", use: true, untested: true });
    const chat = await sparky.api<Chat>("POST", "/api/chats", { model: MODEL });
    await page.goto(`${sparky.url}/chats/${chat.id}`);
    const say = async (): Promise<void> => {
      await page.getByRole("textbox", { name: "Message" }).fill("Hello there");
      await page.keyboard.press("Enter");
    };
    await say();
    await page.getByText("The model’s provider does not accept the key").waitFor();
    provider.reset();
    accept();
    await press(page, "Model and key…");
    await paste(page, KEY);
    await page.getByText(`${MODEL} answered in`).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await press(page, "Back, to try again");
    await press(page, "Try again");
    await page.getByText("Hello from the model.", { exact: true }).first().waitFor();

    await sparky.api("DELETE", "/api/models/providers/anthropic");
    await page.goto(`${sparky.url}/chats/${chat.id}`);
    await say();
    await page.getByText("The model is not set up").waitFor();
    await page.getByRole("button", { name: "Model and key…" }).first().waitFor();
    // By the command line it is the same: the server that runs takes it up.
    expect(await sparky.run("config", "set", "SPARKY_MODEL", "demo")).toMatchObject({ code: 0 });
    expect((await sparky.run("doctor")).stdout).not.toContain("was changed since");
  });

  test("with a key of the environment nothing has to be set, and what is set here says what wins", async () => {
    accept();
    const { page, settings } = await fresh({ SPARKY_MODEL: MODEL, ANTHROPIC_API_KEY: KEY });
    await page.getByText("SPARKY_MODEL is set in the environment of the server").waitFor();
    await press(page, "Test it");
    await page.getByText(`${MODEL} answered in`).waitFor();
    await press(page, "Another key or model…");
    await paste(page, "sk-ant-another-1");
    await page.getByText("ANTHROPIC_API_KEY and SPARKY_MODEL are set where the server was started too").waitFor();
    expect(await settings()).toMatchObject({ ANTHROPIC_API_KEY: "sk-ant-another-1" });
  });
});
