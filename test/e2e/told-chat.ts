import { join } from "node:path";
import type { Browser } from "playwright-core";
import { onTestFinished } from "vitest";
import type { EventBody, NewEvent } from "../../src/core/events.ts";
import type { Chat } from "../../src/wire/api.ts";
import { openLink } from "../kit/browser.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { Tab } from "./thread-page.ts";

export type Line = EventBody & Partial<NewEvent>;
const PLACE = { runId: null, taskId: null, step: null, actor: { kind: "agent", id: "agent", name: "agent" } } as const;
export const RUN = { runId: "r1", step: 1 } as const;
export const said = (text: string): Line => ({ type: "message", data: { role: "assistant", text } });
export const asked = (text: string): Line => ({
  type: "message",
  data: { role: "user", text },
  actor: { kind: "user", id: "u", name: "ann" },
});

/** A chat of ann's with these events, open in a browser of its own. No agent is at work behind it. */
export async function toldChat(browser: Browser, lines: readonly Line[], width = 1280) {
  const store = await sqlite.store();
  const app = await chatServer(store, { webRoot: join(import.meta.dirname, "../../dist/web") });
  const base = (await app.listen()).replace(/\/$/, "");
  const { ann } = app.people;
  const { body: chat } = await app.as(ann, "POST", "/api/chats", { title: "Answers" });
  const { id: chatId } = chat as Chat;
  const write = (...bodies: readonly Line[]) =>
    store.append({ chatId, events: bodies.map((body) => ({ ...PLACE, ...body })) });
  await write(...lines);
  const { body: link } = await app.as(ann, "POST", "/api/users/ann/login-link", {});
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  context.setDefaultTimeout(60_000);
  onTestFinished(() => context.close());
  await openLink(await context.newPage(), (link as { url: string }).url);
  const tab = await Tab.open(context, base, `/chats/${chatId}`);
  await tab.conversation.waitFor();
  return { app, ann, store, context, base, chatId, write, tab };
}
