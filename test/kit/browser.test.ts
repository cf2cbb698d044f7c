import { expect, test } from "vitest";
import { describeInBrowsers } from "./browser.ts";

describeInBrowsers("the browser of the tests", (launch) => {
  test("starts, runs scripts, and leaves nothing behind", async () => {
    await using browser = await launch();
    const page = await browser.newPage();
    await page.setContent("<title>a page</title>");
    expect(await page.title()).toBe("a page");
    expect(await page.evaluate("1 + 1")).toBe(2);
  });
});
