import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Json } from "../../src/core/events.ts";
import { describeInBrowser, launchBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { mayNotComplain } from "./thread-page.ts";
import { type Line, RUN, said, toldChat } from "./told-chat.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("what the agent says and does", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchBrowser()));
  afterAll(() => browser.close());

  const opened = (lines: readonly Line[], width?: number) => toldChat(browser, lines, width);

  test("words beside a call stand as speech in their place; reasoning is folded", async () => {
    const { tab, write } = await opened([
      { ...RUN, type: "thought", data: { text: "Hidden reasoning that is long enough." } },
      { ...RUN, type: "thought", data: { text: "I look at **the page** first.", said: true } },
      {
        ...RUN,
        type: "tool_use",
        data: { callId: "a", name: "web_fetch", args: {}, effect: "external", summary: "https://a" },
      },
      { ...RUN, type: "thought", data: { text: "Words of an old log." } },
    ]);
    const speech = tab.conversation.getByRole("article", { name: "Agent" });
    await speech.locator("strong", { hasText: "the page" }).waitFor();
    await expect.poll(() => speech.count()).toBe(1);
    await expect.poll(() => tab.conversation.getByRole("button", { name: /^Thought/ }).count()).toBe(2);
    await write(said("Done."));
    await tab.conversation.getByText("Done.").waitFor();
    const order = await tab.conversation.evaluate((log) => log.textContent);
    expect(order.indexOf("I look at")).toBeLessThan(order.indexOf("web_fetch"));
    expect(tab.complaints).toEqual([]);
  });

  test("says once what became of a call that never ran, of a step that was tried again, and of a run that failed", async () => {
    const use = { callId: "a", name: "shell", args: { command: "ls" }, effect: "external", summary: "ls" } as const;
    const approval = { approvalId: "p", callId: "a", argsDigest: "d" } as const;
    const notRun = { callId: "a", name: "shell", ok: false, error: "not run: the run was stopped before it" } as const;
    const busy = { code: "model_overloaded", message: "busy", retryable: true } as const;
    const { tab, write } = await opened([
      { type: "message", data: { role: "user", text: "List them" }, actor: { kind: "user", id: "u", name: "ann" } },
      { ...RUN, type: "status", data: { state: "starting", message: "", attempt: 1 } },
      { ...RUN, type: "error", data: busy },
      { ...RUN, type: "status", data: { state: "waiting", message: "Waits", reason: "retry" } },
      { ...RUN, type: "status", data: { state: "resumed", message: "", reason: "retry", attempt: 2 } },
      { ...RUN, type: "tool_use", data: use },
      { ...RUN, type: "approval", data: { ...approval, state: "requested" } },
      { ...RUN, type: "status", data: { state: "waiting", message: "Waits for your approval", reason: "approval" } },
      { ...RUN, type: "status", data: { state: "stopping", message: "", by: "ann" } },
      { ...RUN, type: "tool_result", data: { ...notRun, durationMs: 0, size: 0, interrupted: true } },
      { ...RUN, type: "approval", data: { ...approval, state: "withdrawn" } },
      { ...RUN, type: "status", data: { state: "cancelled", message: "Stopped", by: "ann" } },
    ]);
    const call = tab.conversation.locator('[data-call-state="not_run"]');
    await call.getByText("Not run · withdrawn when ann stopped it").waitFor();
    const shown = await tab.conversation.textContent();
    expect(await call.textContent()).not.toContain("ms");
    expect(shown).not.toContain("Waits for your approval");
    expect(shown?.match(/withdrawn/gi)).toHaveLength(1);
    await tab.conversation.getByText("One attempt failed · The model’s server is overloaded").waitFor();
    const second = { ...RUN, runId: "r2" } as const;
    await write(
      { type: "message", data: { role: "user", text: "Once more" }, actor: { kind: "user", id: "u", name: "ann" } },
      { ...second, type: "status", data: { state: "starting", message: "", attempt: 1 } },
      { ...second, type: "error", data: { code: "model_auth", message: "The key was refused", retryable: false } },
      { ...second, type: "status", data: { state: "failed", message: "Failed", reason: "The key was refused" } },
    );
    const failed = tab.conversation.locator('[data-run-state="failed"]');
    await failed.getByText("The model’s provider does not accept the key").waitFor();
    expect((await tab.conversation.textContent())?.match(/The key was refused/g)).toHaveLength(1);
    expect(await tab.conversation.textContent()).not.toMatch(/model.auth/);
    await failed.getByText("The owner of this Sparky looks after its models.").waitFor();
    await failed.getByRole("button", { name: "Another model…" }).click();
    await tab.page.getByRole("dialog").getByRole("combobox", { name: "Model" }).waitFor();
    await tab.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await failed.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => tab.conversation.getByRole("article", { name: "ann" }).allTextContents()).toHaveLength(3);
    expect(tab.complaints).toEqual([]);
  });

  test("answers are set: code in its colours, formulas, diffs, tables, notes, boxes; no address of a script is followed", async () => {
    const { tab } = await opened([
      said(
        [
          "Here is `code`:\n\n```ts\nconst n: number = 1; // one\n```\n\n```diff\n-old\n+new\n```",
          "The sum is $\\sum_{i=1}^n i^2$, and it costs $5 or $10.\n\n\\[ e^{i\\pi} = -1 \\]",
          "| a | b |\n|---|---|\n| unbreakablewordsarekeptwhole | 2 |",
          "- [x] looked\n- [ ] told",
          "[run](javascript:alert(1)) and [go](https://a.test) ![pic](https://b.test/x.png)",
          "שלום עולם",
        ].join("\n\n"),
      ),
      said("It is so.[^1]\n\n[^1]: The note."),
      { type: "message", data: { role: "assistant", text: "A **half answer | that was", partial: true } },
    ]);
    const { conversation } = tab;
    const code = conversation.locator('.code[data-language="typescript"]');
    await code.getByText("TypeScript").waitFor();
    await code.locator('span[style*="--code-token-keyword"]', { hasText: "const" }).waitFor();
    await expect.poll(() => code.locator("code").textContent()).toBe("const n: number = 1; // one");
    await code.getByRole("button", { name: "Wrap" }).click();
    await expect.poll(() => code.locator("pre").getAttribute("class")).toContain("pre-wrap");
    await expect
      .poll(() => conversation.locator("[data-diff] ins, [data-diff] del").allTextContents())
      .toEqual(["old", "new"]);
    await conversation.locator(".katex-display").waitFor();
    await expect.poll(() => conversation.locator(".katex").count()).toBe(2);
    await conversation.getByText("and it costs $5 or $10.").waitFor();
    await expect.poll(() => conversation.getByRole("checkbox", { name: "done" }).count()).toBe(1);
    await expect.poll(() => conversation.getByRole("checkbox", { name: "to do" }).count()).toBe(1);
    expect(await conversation.getByRole("link", { name: "run" }).count()).toBe(0);
    expect(await conversation.locator("img").count()).toBe(0);
    expect(await conversation.getByText("שלום עולם").evaluate((p) => getComputedStyle(p).direction)).toBe("rtl");
    const note = conversation.getByRole("link", { name: "1", exact: true });
    await note.click();
    await expect.poll(() => conversation.locator("li:focus").textContent()).toContain("The note.");
    expect(tab.page.context().pages().length).toBe(2);
    await expect.poll(() => conversation.locator("strong", { hasText: "half answer" }).count()).toBe(1);
    expect(await conversation.textContent()).not.toContain("**");
    expect(tab.complaints).toEqual([]);
  });

  test("a table is scrolled in its words' own width, code is copied as it was said, and a picture is fetched on a click, elsewhere", async () => {
    const wide = Array.from({ length: 12 }, (_, n) => `unbreakablewordnumber${n}`);
    const table = [wide, wide.map(() => "---"), wide].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
    const picture = "http://127.0.0.1:9/x.png";
    const { tab, context } = await toldChat(browser, [
      said(`${table}\n\n\`\`\`ts\nconst a = 1;\nconst b = 2;\n\`\`\`\n\n![pic](${picture})`),
    ]);
    const { conversation, page } = tab;
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const scrolled = conversation.getByRole("group", { name: "Table" });
    await expect.poll(() => scrolled.evaluate((group) => group.scrollWidth > group.clientWidth + 200)).toBe(true);
    // No word is broken, and nothing else becomes wider by it.
    const lines = (cell: Element) =>
      cell.getBoundingClientRect().height / parseFloat(getComputedStyle(cell).lineHeight);
    expect(await scrolled.getByRole("cell").first().evaluate(lines)).toBeLessThan(2);
    expect(await conversation.evaluate((log) => log.scrollWidth <= log.clientWidth)).toBe(true);
    await scrolled.focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => scrolled.evaluate((group) => group.scrollLeft)).toBeGreaterThan(0);

    const code = conversation.locator('.code[data-language="typescript"]');
    await code.getByRole("button", { name: "Copy" }).click();
    await code.getByText("Copied").waitFor();
    expect((await page.evaluate(() => navigator.clipboard.readText())).trim()).toBe("const a = 1;\nconst b = 2;");

    // Nothing for maths where there is none.
    const fetched = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
    expect(fetched.filter((name) => /katex|maths-.*\.css/i.test(name))).toEqual([]);

    // Of somebody else: the page itself goes on asking its server.
    const elsewhere: string[] = [];
    const { origin } = new URL(page.url());
    context.on("request", (request) => {
      if (new URL(request.url()).origin !== origin) elsewhere.push(request.url());
    });
    const [opened] = await Promise.all([
      context.waitForEvent("page"),
      conversation.getByRole("link", { name: /Image “pic” at 127\.0\.0\.1/ }).click(),
    ]);
    await expect.poll(() => elsewhere).toEqual([picture]);
    expect(await opened.evaluate(() => window.opener === null)).toBe(true);
    expect(new URL(page.url()).pathname).toMatch(/^\/chats\//);
    await opened.close();
    expect(tab.complaints).toEqual([]);
  });

  test("results are shown as what they are, and raw", async () => {
    const call = (callId: string, result: Json): Line[] => [
      { ...RUN, type: "tool_use", data: { callId, name: `give_${callId}`, args: {}, effect: "read", summary: "" } },
      {
        ...RUN,
        type: "tool_result",
        data: { callId, name: `give_${callId}`, ok: true, result, durationMs: 9, size: 9 },
      },
      said(`After ${callId}`),
    ];
    const { tab } = await opened([
      ...call("tree", { name: "x", text: "one\ntwo", deep: { deeper: { deepest: 1 } } }),
      ...call("table", [
        { id: 1, name: "a" },
        { id: 2, name: "b" },
      ]),
      ...call("diff", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"),
    ]);
    for (const name of ["tree", "table", "diff"]) {
      await tab.conversation.getByRole("button", { name: new RegExp(`give_${name}`) }).click();
    }
    const rowOf = (name: string) => tab.conversation.locator(`[data-call-id="${name}"]`);
    const tree = rowOf("tree").getByRole("group", { name: "Result" });
    expect(await tree.getByText("one\ntwo").evaluate((leaf) => getComputedStyle(leaf).whiteSpace)).toBe("pre-wrap");
    expect(await tree.getByText("deepest").count()).toBe(0);
    await tree.getByRole("button", { name: /deeper/ }).click();
    await tree.getByText("deepest").waitFor();
    const lines = rowOf("diff").getByLabel("Result");
    const setting = () => lines.evaluate((pre) => getComputedStyle(pre).whiteSpace);
    await expect.poll(setting).toBe("pre-wrap");
    await rowOf("diff").getByRole("button", { name: "Wrap" }).click();
    await expect.poll(setting).toBe("pre");
    await rowOf("tree").getByRole("button", { name: "Raw" }).click();
    await rowOf("tree").getByLabel("Result").getByText('"deepest": 1').waitFor();
    await expect.poll(() => rowOf("table").getByRole("columnheader").allTextContents()).toEqual(["id", "name"]);
    await expect.poll(() => rowOf("table").getByRole("cell").allTextContents()).toEqual(["1", "a", "2", "b"]);
    await expect.poll(() => rowOf("diff").locator('[data-diff="added"] ins').last().textContent()).toBe("b");
    const [file] = await Promise.all([
      tab.page.waitForEvent("download"),
      rowOf("table").getByRole("button", { name: "Save" }).last().click(),
    ]);
    expect(file.suggestedFilename()).toBe("result.json");
    expect(tab.complaints).toEqual([]);
  });

  test("a message is edited and sent again in a new chat, and one goes to and fro between the two", async () => {
    const by = { actor: { kind: "user", id: "u", name: "ann" } } as const;
    const { tab, chatId, app, ann, context } = await opened([
      { type: "message", data: { role: "user", text: "First" }, ...by },
      said("One."),
      { type: "message", data: { role: "user", text: "Secnd" }, ...by },
      said("Two, with `code`."),
    ]);
    const { conversation, page } = tab;
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const answer = conversation.locator('[data-type="message"]', { hasText: "Two, with" });
    await answer.hover();
    await answer.getByRole("button", { name: "Copy", exact: true }).click();
    await answer.getByText("Copied").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("Two, with `code`.");
    await answer.getByRole("button", { name: "Quote" }).click();
    await expect.poll(() => tab.composer.inputValue()).toBe("> Two, with `code`.\n\n");
    const question = conversation.locator('[data-type="message"]', { hasText: "Secnd" });
    await question.hover();
    await question.getByRole("button", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog", { name: "Edit and send again" });
    await dialog.getByRole("textbox", { name: "Message" }).fill("Second");
    await dialog.getByRole("button", { name: "Send in a new chat" }).click();
    await conversation.getByText("Made from “Answers” by you").waitFor();
    expect(page.url()).not.toContain(chatId);
    await expect.poll(() => tab.said("ann")).toEqual(["First", "Second"]);
    await conversation.getByText("One.").waitFor();
    expect(await conversation.getByText("Two, with").count()).toBe(0);
    await conversation.getByRole("link", { name: "The chat before this one, from here" }).click();
    await conversation.getByText("Two, with").waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toBe(`/chats/${chatId}`);
    // The link of a message opens at it.
    await conversation.locator("[data-aimed]", { hasText: "Secnd" }).waitFor();
    await conversation.getByRole("link", { name: "The next chat from here" }).click();
    await conversation.getByText("Second", { exact: true }).waitFor();
    const { body } = await app.as(ann, "GET", "/api/chats");
    expect((body as { items: unknown[] }).items).toHaveLength(2);
    expect(tab.complaints).toEqual([]);
  });

  test("several chats from one message are led through in their order, by keyboard alone; buttons and dialog hold up to axe", async () => {
    const by = { actor: { kind: "user", id: "ann", name: "ann" } } as const;
    const first: Line = { type: "message", data: { role: "user", text: "Word 1" }, ...by };
    const { tab, chatId } = await opened([first, said("One.")]);
    const { page, conversation } = tab;
    const home = page.url();
    const question = conversation.getByRole("article", { name: "ann" }).locator("..");
    const edit = question.getByRole("button", { name: "Edit" });
    const dialog = page.getByRole("dialog", { name: "Edit and send again" });
    for (const word of ["Word 2", "Word 3"]) {
      await edit.focus();
      await page.keyboard.press("Enter");
      await dialog.waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      expect(await edit.evaluate((button) => document.activeElement === button)).toBe(true);
      await page.keyboard.press("Enter");
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        expect(await faultsOf(page)).toEqual([]);
      }
      await page.keyboard.press("Control+A");
      await page.keyboard.type(word);
      await dialog.getByRole("button", { name: "Send in a new chat" }).focus();
      await page.keyboard.press("Enter");
      await conversation.getByText(word, { exact: true }).waitFor();
      await page.goto(home);
      await conversation.getByText("One.").waitFor();
    }
    const next = conversation.getByRole("link", { name: "The next chat from here" });
    const before = conversation.getByRole("link", { name: "The chat before this one, from here" });
    for (const [link, word, number] of [
      [next, "Word 2", 2],
      [next, "Word 3", 3],
      [before, "Word 2", 2],
      [before, "Word 1", 1],
    ] as const) {
      await link.focus();
      await page.keyboard.press("Enter");
      await conversation.getByText(`${number} of 3`).waitFor();
      expect(await tab.said("ann")).toEqual([word]);
    }
    await expect.poll(() => new URL(page.url()).pathname).toBe(`/chats/${chatId}`);
    expect(await faultsOf(page)).toEqual([]);
    expect(tab.complaints).toEqual([]);
  });

  test("what hardly anybody looks for is out of sight until every event is wanted", async () => {
    const { tab, base, chatId, context, app, ann } = await opened([said("Here.")]);
    await tab.conversation.getByText("Chat created").waitFor();
    // On another device, and shown here at once.
    await app.as(ann, "PATCH", "/api/preferences", { "events.bookkeeping": null });
    await tab.conversation.getByText("Chat created").waitFor({ state: "detached" });
    const page = await context.newPage();
    mayNotComplain(page);
    await page.goto(`${base}/chats/${chatId}`);
    const log = page.getByRole("log", { name: "Conversation" });
    await log.getByText("Here.").waitFor();
    expect(await log.getByText("Chat created").count()).toBe(0);
    expect(await page.getByText(/live · at/).count()).toBe(0);
    await page.getByRole("button", { name: /^Rename, archive/ }).click();
    await page.getByRole("button", { name: "Show every event" }).click();
    await log.getByText("Chat created").waitFor();
    await page.getByText("live · at event 2").waitFor();
    await tab.conversation.getByText("Chat created").waitFor();
    await page.reload();
    await log.getByText("Chat created").waitFor();
  });

  test("what earlier versions kept in the browser of the events to show is kept on the server, once", async () => {
    const { base, chatId, context, app, ann } = await opened([said("Here.")]);
    const preferences = async () => (await app.as(ann, "GET", "/api/preferences")).body.set as string[];
    await app.as(ann, "PATCH", "/api/preferences", { "events.bookkeeping": null, "notify.page": null });
    const page = await context.newPage();
    mayNotComplain(page);
    await page.goto(`${base}/chats/${chatId}`);
    await page.evaluate(() => localStorage.setItem("sparky.events", "all"));
    await page.reload();
    const log = page.getByRole("log", { name: "Conversation" });
    await log.getByText("Chat created").waitFor();
    await expect.poll(preferences).toEqual(["events.bookkeeping"]);
    await expect.poll(() => page.evaluate(() => localStorage.getItem("sparky.events"))).toBe(null);
  });
});
