import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { EventBody, NewEvent } from "../../src/core/events.ts";
import type { Chat } from "../../src/wire/api.ts";
import { describeInBrowser, launchBrowser, openLink } from "../kit/browser.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { Tab } from "./thread-page.ts";

const PLACE = { runId: null, taskId: null, step: null, actor: { kind: "agent", id: "agent", name: "agent" } } as const;

const nested = (depth: number): unknown => (depth === 0 ? "end" : { in: nested(depth - 1) });

/** What a model, or whoever tells it what to say, can write: each alone took a page seconds to minutes, or broke it. */
const MONSTERS: readonly { readonly what: string; readonly text: string }[] = [
  { what: "quotes", text: `${">".repeat(5000)} deep` },
  { what: "lists", text: `${"- ".repeat(5000)}deep` },
  { what: "indented lists", text: Array.from({ length: 500 }, (_, n) => `${" ".repeat(n * 2)}- deep`).join("\n") },
  { what: "emphasis", text: "*a**deep".repeat(20_000) },
  { what: "brackets", text: `${"[".repeat(30_000)}deep` },
  { what: "definitions", text: "[\n".repeat(30_000) },
  { what: "a wide table", text: `${"|deep".repeat(10_000)}|\n${"|-".repeat(10_000)}|\n${"|b".repeat(10_000)}|` },
  { what: "one line", text: "deep".repeat(250_000) },
  { what: "formulas in formulas", text: `$$${"\\frac{".repeat(2000)}deep$$` },
  { what: "many formulas", text: "$x^{2}$ deep ".repeat(900) },
  { what: "code", text: `\`\`\`ts\n${"(a ? `${b}` : /[/".repeat(1500)}deep\n\`\`\`` },
  { what: "many blocks", text: "deep\n\n".repeat(30_000) },
];

describeInBrowser("what a model writes", () => {
  test("F104: leaves its chat a page that opens, scrolls and answers, whatever it is", async () => {
    const store = await sqlite.store();
    const app = await chatServer(store, { webRoot: join(import.meta.dirname, "../../dist/web") });
    const base = (await app.listen()).replace(/\/$/, "");
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const { ann } = app.people;
    const { body: chat } = await app.as(ann, "POST", "/api/chats", { title: "Monsters" });
    const { id: chatId } = chat as Chat;
    const write = (...bodies: (EventBody & Partial<NewEvent>)[]) =>
      store.append({ chatId, events: bodies.map((body) => ({ ...PLACE, ...body })) });
    const said = (text: string): EventBody => ({ type: "message", data: { role: "assistant", text } });
    const { body: link } = await app.as(ann, "POST", "/api/users/ann/login-link", {});
    const context = await browser.newContext();
    await openLink(await context.newPage(), (link as { url: string }).url);
    const tab = await Tab.open(context, base, `/chats/${chatId}`);
    await tab.connection("live");
    for (const [n, { what, text }] of MONSTERS.entries()) {
      await write(said(text), said(`After ${what}`));
      await tab.go(`/chats/${chatId}`);
      // The page is at its end, alive, and keeps up with what comes.
      await tab.conversation.getByText(`After ${what}`, { exact: true }).waitFor();
      await write(said(`Alive ${n}`));
      await tab.conversation.getByText(`Alive ${n}`, { exact: true }).waitFor();
      if (text.includes("deep")) await tab.conversation.getByText("deep").last().waitFor();
    }
    await write(
      {
        type: "tool_use",
        data: { callId: "c", name: "odd", args: nested(900) as never, effect: "read", summary: "odd" },
      },
      {
        type: "tool_result",
        data: { callId: "c", name: "odd", ok: true, result: nested(900) as never, durationMs: 1, size: 9 },
      },
      said("After a deep result"),
    );
    await tab.go(`/chats/${chatId}`);
    await tab.conversation.getByText("After a deep result").waitFor();
    expect(tab.complaints).toEqual([]);
  });
});
