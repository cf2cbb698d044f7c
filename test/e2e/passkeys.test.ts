import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test, vi } from "vitest";
import { describeInBrowser, launchBrowser, openLink } from "../kit/browser.ts";
import { chatServer } from "../kit/chat-server.ts";
import { sqlite } from "../kit/databases.ts";
import { faultsOf } from "./axe.ts";

vi.setConfig({ testTimeout: 300_000 });

/** A device that makes sure who holds it by itself, in place of a finger. */
async function withDevice(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

describeInBrowser("a passkey in the browser", () => {
  test("is added in the settings, signs in, is removed, and lets nobody in afterwards; without a fault that axe knows", async () => {
    const app = await chatServer(await sqlite.store(), { webRoot: join(import.meta.dirname, "../../dist/web") });
    const number = (await app.listen()).replace(/\/$/, "");
    const base = number.replace("127.0.0.1", "localhost");
    await using browser = await launchBrowser();
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    onTestFinished(() => context.close());
    context.setDefaultTimeout(60_000);
    const complaints: string[] = [];
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    const page = await context.newPage();
    await withDevice(page);
    const { url } = await app.server.createLoginLink(app.people.owner);
    await openLink(page, url.replace(number, base));

    await page.goto(`${base}/settings/sign-in`);
    await page.getByText("No passkey yet.").waitFor();
    const name = page.getByLabel("Name of the passkey");
    await name.fill("my phone");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByText("The passkey is added.").waitFor();
    await page.getByRole("button", { name: "Remove my phone" }).waitFor();
    // The same device has no second one for the same account.
    await name.fill("again");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByRole("alert").getByText("Nothing was added").waitFor();
    await page.getByRole("button", { name: "Rename my phone" }).click();
    await page.getByRole("dialog").getByLabel("Name of the passkey").fill("the phone");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Remove the phone" }).waitFor();
    expect(await faultsOf(page)).toEqual([]);

    await context.clearCookies();
    await page.goto(`${base}/login`);
    await page.getByText("here at localhost").waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.waitForURL(`${base}/`);

    await page.goto(`${base}/settings/sign-in`);
    await page.getByRole("button", { name: "Remove the phone" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText("owner has no passkey and no password any more").waitFor();
    // Whoever removes it is signed in still.
    expect((await page.request.get(`${base}/api/me`)).status()).toBe(200);

    // The device does not know yet that it is gone.
    await context.clearCookies();
    await page.goto(`${base}/login`);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByRole("alert").getByText("this passkey lets nobody in here").waitFor();
    await page.goto(`${number}/login`);
    await page.getByText("Passkeys belong to a name").waitFor();
    expect(await page.getByRole("button", { name: "Sign in with a passkey" }).count()).toBe(0);
    expect(complaints.filter((text) => !text.includes("401"))).toEqual([]);
  });
});
