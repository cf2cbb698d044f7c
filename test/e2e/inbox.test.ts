import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { Locator } from "playwright-core";
import type { List, Task } from "../../src/wire/api.ts";
import type { Approval, Grant } from "../../src/wire/approvals.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("a call that waits for a person", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({ SPARKY_SHELL: "host" });
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const cardIn = (tab: Tab, { id }: Approval): Locator => tab.page.locator(`article[data-approval-id="${id}"]`);
  const tellIn = (tab: Tab): Locator => tab.page.getByRole("status").filter({ hasText: /You|Your answer/ });
  const now = (task: Task): Promise<Task> => stage.sparky.task(task.id);

  test("says what exactly, why, and until when; it is answered on a second device, and the first one follows", async () => {
    const first = await (await stage.device()).tab("/inbox");
    await first.page.getByText("Nothing waits for you").waitFor();
    const { task, approval } = await asking(stage, "echo from the inbox");
    const card = cardIn(first, approval);
    await card.getByText("echo from the inbox", { exact: true }).waitFor();
    await card.getByText(/expires in 7 d/).waitFor();
    await card.getByRole("group", { name: "The agent’s reason" }).getByText("use shell").waitFor();
    expect((await card.textContent())?.match(/use shell/g)).toHaveLength(1);
    await card.getByRole("button", { name: "Raw" }).click();
    await card.getByText(JSON.stringify(approval.args, null, 2)).waitFor();
    await first.page.locator('[data-waiting="1"]').first().waitFor();

    const second = await (
      await stage.device("owner", { viewport: { width: 390, height: 844 }, hasTouch: true })
    ).tab(`/chats/${task.chatId}`);
    await second.page.reload();
    await second.conversation.getByRole("button", { name: "Approve this call" }).click();
    await second.conversation.getByText("Approved by owner in the browser").waitFor();
    await second.conversation.getByText("Task completed").waitFor();
    await card.waitFor({ state: "detached" });
    await first.page.locator("[data-waiting]").first().waitFor({ state: "detached" });
    await first.page.getByRole("button", { name: "History" }).click();
    const past = first.page.locator(`[data-approval-id="${approval.id}"][data-approval-state="approved"]`);
    await past.getByText("Approved by owner in the browser").waitFor();
    expect(await now(task)).toMatchObject({ status: "completed" });
    expect([...first.complaints, ...second.complaints]).toEqual([]);
  });

  test("goes on waiting through a refresh and a restart of the server, and a no is told to the agent with its note", async () => {
    const stage = await Stage.open({ SPARKY_SHELL: "host" });
    onTestFinished(() => stage[Symbol.asyncDispose]());
    const { task, approval } = await asking(stage, "echo never");
    const tab = await (await stage.device()).tab(`/chats/${task.chatId}`);
    await tab.conversation.locator('[data-call-state="asks"]').waitFor();
    const { port } = stage.sparky;
    await stage.sparky.kill("SIGKILL");
    await stage.sparky.startServer(["--port", String(port)]);
    await tab.page.reload();
    await tab.connection("live");
    const call = tab.conversation.locator('[data-call-state="asks"]');
    await call.getByRole("textbox", { name: "A word to the agent" }).fill("not today");
    await call.getByRole("button", { name: "Deny" }).click();
    await tab.conversation.getByText("Denied by owner in the browser: “not today”").waitFor();
    await tab.runEnded();
    const log = await stage.sparky.log(task.chatId);
    const result = log.find(({ type }) => type === "tool_result");
    expect(result).toMatchObject({ data: { ok: false, error: expect.stringContaining("not today") } });
    expect(log.filter(({ type }) => type === "tool_start")).toEqual([]);
    expect(await stage.sparky.api("GET", `/api/approvals/${approval.id}`)).toMatchObject({ state: "denied" });
  });

  test("F100 nothing of what it would run hides from who is asked, in the inbox, the thread and the history", async () => {
    const command = `ls\u200b# ${"\n".repeat(61)}\u202e: hidden\u001b]0;`;
    const { task, approval } = await asking(stage, command);
    const inbox = await (await stage.device()).tab("/inbox");
    const thread = await (await stage.device()).tab(`/chats/${task.chatId}`);
    for (const asks of [cardIn(inbox, approval), thread.conversation.locator('[data-call-state="asks"]')]) {
      const field = asks.getByLabel("command", { exact: true });
      await field.getByText("hidden").waitFor();
      await expect
        .poll(() => field.locator("[data-exact=spelled]").allTextContents())
        .toEqual(["\\u200b", "\\u202e", "\\u001b"]);
      await expect.poll(() => field.locator("[data-exact=told]").allTextContents()).toEqual(["⋮ 60 empty lines"]);
      await asks.getByText("62 lines").waitFor();
    }
    await cardIn(inbox, approval).getByRole("button", { name: "Deny" }).click();
    await inbox.page.getByRole("button", { name: "History" }).click();
    const past = inbox.page.locator(`[data-approval-id="${approval.id}"][data-approval-state="denied"]`);
    await past.getByText(String.raw`ls\u200b# ⏎×61 \u202e: hidden\u001b]0;`).waitFor();
    expect([...inbox.complaints, ...thread.complaints]).toEqual([]);
  });

  test("takes the first answer only, and tells the second who was first", async () => {
    const { task, approval } = await asking(stage, "echo once");
    const late = await (await stage.device()).tab("/inbox");
    const card = cardIn(late, approval);
    await card.getByRole("button", { name: "Deny" }).waitFor();
    // The late page does not hear of the first answer before it sends its own.
    const { port } = new URL(late.page.url());
    await late.page.route(`http://127.0.0.1:${port}/api/approvals/*`, async (route) => {
      await stage.sparky.api("POST", `/api/approvals/${approval.id}`, { decision: "approve" });
      await route.continue();
    });
    await card.getByRole("button", { name: "Deny" }).click();
    await tellIn(late).getByText("Your answer came too late: this was approved already by owner").waitFor();
    await card.waitFor({ state: "detached" });
    await vi.waitUntil(async () => (await now(task)).status === "completed", { timeout: 60_000 });
    expect(late.complaints.filter((text) => !/409 \(Conflict\)/.test(text))).toEqual([]);
  });

  test("is covered by a rule for commands, as it is suggested and edited on the card, until it is taken back", async () => {
    const { task, approval } = await asking(stage, "echo rules");
    const tab = await (await stage.device()).tab("/inbox");
    const card = cardIn(tab, approval);
    await card.getByText("It would run without a sandbox").waitFor();
    await card.getByText("Approve commands like this").click();
    const rules = card.getByRole("textbox", { name: /A rule in each line/ });
    await expect.poll(() => rules.inputValue()).toBe("echo *");
    await rules.fill("echo *\npwd");
    await card.getByRole("button", { name: "Approve these until midnight" }).click();
    await vi.waitUntil(async () => (await now(task)).status === "completed", { timeout: 60_000 });
    const covered = await stage.sparky.addTask('Run the command "echo two; pwd"', "--wait");
    expect(await now(covered)).toMatchObject({ status: "completed" });
    const other = await asking(stage, "echo two; date");
    await stage.sparky.api("POST", `/api/tasks/${other.task.id}/cancel`, {});
    for (const rule of ["echo *", "pwd"]) {
      await tab.page.getByRole("button", { name: `Take back: ${rule}` }).click();
      await tab.page.getByRole("button", { name: `Take back: ${rule}` }).waitFor({ state: "detached" });
    }
    expect(await stage.sparky.api("GET", "/api/grants")).toMatchObject({ items: [] });
    expect(tab.complaints).toEqual([]);
  });

  test("is covered by a standing approval until it is taken back", async () => {
    const { task, approval } = await asking(stage, "echo one");
    const tab = await (await stage.device()).tab("/inbox");
    await cardIn(tab, approval).getByRole("button", { name: "Approve shell until midnight" }).click();
    await tellIn(tab).getByText("You approved shell echo one").waitFor();
    await vi.waitUntil(async () => (await now(task)).status === "completed", { timeout: 60_000 });

    const covered = await stage.sparky.addTask('Run the command "echo two"', "--wait");
    expect(await now(covered)).toMatchObject({ status: "completed" });
    const { items } = await stage.sparky.api<List<Grant>>("GET", "/api/grants");
    const [grant] = items;
    expect(grant).toMatchObject({ tool: "shell", runId: null });
    const end = new Date(grant?.until ?? 0);
    expect([end.getMinutes(), end.getSeconds(), end.getTime() > Date.now()]).toEqual([0, 0, true]);
    await tab.page.getByRole("button", { name: "Take back: shell" }).click();
    await tab.page.locator("[data-grant-id]").waitFor({ state: "detached" });
    expect(await stage.sparky.api("GET", "/api/grants")).toMatchObject({ items: [] });
    const again = await asking(stage, "echo three");
    await cardIn(tab, again.approval).waitFor();
    await stage.sparky.api("POST", `/api/tasks/${again.task.id}/cancel`, {});
    await cardIn(tab, again.approval).waitFor({ state: "detached" });
    expect(tab.complaints).toEqual([]);
  });
});

/** A task whose one call is this command, once it asks. */
async function asking(stage: Stage, command: string): Promise<{ readonly task: Task; readonly approval: Approval }> {
  const task = await stage.sparky.addTask(`Run the command "${command}"`);
  const approval = await vi.waitUntil(
    async () => {
      const { items } = await stage.sparky.api<List<Approval>>("GET", "/api/approvals");
      return items.find(({ chatId }) => chatId === task.chatId);
    },
    { timeout: 60_000, interval: 100 },
  );
  return { task, approval };
}
