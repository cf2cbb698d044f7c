import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

const MEMORY = join(import.meta.dirname, "../../node_modules/.bin/mcp-server-memory");
const PHONE = { width: 390, height: 844 };

describeInBrowser("the page of tools", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({});
    const servers = { broken: { command: "sh", args: ["-c", "echo no key is set >&2; exit 3"] } };
    await writeFile(join(stage.sparky.home, "mcp.json"), JSON.stringify({ mcpServers: servers }));
    const skill = join(stage.sparky.home, "skills/firing-clay");
    await mkdir(skill, { recursive: true });
    await writeFile(
      join(skill, "SKILL.md"),
      "---\nname: firing-clay\ndescription: How to fire clay. Use it for kilns.\n---\n\nHeat it slowly.\n",
    );
    await vi.waitUntil(
      async () => (await stage.sparky.api<{ items: readonly object[] }>("GET", "/api/mcp/servers")).items.length === 1,
      { timeout: 60_000, interval: 100 },
    );
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const serverIn = (tab: Tab, name: string) => tab.page.locator(`[data-server="${name}"]`);

  test("shows what the next model call holds, and each tool with its arguments and who may let it happen", async () => {
    const tab = await (await stage.device()).tab("/tools");
    const { items } = await stage.sparky.api<{ items: readonly { bytes: number }[] }>("GET", "/api/tools");
    const bytes = items.reduce((sum, tool) => sum + tool.bytes, 0);
    await tab.page.locator(`[data-next-call="${bytes}"]`).getByText(`describes ${items.length} tools`).waitFor();
    await expect.poll(() => tab.page.locator("[data-tool]").count()).toBe(items.length);
    await tab.page.getByRole("searchbox", { name: "Search tools" }).fill("web page");
    const row = tab.page.locator('[data-tool="web_fetch"]');
    await tab.page.locator('[data-tool="current_time"]').waitFor({ state: "detached" });
    await row.getByText("Only reads").waitFor();
    await row.locator("summary").first().click();
    await row.getByText("In schedules").waitFor();
    await row.getByLabel("Arguments").getByText('"url"').waitFor();
    await row.getByText("not called").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("changes who may let a tool's calls happen, and tells what became of them", async () => {
    const tab = await (await stage.device()).tab("/tools?q=current_time");
    const row = tab.page.locator('[data-tool="current_time"]');
    await row.locator("summary").first().click();
    await row.getByRole("combobox", { name: "In tasks: current_time" }).selectOption({ label: "Not allowed" });
    await row.getByText("Not allowed, in part").waitFor();
    const task = await stage.sparky.addTask("What time is it?", "--wait");
    const results = (await stage.sparky.logs(task.id)).filter(({ type }) => type === "tool_result");
    expect(results).toMatchObject([{ data: { name: "current_time", ok: false } }]);
    await tab.page.reload();
    await row.locator("summary").first().click();
    await row.getByText("1 call, 1 failed").waitFor();
    const kept = JSON.parse(await readFile(join(stage.sparky.home, "tools.json"), "utf8")) as object;
    expect(kept).toEqual({ current_time: { policy: { task: "deny" } } });
    expect(tab.complaints).toEqual([]);
  });

  test("tells that a sandboxed command runs unasked, and lets the owner say otherwise and take it back", async () => {
    const tab = await (await stage.device()).tab("/tools?q=shell_start");
    const row = tab.page.locator('[data-tool="shell_start"]');
    await row.getByText("Asks first with network", { exact: true }).first().waitFor();
    await row.locator("summary").first().click();
    await row.getByText("Runs unasked without network").first().waitFor();
    const inChats = row.getByRole("combobox", { name: "In chats: shell_start" });
    await expect.poll(() => inChats.inputValue()).toBe("default");
    await inChats.selectOption({ label: "Not allowed" });
    await row.getByText("Not allowed, in part").waitFor();
    await inChats.selectOption({ label: "By default" });
    await row.getByText("Not allowed, in part").waitFor({ state: "detached" });
    await expect.poll(() => row.getByText("Runs unasked without network").count()).toBe(3);
    expect(tab.complaints).toEqual([]);
  });

  test("adds a server by what its page shows, looks at its tools, turns it off and on, and takes it out", async () => {
    const tab = await (await stage.device()).tab("/tools?show=servers");
    await tab.page.getByRole("button", { name: "Add servers" }).click();
    const form = tab.page.getByRole("dialog");
    await form.getByRole("textbox").fill("{ no JSON");
    await form.getByRole("button", { name: "Add to mcp.json" }).click();
    await form.getByRole("alert").waitFor();
    await form
      .getByRole("textbox")
      .fill(JSON.stringify({ mcpServers: { memory: { command: MEMORY, sandbox: true } } }));
    await form.getByRole("button", { name: "Add to mcp.json" }).click();
    await form.waitFor({ state: "detached" });
    const card = serverIn(tab, "memory");
    await card.getByRole("button", { name: "Look at its tools" }).click();
    await card.getByText("Ready").waitFor();
    await card.getByText("9 tools").waitFor();
    await card.getByText("a program, sandboxed").waitFor();
    await tab.page.getByRole("button", { name: /^Tools/ }).click();
    const tool = tab.page.getByRole("region", { name: "From memory" }).locator("[data-tool]").first();
    await tool.locator("summary").first().getByText("Asks first").waitFor();
    const read = tab.page.locator('[data-tool="mcp__memory__read_graph"]');
    await read.locator("summary").first().click();
    await read.getByText("Try it").click();
    await read.getByRole("button", { name: "Call it now" }).click();
    await read.getByLabel("Result").getByText("entities").first().waitFor();
    await tab.page.getByRole("button", { name: /^Servers/ }).click();
    await card.getByRole("button", { name: "Restart" }).click();
    await card.and(tab.page.locator('[data-state="ready"]')).waitFor();
    await card.getByRole("switch", { name: "Use memory" }).click();
    await card.getByText("Off", { exact: true }).first().waitFor();
    await card.getByRole("switch", { name: "Use memory" }).click();
    await card.and(tab.page.locator(':not([data-state="disabled"])')).waitFor();
    await card.getByRole("button", { name: "Remove…" }).click();
    await card.getByRole("button", { name: "Yes, take it out of mcp.json" }).click();
    await card.waitFor({ state: "detached" });
    expect(tab.complaints.filter((text) => !/400 \(Bad Request\)/.test(text))).toEqual([]);
  });

  test("says why a server failed, with what it wrote", async () => {
    const tab = await (await stage.device()).tab("/tools?show=servers");
    const card = serverIn(tab, "broken");
    await card.getByRole("button", { name: "Look at its tools" }).click();
    await card.getByText("Failed", { exact: true }).waitFor();
    await card.getByText("What it has written").click();
    await card
      .getByLabel(/The end of what/)
      .getByText("no key is set")
      .waitFor();
  });

  test("shows what a skill says before it is approved", async () => {
    const tab = await (await stage.device()).tab("/tools?show=skills");
    const skill = tab.page.locator('[data-skill="firing-clay"]');
    await skill.getByText("Waits for a yes").waitFor();
    await skill.locator("summary").first().click();
    await skill.getByLabel("Its instructions").getByText("Heat it slowly.").waitFor();
    await skill.getByRole("button", { name: "Approve as it is now" }).click();
    await skill.and(tab.page.locator('[data-state="approved"]')).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("sets, replaces and removes secrets, whose values it never shows", async () => {
    const tab = await (await stage.device()).tab("/tools?show=secrets");
    const value = "a value that nobody sees";
    await tab.page.getByRole("button", { name: "Add a secret" }).click();
    await tab.page.getByLabel("Name").fill("WEATHER_KEY");
    const box = tab.page.getByRole("textbox", { name: "Value" });
    await box.fill(value);
    expect(await box.evaluate((field) => getComputedStyle(field).getPropertyValue("-webkit-text-security"))).toBe(
      "disc",
    );
    await expect.poll(() => box.getAttribute("autocomplete")).toBe("off");
    await tab.page.getByRole("button", { name: "Set it" }).click();
    const row = tab.page.locator('[data-secret="WEATHER_KEY"]');
    await row.getByText("set just now").waitFor();
    await row.getByText("No server and no tool names it.").waitFor();
    await row.getByRole("button", { name: "Replace WEATHER_KEY" }).click();
    await row.getByRole("textbox", { name: "New value of WEATHER_KEY" }).fill("short");
    await row.getByRole("button", { name: "Set it" }).click();
    await tab.page.getByText("it is not masked where it is seen").waitFor();
    expect(await tab.page.content()).not.toContain(value);
    await row.getByRole("button", { name: "Remove… WEATHER_KEY" }).click();
    await row.getByRole("button", { name: "Yes, remove WEATHER_KEY" }).click();
    await row.waitFor({ state: "detached" });
    expect((await stage.sparky.api<{ items: readonly object[] }>("GET", "/api/secrets")).items).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  test("shows who is not the owner what is theirs to see, without a fault and without a button that they may not use", async () => {
    const tab = await (await stage.device("agent")).tab("/tools?show=servers");
    await serverIn(tab, "broken").getByText("a program").waitFor();
    for (const name of ["Add servers", "Restart", "Secrets", "Look at its tools", "Remove…"])
      expect(await tab.page.getByRole("button", { name }).count(), name).toBe(0);
    expect(await tab.page.getByText("no key is set").count()).toBe(0);
    await tab.page.getByRole("button", { name: /^Tools/ }).click();
    const row = tab.page.locator('[data-tool="web_fetch"]');
    await row.locator("summary").first().click();
    await row.getByText("In schedules").waitFor();
    expect(await row.getByRole("combobox").count()).toBe(0);
    await tab.page.getByRole("button", { name: /^Skills/ }).click();
    await tab.page.locator("[data-skill]").first().waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test.each([
    { device: "a light desk", options: { colorScheme: "light" } },
    { device: "a dark desk", options: { colorScheme: "dark" } },
    { device: "a light phone", options: { colorScheme: "light", viewport: PHONE, hasTouch: true } },
  ] as const)("is accessible on $device, opened up", async ({ options }) => {
    const device = await stage.device("owner", options);
    for (const [path, ready] of [
      ["/tools", "[data-tool]"],
      ["/tools?show=servers", "[data-server]"],
      ["/tools?show=skills", "[data-skill]"],
      ["/tools?show=secrets", "main button:text('Add a secret')"],
      ["/tools?show=servers&add=true", "dialog[open]"],
    ] as const) {
      const tab = await device.tab(path);
      await tab.connection("live");
      await tab.page.locator(ready).first().waitFor();
      for (const closed = tab.page.locator("main details:not([open]) > summary"); await closed.count();) {
        if (path.includes("add")) break;
        await closed.first().click();
      }
      expect(await faultsOf(tab.page), path).toEqual([]);
      const width = options.colorScheme === "light" && "viewport" in options ? options.viewport.width : 1280;
      expect(await tab.page.evaluate(() => document.documentElement.scrollWidth), path).toBe(width);
      expect(tab.complaints, path).toEqual([]);
      await tab.page.close();
    }
  });
});
