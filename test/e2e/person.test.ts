import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { describeInBrowser, launchBrowser, openLink } from "../kit/browser.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("two people at one browser", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchBrowser()));
  afterAll(() => browser.close());

  test("neither sees what the other was writing, nor sends what the other could not send; it is there when they are back", async () => {
    const store = await sqlite.store();
    const app = await chatServer(store, { webRoot: join(import.meta.dirname, "../../dist/web") });
    const base = (await app.listen()).replace(/\/$/, "");
    const { ann, bob } = app.people;
    const { id } = (await app.as(ann, "POST", "/api/chats", { title: "Kiln" })).body;
    const messages = async (): Promise<readonly string[]> =>
      (await store.db.selectFrom("events").selectAll().where("chat_id", "=", id).orderBy("seq").execute()).flatMap(
        ({ type, body }) => (type === "message" ? [String(JSON.parse(body).data.text)] : []),
      );
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(60_000);
    onTestFinished(() => context.close());
    const complaints: string[] = [];
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    const signIn = async (user: typeof ann) => {
      const { name } = user;
      const { body } = await app.as(user, "POST", `/api/users/${name}/login-link`, {});
      const page = await context.newPage();
      await openLink(page, body.url);
      await page.getByRole("button", { name: `${name}: account and settings` }).waitFor();
      return page;
    };
    const box = (page: Awaited<ReturnType<typeof signIn>>) => page.getByRole("textbox", { name: "Message" });

    const anns = await signIn(ann);
    await box(anns).fill("Ann's secret plan");
    await context.route("**/api/chats/*/messages", (route) => route.abort());
    const chat = await context.newPage();
    await chat.goto(`${base}/chats/${id}`);
    await box(chat).fill("from Ann");
    await box(chat).press("Enter");
    await chat.locator('[data-outbox="sending"]').waitFor();

    // Ann's pages become Bob's, with nothing of hers in them.
    const bobs = await signIn(bob);
    for (const page of [anns, chat]) await page.getByRole("button", { name: "bob: account and settings" }).waitFor();
    await chat.getByText("This chat is not here").waitFor();
    await context.unroute("**/api/chats/*/messages");
    for (const page of [anns, bobs]) expect(await box(page).inputValue()).toBe("");
    await box(bobs).fill("Bob's own");
    await box(bobs).press("Enter");
    await bobs.waitForURL(/\/chats\/./);
    await bobs.getByRole("log").getByText("Bob's own").waitFor();
    expect(await messages()).toEqual([]);

    const back = await signIn(ann);
    await expect.poll(() => box(back).inputValue()).toBe("Ann's secret plan");
    await expect.poll(messages).toEqual(["from Ann"]);
    await chat.getByRole("log").getByText("from Ann").waitFor();
    expect(await chat.locator("[data-outbox]").count()).toBe(0);
    expect(complaints.filter((text) => !/net::ERR_FAILED|404 \(Not Found\)/.test(text))).toEqual([]);
  });
});
