import { expect, onTestFinished, test, vi } from "vitest";
import type { Chat } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { pacedProvider } from "./paced-provider.ts";
import { Stage } from "./stage.ts";
import { expectThread } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

const LONG = "It goes on and on, with more of the same. ".repeat(250);
const RECORD = "## Decided\n- The house is painted **blue**, because Ann likes it.\n\n## Open\n- Which blue.";
const SUMS_UP = "Write the new record now";

describeInBrowser("a chat that outgrows its model's window", () => {
  test("is summed up, through a kill in the middle of it, and the page shows the seam and what the model knows from there on", async () => {
    let summings = 0;
    const provider = await pacedProvider(({ text }) => {
      if (!text.includes(SUMS_UP)) return { words: "I have read it." };
      summings++;
      return { words: RECORD };
    });
    onTestFinished(() => provider[Symbol.asyncDispose]());
    const stage = await Stage.open({
      SPARKY_MODEL: "compatible/some-model",
      SPARKY_MODEL_URL: provider.url,
      SPARKY_MODEL_WINDOW: "20000",
    });
    onTestFinished(() => stage[Symbol.asyncDispose]());
    const { sparky } = stage;
    const chat = await sparky.api<Chat>("POST", "/api/chats", { title: "The house" });
    const tab = await (await stage.device()).tab(`/chats/${chat.id}`);
    await tab.connection("live");
    const held = provider.hold(SUMS_UP);
    for (let at = 1; summings === 0; at++) {
      await sparky.api<unknown>("POST", `/api/chats/${chat.id}/messages`, { text: `Part ${at}. ${LONG}` });
      const answered = async () => (await sparky.log(chat.id)).filter(({ type }) => type === "usage").length === at;
      await expect.poll(async () => summings > 0 || (await answered()), { timeout: 60_000 }).toBe(true);
    }
    const { port } = sparky;
    await sparky.kill("SIGKILL");
    held[Symbol.dispose]();
    await sparky.startServer(["--port", String(port)]);
    await tab.connection("live");
    const seam = tab.conversation.locator("[data-summary]");
    await seam.waitFor();
    await tab.runEnded();
    expect(summings).toBe(2);

    await seam.getByText("From here on the model is given a summary of what came before").click();
    await seam.getByRole("heading", { name: "Decided" }).waitFor();
    await seam.getByText("blue", { exact: true }).waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    const log = await sparky.log(chat.id);
    expect(log.filter(({ type }) => type === "summary")).toHaveLength(1);
    const live = await expectThread(tab, log);
    await tab.page.reload();
    expect(await expectThread(tab, log)).toEqual(live);
    expect((await sparky.run("chats", "show", chat.id)).stdout).toContain("from here on the model is given a summary");

    // Because somebody wants it: not while the agent has work here, and then at once.
    const box = tab.page.getByRole("textbox", { name: "Message" });
    const answer = provider.hold("Wait a little");
    await sparky.api<unknown>("POST", `/api/chats/${chat.id}/messages`, { text: "Wait a little" });
    await tab.page.locator("[data-run-state]").first().waitFor();
    await box.fill("/compact");
    await box.press("Enter");
    await tab.page.getByRole("alert").getByText("the agent has work in this chat").waitFor();
    answer[Symbol.dispose]();
    await tab.runEnded();
    await box.press("Enter");
    await expect.poll(() => seam.count()).toBe(2);
    await tab.runEnded();
    await expect.poll(() => box.inputValue()).toBe("");
    expect(summings).toBe(3);
    await tab.page.getByText("Summed up", { exact: true }).waitFor();
    await expectThread(tab, await sparky.log(chat.id));
    expect((await sparky.run("verify")).code).toBe(0);
    expect(tab.complaints.filter((text) => !text.includes("409 (Conflict)"))).toEqual([]);
  });
});
