import { expect, test } from "vitest";
import { z } from "zod";
import { describeInBrowser } from "../kit/browser.ts";
import { Stage } from "./stage.ts";

const manifestSchema = z.object({
  name: z.string(),
  start_url: z.literal("/"),
  display: z.literal("standalone"),
  icons: z.array(z.object({ src: z.string(), sizes: z.string(), type: z.string() })).min(3),
});

describeInBrowser("Sparky as an app on a device", () => {
  test("can be installed; without the server it says that it cannot be reached, keeps nothing that the server said, and comes back", async () => {
    await using stage = await Stage.open({});
    const get = (path: string) => fetch(stage.sparky.url + path, { headers: { connection: "close" } });
    const { icons } = manifestSchema.parse(await (await get("/manifest.webmanifest")).json());
    for (const { src, type } of icons) {
      const icon = await get(src);
      expect([icon.status, icon.headers.get("content-type")]).toEqual([200, type]);
      await icon.arrayBuffer();
    }
    const device = await stage.device("owner", { serviceWorkers: "allow" });
    const tab = await device.tab("/");
    const { page } = tab;
    await tab.connection("live");
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    expect(tab.complaints).toEqual([]);
    await page.reload();
    await tab.connection("live");

    device.network.cut();
    await tab.go("/tasks");
    await page.getByRole("heading", { name: "Sparky cannot be reached" }).waitFor();
    const kept = await page.evaluate(async () => {
      const caches = await globalThis.caches.keys();
      const requests = await Promise.all(caches.map(async (name) => (await globalThis.caches.open(name)).keys()));
      return requests.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(kept.toSorted()).toEqual(["/offline.html", "/theme.js"]);

    device.network.restore();
    await page.getByRole("link", { name: "Try now" }).click();
    await page.getByRole("heading", { name: "Tasks" }).waitFor();
    await tab.connection("live");
  });
});
