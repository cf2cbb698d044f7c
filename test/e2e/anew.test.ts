import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { claimRuns } from "../../src/store/runs/claim.ts";
import { endRun } from "../../src/store/endings/run.ts";
import type { Task } from "../../src/wire/api.ts";
import { describeInBrowser, launchBrowser } from "../kit/browser.ts";
import { form } from "../kit/files.ts";
import { asked, type Line, RUN, said, toldChat } from "./told-chat.ts";

vi.setConfig({ testTimeout: 300_000 });

const REFUSED: readonly Line[] = [
  { ...RUN, type: "status", data: { state: "starting", message: "", attempt: 1 } },
  { ...RUN, type: "error", data: { code: "model_auth", message: "The key was refused", retryable: false } },
  { ...RUN, type: "status", data: { state: "failed", message: "Failed", reason: "The key was refused" } },
];

describeInBrowser("what is asked once more", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchBrowser()));
  afterAll(() => browser.close());

  test("what is tried again, in the same chat or in a new one, is asked with its files", async () => {
    const { app, ann, chatId, write, tab } = await toldChat(browser, []);
    const { conversation, page } = tab;
    const upload = new Request("http://127.0.0.1:8000/api/files", { method: "POST", body: form("notes.txt", "Clay") });
    const { id } = (await (await app.server.fetch(upload, { viewer: ann })).json()) as { id: string };
    await app.as(ann, "POST", `/api/chats/${chatId}/messages`, { text: "Read it", attachments: [id] });
    await write(...REFUSED);
    const notes = conversation.getByRole("article", { name: "ann" }).getByRole("link", { name: /notes\.txt/ });
    const failed = conversation.locator('[data-run-state="failed"]');
    await failed.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => tab.said("ann")).toEqual(["Read it", "Read it"]);
    await expect.poll(() => notes.count()).toBe(2);
    // Sent, not only on its way.
    await expect.poll(() => conversation.locator("[data-outbox]").count()).toBe(0);
    await page.reload();
    await expect.poll(() => notes.count()).toBe(2);
    await write(said("It is about clay."));
    const answer = conversation.locator('[data-type="message"]', { hasText: "It is about clay." });
    await answer.hover();
    await answer.getByRole("button", { name: "Try again" }).click();
    const dialog = page.getByRole("dialog", { name: "Try again" });
    await dialog.getByRole("button", { name: "Send in a new chat" }).click();
    await conversation.getByText("Made from “Answers” by you").waitFor();
    expect(page.url()).not.toContain(chatId);
    await expect.poll(() => tab.said("ann")).toEqual(["Read it", "Read it"]);
    await expect.poll(() => notes.count()).toBe(2);
    expect(await conversation.getByText("It is about clay.").count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });

  test("a new chat goes on from an answer, and the two name each other by their titles", async () => {
    const lines = [asked("First"), said("One."), asked("Second"), said("Two.")];
    const { tab, app, ann, chatId, context } = await toldChat(browser, lines);
    const { conversation, page } = tab;
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const answer = conversation.locator('[data-type="message"]', { hasText: "One." });
    await answer.hover();
    await answer.getByRole("button", { name: "Link" }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(`/chats/${chatId}?at=`);
    await page.goto(await page.evaluate(() => navigator.clipboard.readText()));
    await conversation.getByText("One.").waitFor();
    expect(new URL(page.url()).searchParams.get("at")).toBe(await answer.getAttribute("data-seq"));
    await answer.hover();
    await answer.getByRole("button", { name: "Go on from here" }).click();
    await expect.poll(() => page.url()).not.toContain(chatId);
    await conversation.getByText("Made from “Answers” by you").waitFor();
    await conversation.getByText("One.").waitFor();
    expect(await tab.said("ann")).toEqual(["First"]);
    expect(await conversation.getByText("Two.").count()).toBe(0);
    const path = new URL(page.url()).pathname;
    await app.as(ann, "PATCH", `/api${path}`, { title: "The other way" });
    await conversation.getByText("Made from “Answers” by you").click();
    await conversation.getByText("“The other way” was made from here by you").waitFor();
    await conversation.getByText("Two.").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("what failed is tried again, by another model too, though its question lies further up than what is loaded", async () => {
    const talk = Array.from({ length: 700 }, (_, n): Line => ({
      ...RUN,
      type: "thought",
      data: { text: `Idea ${n}` },
    }));
    const { tab, chatId } = await toldChat(browser, [asked("Why so?"), ...talk, ...REFUSED]);
    const { conversation, page } = tab;
    const failed = conversation.locator('[data-run-state="failed"]');
    await failed.getByRole("button", { name: "Another model…" }).click();
    const dialog = page.getByRole("dialog", { name: "Try again" });
    await dialog.getByRole("combobox", { name: "Model" }).fill("demo");
    await dialog.getByRole("button", { name: "Send in a new chat" }).click();
    await expect.poll(() => page.url()).not.toContain(chatId);
    await expect.poll(() => tab.said("ann")).toEqual(["Why so?"]);
    await page.goBack();
    await failed.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => tab.said("ann")).toEqual(["Why so?"]);
    await expect.poll(() => conversation.locator("[data-outbox]").count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });

  test("a task that failed is tried again by another model; its chat says nothing of being shared with who gave it", async () => {
    const { tab, app, ann, store } = await toldChat(browser, []);
    const { conversation, page } = tab;
    const { body } = await app.as(ann, "POST", "/api/tasks", { instruction: "Count the pots" });
    const task = body as Task;
    const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
    const ending = { state: "failed", message: "Task failed", reason: "no key", code: "model_auth" } as const;
    await store.transact((tx) => endRun(tx, claimed?.run.id ?? "", ending, { readSeq: Number.MAX_SAFE_INTEGER }));
    await tab.go(`/chats/${task.chatId}`);
    const failed = conversation.locator('[data-run-state="failed"]');
    await failed.getByRole("button", { name: "Another model…" }).waitFor();
    await conversation.getByText("Shared with you").waitFor();
    await app.as(ann, "PATCH", "/api/preferences", { "events.bookkeeping": null });
    await conversation.getByText("Shared with you").waitFor({ state: "detached" });
    expect(await failed.getByRole("link", { name: "Open the run" }).getAttribute("href")).toBe(`/runs/${task.runId}`);
    await failed.getByRole("button", { name: "Another model…" }).click();
    const dialog = page.getByRole("dialog", { name: "Retry the task" });
    await dialog.getByRole("combobox", { name: "Model" }).fill("demo");
    await dialog.getByRole("button", { name: "Retry the task" }).click();
    await dialog.waitFor({ state: "detached" });
    const now = async () => (await app.as(ann, "GET", `/api/tasks/${task.id}`)).body as Task;
    await expect.poll(now).toMatchObject({ status: "pending", model: "demo", attempts: 2 });
    await failed.getByRole("button", { name: "Another model…" }).waitFor({ state: "detached" });
    expect(tab.complaints).toEqual([]);
  });
});
