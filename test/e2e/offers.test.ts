import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Chat, List, Task } from "../../src/wire/api.ts";
import type { McpServer } from "../../src/wire/mcp.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { real } from "../kit/mcp/servers.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("while a message is written", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({});
    const mcpServers = { everything: real("everything", "stdio") };
    await writeFile(join(stage.sparky.home, "mcp.json"), JSON.stringify({ mcpServers }));
    expect(await stage.sparky.json<McpServer>("mcp", "test", "everything")).toMatchObject({ state: "ready" });
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("@ offers what servers have; what is chosen is read for the message, and seen in the chat", async () => {
    const tab = await (await stage.device()).tab("/chats");
    const box = tab.page.getByRole("textbox", { name: "Message" });
    await box.fill("Sum up @architecture");
    await tab.page.getByRole("option", { name: /architecture\.md/ }).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await box.press("Enter");
    const reference = "@everything:demo://resource/static/document/architecture.md";
    await expect.poll(() => box.inputValue()).toBe(`Sum up ${reference} `);
    await tab.page.getByRole("listbox").waitFor({ state: "detached" });
    await box.fill(`Sum up ${reference} and @dynamic/text`);
    await tab.page.getByRole("option", { name: /Dynamic Text/ }).click();
    await box.pressSequentially("7");
    await expect
      .poll(() => box.inputValue())
      .toBe(`Sum up ${reference} and @everything:demo://resource/dynamic/text/7`);
    await box.press("Enter");
    await tab.page.getByText(`Read ${reference},`).waitFor();
    await tab.page.getByText("Read @everything:demo://resource/dynamic/text/7,").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("@ offers things of one's own by their names; a message holds the id, and shows the name as a link", async () => {
    const { id } = await stage.sparky.json<Task>("agent", "tasks", "add", "Mend the old roof");
    const tab = await (await stage.device()).tab("/chats");
    const box = tab.page.getByRole("textbox", { name: "Message" });
    await box.fill("What became of @task:roof");
    await tab.page.getByRole("option", { name: /Mend the old roof task/ }).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await box.press("Enter");
    await expect.poll(() => box.inputValue()).toBe(`What became of @task:${id} `);
    await box.fill(`What became of @task:${id}, and of @node:none?`);
    await box.press("Enter");
    const link = tab.page.getByRole("article").getByRole("link", { name: "task Mend the old roof" });
    expect(await link.getAttribute("href")).toBe(`/tasks?id=${id}`);
    await tab.page.getByText("Read the task “Mend the old roof”").waitFor();
    await tab.page.getByText("Could not read @node:none: the node is gone").waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  test("@ offers files of chats, one of which is read for the message and can be saved from it; / offers to sum up", async () => {
    const plan = join(stage.sparky.home, "Roof plan.txt");
    await writeFile(plan, "Slate, 40 by 25 cm.");
    expect((await stage.sparky.run("chat", "send", "Keep this plan", "--file", plan)).code).toBe(0);
    const [chat] = (await stage.sparky.api<List<Chat>>("GET", "/api/chats?search=Keep%20this%20plan")).items;
    const tab = await (await stage.device()).tab(`/chats/${chat?.id}`);
    const box = tab.page.getByRole("textbox", { name: "Message" });
    await box.fill("Which slate is in @file:plan");
    await tab.page.getByRole("option", { name: /Roof plan\.txt file · 19 bytes/ }).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await box.press("Enter");
    await expect.poll(() => box.inputValue()).toMatch(/^Which slate is in @file:\w{20} $/);
    await box.press("Enter");
    const link = tab.page.getByRole("article").getByRole("link", { name: "file Roof plan.txt" });
    expect(await link.getAttribute("href")).toMatch(/^\/api\/files\/\w{20}$/);
    await tab.page.getByText("Read the file “Roof plan.txt”").waitFor();
    await tab.runEnded();
    await box.fill("/com");
    await tab.page.getByRole("option", { name: /^\/compact/ }).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await box.press("Enter");
    await expect.poll(() => box.inputValue()).toBe("/compact");
    await tab.page.getByRole("listbox").waitFor({ state: "detached" });
    await box.press("Enter");
    await tab.page.getByText(/^(Summed up|There is not enough yet to sum up)$/).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("/ offers prompts; one that wants to know something asks, and its words can still be changed", async () => {
    const tab = await (await stage.device()).tab("/chats");
    const box = tab.page.getByRole("textbox", { name: "Message" });
    await box.fill("/args");
    await tab.page.getByRole("option", { name: /args-prompt/ }).click();
    const form = tab.page.getByRole("dialog", { name: "Arguments Prompt" });
    await form.getByLabel("city").fill("Rome");
    expect(await faultsOf(tab.page)).toEqual([]);
    await form.getByRole("button", { name: "Put it into the message" }).click();
    await form.waitFor({ state: "detached" });
    await expect.poll(() => box.inputValue()).toBe("What's weather in Rome?");
    await box.fill("/gardener");
    await tab.page.getByRole("option", { name: /gardener/ }).waitFor();
    // Escape leaves the words as they are, and Enter sends them again.
    await box.press("Escape");
    await tab.page.getByRole("listbox").waitFor({ state: "detached" });
    await expect.poll(() => box.inputValue()).toBe("/gardener");
    expect(tab.complaints).toEqual([]);
  });

  test("what a prompt wants to know can stand behind its name; what is missing is asked for", async () => {
    const tab = await (await stage.device()).tab("/chats");
    const box = tab.page.getByRole("textbox", { name: "Message" });
    await box.fill("/discover_concept the tides level=none at all");
    await box.press("Enter");
    await expect
      .poll(() => box.inputValue())
      .toContain("place it among what we know: the tides\nWhat I know of it already: none at all\n");
    await box.fill("/make_plan until=May");
    await box.press("Enter");
    const form = tab.page.getByRole("dialog", { name: "make_plan" });
    expect(await form.getByLabel("until (may be left out)").inputValue()).toBe("May");
    await form.getByLabel("goal").fill("{{until}} a garden");
    expect(await faultsOf(tab.page)).toEqual([]);
    await form.getByRole("button", { name: "Put it into the message" }).click();
    await expect.poll(() => box.inputValue()).toContain("plan for this: {{until}} a garden\nBy when: May\n\n1. ");
    expect(tab.complaints).toEqual([]);
  });

  test("a name that there is not is held with those that are near, and sent as it is by a word", async () => {
    const tab = await (await stage.device()).tab("/chats");
    const box = tab.page.getByRole("textbox", { name: "Message" });
    const held = tab.page.getByRole("alert").filter({ hasText: "There is no prompt or skill called" });
    await box.fill("/solv_problm it rains");
    await box.press("Enter");
    await held.getByRole("button", { name: "/solve_problem" }).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await held.getByRole("button", { name: "/solve_problem" }).click();
    await held.waitFor({ state: "detached" });
    expect(await box.inputValue()).toBe("/solve_problem it rains");
    await box.fill("/nothing of the kind");
    await box.press("Enter");
    await held.getByRole("button", { name: "Send it as it is" }).click();
    const said = tab.page.getByRole("article").filter({ hasText: "/nothing of the kind" });
    await said.first().waitFor();
    // A path is no name.
    await box.fill("/etc/hosts");
    await box.press("Enter");
    await tab.page.getByRole("article").filter({ hasText: "/etc/hosts" }).first().waitFor();
    expect(await held.count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });
});
