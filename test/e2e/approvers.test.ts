import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { User } from "../../src/wire/api.ts";
import { policyOf } from "../../src/tools/policy.ts";
import { startAgent } from "../kit/agent.ts";
import { describeInBrowser, launchBrowser, openLink } from "../kit/browser.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { call, say, scriptedModel } from "../kit/scripted-model.ts";
import { testTool } from "../kit/worker.ts";
import { faultsOf } from "./axe.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("the inbox of who answers for others", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchBrowser()));
  afterAll(() => browser.close());

  test("has what a member's run asks, with its arguments and not its chat; the member waits, and sees the yes", async () => {
    const store = await sqlite.store();
    const app = await chatServer(store, { webRoot: join(import.meta.dirname, "../../dist/web") });
    const ran: string[] = [];
    const wipe = { ...testTool("wipe", async (text) => (ran.push(text), "wiped")), policy: policyOf("ask") };
    const model = scriptedModel(({ messages }) =>
      messages.at(-1)?.role === "user" ? [call("wipe", { text: "the attic" })] : [say("It is empty now.")],
    );
    const agent = await startAgent(store, { model, tools: [wipe] });
    onTestFinished(() => agent.stop());
    const base = (await app.listen()).replace(/\/$/, "");
    const { owner, ann } = app.people;
    const complaints: string[] = [];
    const at = async (user: User, path: string, look: "light" | "dark", width: number): Promise<Page> => {
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: look });
      context.setDefaultTimeout(60_000);
      onTestFinished(() => context.close());
      context.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      const page = await context.newPage();
      await openLink(page, (await app.as(user, "POST", `/api/users/${user.name}/login-link`, {})).body.url);
      await page.goto(`${base}${path}`);
      return page;
    };
    const chat = (await app.as(ann, "POST", "/api/chats", { title: "The old house" })).body.id;
    const owners = await at(owner, "/inbox", "dark", 390);
    await owners.getByText("Nothing waits for you").waitFor();
    const anns = await at(ann, `/chats/${chat}`, "light", 1280);
    await anns.getByRole("textbox", { name: "Message" }).fill("Clear the attic");
    await anns.keyboard.press("Enter");
    await anns.getByText("an owner or an admin finds it in their inbox").waitFor();
    expect(await anns.getByRole("button", { name: /^Approve/ }).count()).toBe(0);
    await anns.getByRole("button", { name: "Deny" }).waitFor();
    expect(await faultsOf(anns)).toEqual([]);
    const card = owners.getByRole("article", { name: "wipe: the attic" });
    await card.getByText("A chat of ann").waitFor();
    await card.getByText("You answer for ann").waitFor();
    expect(await owners.getByText("The old house").count()).toBe(0);
    expect(await card.getByRole("link").count()).toBe(0);
    expect(await faultsOf(owners)).toEqual([]);
    await card.getByRole("button", { name: "Approve this call" }).click();
    await owners.getByText("You approved wipe").waitFor();
    await anns.getByRole("log").getByText("It is empty now.", { exact: true }).waitFor();
    expect(ran).toEqual(["the attic"]);
    await owners.getByRole("button", { name: "History" }).click();
    await owners.getByText("In a chat of ann: details").waitFor();
    expect(complaints).toEqual([]);
  });
});
