import { expect, test, vi } from "vitest";
import type { Chat } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { localServer, OLLAMA } from "../kit/local-server.ts";
import { WIRES } from "../providers/wires.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 300_000 });

const ANSWER = { stream: WIRES.chat.answer({ text: ["I am a small model."] }) };

/** A server has a second to answer, which it may miss on a busy machine: then it is looked for once more. */
const soon = (look: () => Promise<unknown>) => expect.poll(look, { timeout: 120_000 });

describeInBrowser("models on a local server", () => {
  test("are found with their windows, in the settings, in a chat's choice and on the command line, and one that is chosen answers", async () => {
    const { url } = await localServer({ ...OLLAMA, "POST /v1/chat/completions": ANSWER });
    await using stage = await Stage.open({ OLLAMA_BASE_URL: url });
    const lines = async () => (await stage.sparky.run("models", "list")).stderr;
    await soon(lines).toContain("ollama/small:latest (8,000 tokens)");
    await soon(lines).toContain("sparky config set SPARKY_MODEL ollama/small:latest");

    const device = await stage.device("owner");
    const settings = await device.tab("/settings/models");
    const row = settings.page.locator('[data-provider="ollama"]');
    const inSettings = async () => {
      await settings.page.reload();
      await row.waitFor();
      return row.getByText("It answers, with small:latest (8K tokens).").count();
    };
    await soon(inSettings).toBe(1);
    await row.getByRole("button", { name: "Set up Ollama" }).click();
    expect(await row.getByRole("combobox", { name: "Model" }).inputValue()).toBe("small:latest");
    expect(await faultsOf(settings.page)).toEqual([]);

    const chat = await stage.sparky.api<Chat>("POST", "/api/chats", { title: "Small talk" });
    const tab = await device.tab(`/chats/${chat.id}`);
    const dialog = tab.page.getByRole("dialog", { name: "Model and effort of this chat" });
    const small = dialog.getByRole("radio", { name: "ollama/small:latest available now · 8K tokens · free" });
    const inChoice = async () => {
      await tab.page.reload();
      await tab.page.getByRole("button", { name: "Model: demo" }).click();
      await dialog.getByRole("radio", { name: /^demo/ }).waitFor();
      return small.count();
    };
    await soon(inChoice).toBe(1);
    await small.check();
    await dialog.getByRole("button", { name: "Use it" }).click();
    await tab.page.getByRole("button", { name: "Model: ollama/small:latest" }).waitFor();
    await dialog.waitFor({ state: "detached" });
    await tab.composer.fill("Who are you?");
    await tab.composer.press("Enter");
    await tab.conversation.getByText("I am a small model.").waitFor();
    await tab.runEnded();
  });
});
