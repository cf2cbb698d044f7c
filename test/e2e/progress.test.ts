import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { Chat } from "../../src/wire/api.ts";
import type { McpServer } from "../../src/wire/mcp.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { real } from "../kit/mcp/servers.ts";
import { faultsOf } from "./axe.ts";
import { pacedProvider, type PacedProvider } from "./paced-provider.ts";
import { Stage } from "./stage.ts";
import { Terminal } from "./terminal.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("while a tool server works on a call", () => {
  let stage: Stage;
  let provider: PacedProvider;
  beforeAll(async () => {
    const long = { name: "mcp__everything__trigger-long-running-operation", args: { duration: 600, steps: 2400 } };
    provider = await pacedProvider(() => ({ reasoning: "", calls: [long] }));
    stage = await Stage.open({ SPARKY_MODEL: "compatible/some-model", SPARKY_MODEL_URL: provider.url });
    const mcpServers = { everything: { ...real("everything", "stdio"), policy: "allow", timeout: 3600 } };
    await writeFile(join(stage.sparky.home, "mcp.json"), JSON.stringify({ mcpServers }));
    expect(await stage.sparky.json<McpServer>("mcp", "test", "everything")).toMatchObject({ state: "ready" });
  });
  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  test("how far it is stands below its line, on the page and in the terminal, and goes with the call", async () => {
    const { sparky } = stage;
    const chat = await sparky.api<Chat>("POST", "/api/chats", {});
    const terminal = (...args: string[]): Terminal => {
      const opened = Terminal.open(sparky.home, args);
      onTestFinished(() => opened[Symbol.asyncDispose]());
      return opened;
    };
    const watching = terminal("watch");
    await watching.sees("nothing runs");
    await sparky.api("POST", `/api/chats/${chat.id}/messages`, { text: "go" });
    await watching.sees(/\d+ of 2400/);
    // Who comes in the middle of it sees it too.
    const at = terminal("chat", "--chat", chat.id);
    const tab = await (await stage.device()).tab(`/chats/${chat.id}`);
    const told = tab.page.locator("[data-progress]");
    await told.waitFor();
    const before = await told.innerText();
    expect(before).toMatch(/^\d+ of 2400$/);
    await expect.poll(() => told.innerText(), { timeout: 60_000 }).not.toBe(before);
    expect(await faultsOf(tab.page)).toEqual([]);
    await at.sees(/^ {4}\d+ of 2400/m);
    await sparky.api("POST", `/api/chats/${chat.id}/stop`);
    await told.waitFor({ state: "detached" });
    await at.sees("Cancelled by");
    expect(at.text).not.toMatch(/of 2400/);
    expect(JSON.stringify(await sparky.log(chat.id))).not.toMatch(/of 2400/);
    expect(tab.complaints).toEqual([]);
  });
});

describeInBrowser("a task with a plan", () => {
  test("tells in its row how much of the plan is done, as it gets on", async () => {
    const plan = (done: number) => ({
      name: "plan_update",
      args: {
        items: ["Clay", "Glaze", "Kiln"].map((text, at) => ({ text, status: at < done ? "done" : "todo" })),
      },
    });
    await using provider = await pacedProvider(({ results }) =>
      results === 0 ? { reasoning: "", calls: [plan(1)] } : { words: "It is fired now.", pieceMs: 50 },
    );
    await using stage = await Stage.open({ SPARKY_MODEL: "compatible/some-model", SPARKY_MODEL_URL: provider.url });
    const held = provider.hold("pot");
    const task = await stage.sparky.addTask("Fire the pot");
    const tab = await (await stage.device()).tab("/tasks");
    const row = tab.page.locator(`[data-task-id="${task.id}"]`);
    const bar = row.getByRole("progressbar");
    await bar.waitFor();
    expect(await bar.evaluate((each) => [each.getAttribute("value"), each.getAttribute("max")])).toEqual(["1", "3"]);
    await row.getByText("1/3", { exact: true }).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    held[Symbol.dispose]();
    await row.getByText("Done", { exact: true }).waitFor();
    expect(tab.complaints).toEqual([]);
  });
});
