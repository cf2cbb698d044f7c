import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { describeInBrowser } from "../kit/browser.ts";
import { faultsOf } from "./axe.ts";
import { oauthServer } from "../kit/mcp/oauth-server.ts";
import { Stage } from "./stage.ts";

vi.setConfig({ testTimeout: 300_000 });

describeInBrowser("signing in at a tool server", () => {
  test("is begun on the page Tools, leads there and back, is told to have ended, and is signed out of", async () => {
    const closed = await oauthServer();
    onTestFinished(() => closed[Symbol.asyncDispose]());
    const stage = await Stage.open({});
    onTestFinished(() => stage[Symbol.asyncDispose]());
    const mcpServers = { closed: { url: closed.url } };
    await writeFile(join(stage.sparky.home, "mcp.json"), JSON.stringify({ mcpServers }));
    const { page, complaints } = await (await stage.device()).tab("/tools?show=servers");
    const card = page.locator('[data-server="closed"]');
    await card.getByRole("button", { name: "Look at its tools" }).click();
    await card.getByText("wants you to sign in").waitFor();
    await card.getByRole("button", { name: "Sign in there" }).click();
    await page.locator('[data-server="closed"][data-state="ready"]').waitFor();
    await expect.poll(() => new URL(page.url()).pathname).toBe("/tools");
    await card.getByText("1 tool", { exact: false }).first().waitFor();
    // It ends there, and the next request finds that out.
    closed.tokens.clear();
    closed.renewals.clear();
    await card.getByRole("button", { name: "Restart" }).click();
    await card.getByText("the server has ended this sign-in").waitFor();
    await card.getByText("Sign in again", { exact: true }).waitFor();
    await card.getByRole("button", { name: "Sign in there" }).click();
    await page.locator('[data-server="closed"][data-state="ready"]').waitFor();
    const given = [...closed.renewals];
    await card.getByRole("button", { name: "Sign out" }).click();
    await card.getByRole("button", { name: "Sign out" }).waitFor({ state: "detached" });
    // It is forgotten first and then told of, so that it is forgotten even where that fails.
    await expect.poll(() => closed.revoked, { timeout: 60_000 }).toEqual(expect.arrayContaining(given));
    expect(complaints).toEqual([]);
    // Whoever comes back with nothing is told so in a page with our fonts.
    const lost = await (await stage.device()).tab("/oauth/callback?state=x");
    await lost.page.getByRole("heading", { name: "You were not signed in" }).waitFor();
    const loaded = () => [...document.fonts].filter(({ status }) => status === "loaded").map(({ family }) => family);
    await expect
      .poll(() => lost.page.evaluate(loaded), { timeout: 60_000 })
      .toContainEqual(expect.stringContaining("Inter"));
    expect(await faultsOf(lost.page)).toEqual([]);
  });
});
