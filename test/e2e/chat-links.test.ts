import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { expect, onTestFinished, test, vi } from "vitest";
import { describeInBrowser, launchBrowser, openLink } from "../kit/browser.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { faultsOf } from "./axe.ts";

vi.setConfig({ testTimeout: 300_000 });

const PATIENT = 60_000;
const PASSWORD = "three small words";

describeInBrowser("a link to a chat", () => {
  test("is made in its header, brings who opens it back from the sign-in, and is revoked with whom it brought", async () => {
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const app = await chatServer(await sqlite.store(), { webRoot: join(import.meta.dirname, "../../dist/web") });
    const { ann, owner } = app.people;
    const base = (await app.listen()).replace(/\/$/, "");
    const chat: string = (await app.as(ann, "POST", "/api/chats", { title: "The garden" })).body.id;
    await app.as(owner, "POST", "/api/users/bob/password", { password: PASSWORD });
    const asked: string[] = [];
    const context = async (): Promise<BrowserContext> => {
      const made = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      made.setDefaultTimeout(PATIENT);
      made.on("request", (request) => void asked.push(`${request.url()} ${request.headers().referer ?? ""}`));
      return made;
    };
    const [anns, bobs] = [await (await context()).newPage(), await (await context()).newPage()];
    await openLink(anns, (await app.as(ann, "POST", "/api/users/ann/login-link", {})).body.url);

    await anns.goto(`${base}/chats/${chat}`);
    await anns.getByRole("button", { name: "Share this chat" }).click();
    const dialog = anns.getByRole("dialog", { name: "Share this chat" });
    await dialog.getByLabel("What whoever has the link may do").selectOption("write");
    await dialog.getByRole("button", { name: "Make a link" }).click();
    const link = (await dialog.locator("output code").textContent()) ?? "";
    expect(link.startsWith(`${base}/shared#`)).toBe(true);
    const row = dialog.locator("[data-link]");
    await row.getByText("may write").waitFor();
    expect(await faultsOf(anns)).toEqual([]);

    // Bob is not signed in: he signs in first, and is where the link leads.
    await bobs.goto(link);
    await bobs.getByRole("heading", { name: "You are signed out" }).waitFor();
    await bobs.getByRole("link", { name: "sign in with it" }).click();
    await bobs.getByLabel("Name").fill("bob");
    await bobs.getByLabel("Password").fill(PASSWORD);
    await bobs.getByRole("button", { name: "Sign in" }).click();
    await bobs.getByRole("heading", { name: "Somebody shares a chat with you" }).waitFor();
    expect(bobs.url()).toBe(link);
    expect(await faultsOf(bobs)).toEqual([]);
    expect((await app.as(ann, "GET", `/api/chats/${chat}/shares`)).body.items).toEqual([]);
    await bobs.getByRole("button", { name: "Open the chat" }).click();
    await bobs.getByRole("log").getByText("Shared with you, to write, by a link").waitFor();
    expect(bobs.url()).toBe(`${base}/chats/${chat}`);
    await bobs.getByRole("textbox", { name: "Message" }).waitFor();

    // She sees who came, and takes both back.
    await dialog.locator('[data-share="bob"]').waitFor();
    await row.getByText("came by it: bob").waitFor();
    await row.getByRole("button", { name: "Revoke this link" }).click();
    await row.getByText("bob came by it. If you revoke the link alone, that stays so.").waitFor();
    expect(await faultsOf(anns)).toEqual([]);
    await row.getByRole("button", { name: "Take the chat away too" }).click();
    await row.waitFor({ state: "detached" });
    await dialog.locator('[data-share="bob"]').waitFor({ state: "detached" });
    await bobs.getByRole("heading", { name: "This chat is no longer shared with you" }).waitFor();

    await bobs.goto(link);
    await bobs.getByRole("button", { name: "Open the chat" }).click();
    await bobs.getByText("this link has ended").waitFor();
    const token = link.slice(link.indexOf("#") + 1);
    expect(token).toHaveLength(43);
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.map((each) => each.replace(/#\S*/, "")).filter((each) => each.includes(token))).toEqual([]);
  });
});
