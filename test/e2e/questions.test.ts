import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { List, Task } from "../../src/wire/api.ts";
import type { Question } from "../../src/wire/questions.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("a question of the agent", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({});
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  /** A task whose one call asks, once it does. */
  async function asking(on: Stage, words: string): Promise<{ readonly task: Task; readonly question: Question }> {
    const task = await on.sparky.addTask(words);
    const question = await vi.waitUntil(
      async () => {
        const { items } = await on.sparky.api<List<Question>>("GET", "/api/questions");
        return items.find(({ chatId }) => chatId === task.chatId);
      },
      { timeout: 60_000, interval: 100 },
    );
    return { task, question };
  }

  test("is answered by a choice in the inbox, after a restart, and the chat says what and by whom", async () => {
    const stage = await Stage.open({});
    onTestFinished(() => stage[Symbol.asyncDispose]());
    const { task, question } = await asking(stage, 'Ask the user "Which colour?" choices ["Red","Green"]');
    const first = await (await stage.device()).tab("/inbox");
    const card = first.page.locator(`article[data-question-id="${question.id}"]`);
    await card.getByText("Which colour?", { exact: true }).waitFor();
    await card.getByText(/expires in 7 d/).waitFor();
    await first.page.locator('[data-waiting="1"]').first().waitFor();
    expect(await faultsOf(first.page)).toEqual([]);
    const { port } = stage.sparky;
    await stage.sparky.kill("SIGKILL");
    await stage.sparky.startServer(["--port", String(port)]);
    await first.page.reload();
    await card.getByRole("button", { name: "Green" }).click();
    await first.page.getByRole("status").getByText("You answered: Green").waitFor();
    await card.waitFor({ state: "detached" });
    await first.page.getByRole("button", { name: "History" }).click();
    const past = first.page.locator(`[data-question-id="${question.id}"][data-question-state="answered"]`);
    await past.getByText("Answered by owner in the browser").waitFor();
    const thread = await (await stage.device()).tab(`/chats/${task.chatId}`);
    await thread.conversation.getByText("Answered by owner in the browser: “Green”").waitFor();
    await thread.conversation.getByText("Task completed").waitFor();
    expect(thread.complaints).toEqual([]);
  });

  test("is answered in its chat, in words of one's own", async () => {
    const { task, question } = await asking(stage, 'Ask the user "What is it called?"');
    const options = { viewport: { width: 390, height: 844 }, hasTouch: true };
    const tab = await (await stage.device("owner", options)).tab(`/chats/${task.chatId}`);
    const call = tab.conversation.locator('[data-call-state="asks"]');
    await call.getByRole("textbox", { name: "Your answer" }).fill("Nessie");
    await call.getByRole("button", { name: "Answer", exact: true }).click();
    await tab.conversation.getByText("Answered by owner in the browser: “Nessie”").waitFor();
    await tab.runEnded();
    expect(await stage.sparky.api("GET", `/api/questions/${question.id}`)).toMatchObject({ answer: "Nessie" });
    expect(tab.complaints).toEqual([]);
  });
});
