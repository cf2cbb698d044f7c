import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { Chat, List, Run, Task } from "../../src/wire/api.ts";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { pacedProvider } from "./paced-provider.ts";
import { Stage } from "./stage.ts";
import type { Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

const WORK = 'Check knowledge graph stats, then write "hello" to a.txt, then read missing.txt, then read a.txt';
const STORY = Array.from({ length: 40 }, (_, n) => `Sentence ${n + 1} of the story.`).join(" ");

const steps = (tab: Tab) => tab.page.locator("[data-step-kind]");
const details = (tab: Tab) => tab.page.getByRole("region", { name: "Step details" });
const header = (tab: Tab, state: string) => tab.page.locator(`header[data-run-state="${state}"]`);
const place = (tab: Tab): string => {
  const { pathname, search } = new URL(tab.page.url());
  return pathname + search;
};

/** What each row is and how it went. */
const rows = (tab: Tab) =>
  steps(tab).evaluateAll((all) =>
    all.map((row) => `${row.getAttribute("data-step-kind")} ${row.getAttribute("data-step-state")}`),
  );

describeInBrowser("a run's page", () => {
  let stage: Stage;
  let task: Task;
  beforeAll(async () => {
    stage = await Stage.open({ SPARKY_SHELL: "host" });
    task = await stage.sparky.addTask(WORK, "--wait");
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("a task opens at its run: each call a row with its bar, the failed one opened, and why it ended", async () => {
    const tab = await (await stage.device()).tab("/tasks");
    await tab.page.locator(`[data-task-id="${task.id}"]`).getByRole("link").first().click();
    await tab.page.locator('[data-end="completed"]').getByText("one tool failed").waitFor();
    expect(place(tab)).toBe(`/runs/${task.runId}`);
    const log = await stage.sparky.log(task.chatId);
    const calls = log.filter(({ type }) => type === "tool_use").length;
    expect(calls).toBeGreaterThan(2);
    expect(await rows(tab)).toEqual([
      ...["model done", "tool done", "model done", "tool done", "model done", "tool failed", "model done"],
    ]);
    await tab.page.locator('[data-step-state="failed"]').getByText('there is no "missing.txt"').waitFor();
    await expect.poll(() => tab.page.locator('[data-span="work"]').count()).toBe(7);
    await expect.poll(() => header(tab, "completed").textContent()).toMatch(/by owner.*4 steps.*tokens/s);
    expect(await faultsOf(tab.page)).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  test("a run of a chat that is over leads to its page", async () => {
    const tab = await (await stage.device()).tab("/chats");
    await tab.composer.fill("Hello");
    await tab.composer.press("Enter");
    await tab.runEnded();
    await tab.conversation.getByRole("link", { name: "Open the run" }).click();
    await header(tab, "completed").waitFor();
    expect(place(tab)).toMatch(/^\/runs\/[a-z0-9]+$/);
    expect(tab.complaints).toEqual([]);
  });

  test("a step of the model shows what it was given, as it was sent", async () => {
    const tab = await (await stage.device()).tab(`/runs/${task.runId}`);
    await steps(tab).filter({ hasText: "Model" }).nth(2).click();
    const given = details(tab).locator("[data-given='3']");
    await given.getByText("What the model was given").click();
    await given.getByText(/^About [\d,]+ tokens, as Sparky estimates them\.$/).waitFor();
    await given.getByText("You are Sparky, an agent that works for people").waitFor();
    await given.getByText(/^assistant · call · graph_stats$/).waitFor();
    await given.getByText(/^tool · result · file_write$/).waitFor();
    expect(await given.getByText("not wholly as it was sent").count()).toBe(0);
    const path = `/api/chats/${task.chatId}/context?runId=${task.runId}&step=3`;
    expect(await stage.sparky.api("GET", path)).toMatchObject({ step: 3, asSent: true, model: "demo" });
    expect(tab.complaints).toEqual([]);
  });

  test("every step has an address that opens it, and keys lead from one to the next and to what failed", async () => {
    const tab = await (await stage.device("owner", { colorScheme: "dark" })).tab(`/runs/${task.runId}?step=2`);
    await details(tab).getByText("Step 2 · model").waitFor();
    await details(tab).getByText("This is part 2 of 4").waitFor();
    await tab.page.keyboard.press("j");
    await details(tab).getByRole("heading", { name: "file_write" }).waitFor();
    await details(tab).getByLabel("Arguments", { exact: true }).getByText("a.txt").waitFor();
    const written = place(tab);
    await tab.page.keyboard.press("e");
    await details(tab).getByRole("heading", { name: "file_read" }).waitFor();
    await details(tab).getByLabel("Error", { exact: true }).getByText("missing.txt").waitFor();
    await tab.page.keyboard.press("k");
    await details(tab).getByText("Step 3 · model").waitFor();
    expect(place(tab)).toBe(`/runs/${task.runId}?step=3`);
    expect(await faultsOf(tab.page)).toEqual([]);
    await tab.page.keyboard.press("Escape");
    await details(tab).waitFor({ state: "detached" });
    await tab.page.keyboard.press("/");
    await tab.page.keyboard.type("jek");
    await expect.poll(() => tab.page.getByRole("searchbox", { name: "Search this run" }).inputValue()).toBe("jek");

    await tab.go(written);
    await details(tab).getByRole("heading", { name: "file_write" }).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("the events are those of the log, by number and in full; the transcript is the thread; the server's search opens its hit", async () => {
    const tab = await (await stage.device()).tab(`/runs/${task.runId}?tab=events`);
    const mine = (await stage.sparky.log(task.chatId)).filter(({ runId }) => runId === task.runId);
    await tab.page.locator("[data-event]").first().waitFor();
    const shown = await tab.page
      .locator("[data-event]")
      .evaluateAll((all) => all.map((row) => Number(row.getAttribute("data-event"))));
    expect(shown).toEqual(mine.map(({ seq }) => seq));
    const failed = mine.find((event) => event.type === "tool_result" && !event.data.ok);
    if (failed === undefined) throw new Error("nothing failed");
    await tab.page.locator(`[data-event="${failed.seq}"] button`).first().click();
    const json = await tab.page.getByLabel(`Event ${failed.seq}`, { exact: true }).textContent();
    expect(JSON.parse(json ?? "")).toEqual(failed);

    await tab.page.getByRole("group", { name: "Show" }).getByRole("button", { name: "Errors" }).click();
    await tab.page.locator("[data-event]").nth(1).waitFor({ state: "detached" });
    await tab.page.getByRole("button", { name: "Transcript" }).click();
    await tab.conversation.locator('[data-status="completed"]').getByText("Done with errors").waitFor();
    await tab.conversation.getByText(WORK).waitFor();

    await tab.page.getByRole("button", { name: "Timeline" }).click();
    await tab.page.getByRole("searchbox", { name: "Search this run" }).fill("part 3 of 4");
    await tab.page.locator("[data-found]").first().click();
    await details(tab).getByText("Step 3 · model").waitFor();
    await tab.page.getByRole("searchbox", { name: "Search this run" }).fill("nobody ever said this");
    await tab.page.getByText("Nothing in this run has all of these words.").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  test("what a call changed in the graph is counted and shown as a diff, and a filter leaves the memory's calls alone", async () => {
    const task = await stage.sparky.addTask(
      'Remember that the wiki lives at wiki.local, then write "hello" to b.txt',
      "--wait",
    );
    const tab = await (await stage.device()).tab(`/runs/${task.runId}`);
    const calls = tab.page.locator('[data-step-kind="tool"]');
    await calls.filter({ hasText: "file_write" }).waitFor();
    const shown = tab.page.getByRole("group", { name: "Show" });
    await shown.getByRole("button", { name: "Graph" }).click();
    await expect.poll(() => rows(tab)).toEqual(["tool done"]);
    expect(place(tab)).toBe(`/runs/${task.runId}?show=graph`);
    await steps(tab).filter({ hasText: "remember" }).click();
    const changes = details(tab).getByRole("region", { name: "Graph changes" });
    await changes.getByText(/^\+\d+ ~0 −0$/).waitFor();
    const made: List<{ op: string; thing: string }> = await stage.sparky.api(
      "GET",
      `/api/graph/changes?run=${task.runId}`,
    );
    expect(await changes.locator("[data-graph-op]").count()).toBe(made.items.length);
    await changes.getByText(`${made.items.length} added, 0 changed, 0 removed`).waitFor();
    const fact = changes.locator('[data-graph-op="added"]').filter({ hasText: "fact" });
    await fact.getByText("What is different").click();
    await fact.locator('[data-diff="added"]').filter({ hasText: "wiki.local" }).first().waitFor();
    expect(await faultsOf(tab.page)).toEqual([]);

    await tab.page.getByRole("button", { name: "Events" }).click();
    await tab.page.locator("[data-event]").first().waitFor();
    const kinds = await tab.page.locator("[data-event] > button > .font-mono").allTextContents();
    expect(kinds).toEqual(["tool_use", "fact", "tool_result"]);
    await tab.go(`/runs/${task.runId}`);
    await calls.filter({ hasText: "file_write" }).click();
    await details(tab).getByRole("heading", { name: "file_write" }).waitFor();
    await details(tab).getByLabel("Result", { exact: true }).waitFor();
    expect(await changes.count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });

  test("on a phone a step takes the page, and a way leads back; nothing is wider than the screen", async () => {
    const tab = await (
      await stage.device("owner", { viewport: { width: 390, height: 844 } })
    ).tab(`/runs/${task.runId}`);
    await steps(tab).nth(2).click();
    await details(tab).getByText("Step 2 · model").waitFor();
    await steps(tab).first().waitFor({ state: "hidden" });
    expect(await faultsOf(tab.page)).toEqual([]);
    await details(tab).getByRole("link", { name: "Back to the steps" }).click();
    await steps(tab).first().waitFor();
    expect(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await faultsOf(tab.page)).toEqual([]);
    await tab.go("/runs/no-such-run");
    await tab.page.getByText("This run is not here").waitFor();
  });

  test("a call that waits for a person is told as waiting, not as work, and can be answered and stopped there", async () => {
    const asking = await stage.sparky.addTask('Run the command "sleep 300"');
    const tab = await (await stage.device()).tab("/tasks");
    await tab.page
      .locator(`[data-task-id="${asking.id}"][data-task-status="waiting"]`)
      .getByRole("link")
      .first()
      .click();
    await header(tab, "waiting").waitFor();
    const row = tab.page.locator('[data-step-kind="tool"][data-step-state="waiting"]');
    expect(await row.locator('[data-span="work"]').count()).toBe(0);
    await row.locator('[data-span="wait"]').waitFor();
    // On Home the question is the one place that tells of it.
    const home = await (await stage.device()).tab("/");
    await home.page.getByRole("button", { name: "Approve this call" }).waitFor();
    expect(await home.page.getByRole("button", { name: "Approve this call" }).count()).toBe(1);
    expect(await home.page.locator(`#main [data-run-id="${(await stage.sparky.task(asking.id)).runId}"]`).count()).toBe(
      0,
    );
    await row.click();
    await details(tab).getByRole("button", { name: "Approve this call" }).click();
    await tab.page.locator('[data-step-kind="tool"][data-step-state="working"]').waitFor();
    await tab.page.locator('[data-now="working"]').getByText("sleep 300").waitFor();
    // A line through the rows says where now is: at the end of what works.
    const working = tab.page.locator('[data-step-kind="tool"][data-step-state="working"]');
    const edges = async () => {
      const line = await working.locator("[data-now-line]").boundingBox();
      const bar = await working.locator('[data-span="work"]').last().boundingBox();
      return line === null || bar === null ? null : Math.abs(line.x - bar.x - bar.width);
    };
    await expect.poll(edges).toBeLessThan(4);
    expect(await tab.page.locator("[data-now-line]").count()).toBe(await steps(tab).count());
    expect(await faultsOf(tab.page)).toEqual([]);
    await header(tab, "working").getByRole("button", { name: /^Stop/ }).click();
    await tab.page.locator('[data-end="cancelled"]').getByText("Cancelled by owner").waitFor();
    await tab.page.locator('[data-step-kind="tool"][data-step-state="working"]').waitFor({ state: "detached" });
    expect(await tab.page.locator("[data-now-line]").count()).toBe(0);
    const live = await rows(tab);
    await tab.page.reload();
    await tab.page.locator("[data-end]").waitFor();
    expect(await rows(tab)).toEqual(live);
    expect(tab.complaints).toEqual([]);
  });
});

describeInBrowser("a run of a chat", () => {
  test("opens from the bar below the chat, and leads back to the chat", async () => {
    await using stage = await Stage.open({ SPARKY_SHELL: "host" });
    const { sparky } = stage;
    const chat = await sparky.api<Chat>("POST", "/api/chats", { title: "Slow" });
    await sparky.api("POST", `/api/chats/${chat.id}/messages`, { text: 'Run the command "sleep 300"' });
    const tab = await (await stage.device()).tab(`/chats/${chat.id}`);
    await tab.runState("waiting");
    await tab.page.getByRole("region", { name: "Run", exact: true }).getByRole("link").click();
    await header(tab, "waiting").waitFor();
    const run = (await sparky.log(chat.id)).find(({ runId }) => runId !== null)?.runId;
    expect(place(tab)).toBe(`/runs/${run}`);
    await tab.page.getByRole("link", { name: "Open in its chat" }).click();
    await tab.runState("waiting");
    expect(place(tab)).toMatch(new RegExp(`^/chats/${chat.id}`));
    await sparky.api("POST", `/api/chats/${chat.id}/stop`);
    await tab.runEnded();
    expect(tab.complaints).toEqual([]);
  });
});

describeInBrowser("a run's page while the server goes away", () => {
  test("comes back by itself: the model call that was cut off, the wait, and the one that counted; a new try stands beside", async () => {
    const provider = await pacedProvider(({ text, results, asked }) => {
      if (text.includes("fail")) return asked === 0 ? { status: 401, retryAfter: 0 } : { words: "Now it went well." };
      return results === 0 ? { reasoning: "First the clock.", calls: ["current_time"] } : { words: STORY, pieceMs: 12 };
    });
    onTestFinished(() => provider[Symbol.asyncDispose]());
    const stage = await Stage.open({ SPARKY_MODEL: "compatible/some-model", SPARKY_MODEL_URL: provider.url });
    onTestFinished(() => stage[Symbol.asyncDispose]());
    const { sparky } = stage;
    const held = provider.hold("story");
    const task = await sparky.addTask("Tell me a story");
    const tab = await (await stage.device()).tab("/tasks");
    await tab.page.locator(`[data-task-id="${task.id}"]`).getByRole("link").first().click();
    await tab.page.getByRole("button", { name: "Transcript" }).click();
    await tab.conversation.getByText("Sentence 8 ").waitFor();
    // What is shown is saved twice a second: a kill takes what has come since.
    await expect.poll(() => sparky.savedWords()).toContain("Sentence 2 ");
    await tab.page.getByRole("button", { name: "Timeline" }).click();
    const { port } = sparky;
    await sparky.kill("SIGKILL");
    held[Symbol.dispose]();
    await tab.connection("reconnecting");
    await sparky.startServer(["--port", String(port)]);
    await tab.connection("live");
    await tab.page.locator('[data-end="completed"]').waitFor();
    const live = await rows(tab);
    expect(live).toEqual(["model done", "tool done", "model unknown", "wait done", "model done"]);
    await tab.page.reload();
    await tab.page.locator('[data-end="completed"]').waitFor();
    expect(await rows(tab)).toEqual(live);

    const bad = await sparky.addTask("Please fail");
    await expect.poll(async () => (await sparky.task(bad.id)).status, { timeout: 60_000 }).toBe("failed");
    // Its chat says so in the list.
    await tab.go("/chats");
    await tab.mark(bad.chatId, "failed");
    await tab.chatLink(bad.chatId).first().getByRole("img", { name: "Failed" }).waitFor();
    const [first] = (await sparky.api<List<Run>>("GET", `/api/tasks/${bad.id}/runs`)).items;
    await tab.go(`/runs/${first?.id}`);
    await tab.page
      .locator('[data-end="failed"]')
      .getByText("Failed at step 1: model · The model’s provider does not accept the key")
      .waitFor();
    await tab.page.getByRole("button", { name: "Try again" }).click();
    await tab.page.locator('[data-end="completed"]').waitFor();
    const switches = tab.page.getByRole("navigation", { name: "Attempts" });
    await switches.locator('[data-attempt="2"][aria-current="page"]').waitFor();
    await switches.getByRole("link", { name: "Side by side" }).click();
    await tab.page.locator('[data-end="failed"]').waitFor();
    await expect.poll(() => tab.page.locator("header[data-run-id]").count()).toBe(2);
    expect(await faultsOf(tab.page)).toEqual([]);
    await switches.locator('[data-attempt="1"]').click();
    await tab.page.locator('[data-end="completed"]').waitFor({ state: "detached" });
    await tab.page.locator('[data-end="failed"]').waitFor();
    expect(tab.complaints).toEqual([]);
  });
});
