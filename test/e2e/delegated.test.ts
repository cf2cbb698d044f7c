import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("delegated work", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({});
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("stands below its call, with the way to each chat, and is stopped from its parent's page", async () => {
    const parts = ["What time is it?", 'Ask the user "Which one?"'].map((instruction) => ({ instruction }));
    const task = await stage.sparky.addTask(`delegate the tasks ${JSON.stringify(parts)}`);
    const tab = await (await stage.device()).tab(`/chats/${task.chatId}`);
    const trees = tab.conversation.locator("[data-task-tree]");
    await trees.nth(0).getByText("Done").waitFor();
    await trees.nth(1).getByText("Waits").waitFor();
    await tab.conversation.getByText("Waits for its tasks").waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);
    await tab.page.getByRole("button", { name: "Stop" }).click();
    await trees.nth(1).getByText("Cancelled").waitFor();
    await tab.runEnded();
    await trees.nth(1).getByRole("link").click();
    await tab.conversation.getByText("Withdrawn").waitFor();
    const { items } = await stage.sparky.api<{ items: readonly { error: string | null }[] }>(
      "GET",
      `/api/tasks/${task.id}/tree`,
    );
    expect(items.map(({ error }) => error)).toEqual([null, "cancelled by owner"]);
    expect(tab.complaints).toEqual([]);
  });
});
