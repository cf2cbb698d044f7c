import { expect, test } from "vitest";
import { describeInBrowser, launchBrowser } from "./browser.ts";

describeInBrowser("the browser of the tests", () => {
  test("starts, runs scripts, and leaves nothing behind", async () => {
    await using browser = await launchBrowser();
    const page = await browser.newPage();
    await page.setContent("<title>a page</title>");
    expect(await page.title()).toBe("a page");
    expect(await page.evaluate("1 + 1")).toBe(2);
  });
});
