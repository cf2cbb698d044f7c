import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";

test("a page of signing in has the fonts of the built pages, as soon as there are any, and works without", async () => {
  const webRoot = await tempHome();
  const { server } = await chatServer(await sqlite.store(), { webRoot });
  const page = async (): Promise<string> =>
    (await server.fetch(new Request("http://127.0.0.1:8000/login?token=spent"))).text();
  expect(await page()).not.toContain("@font-face");
  await mkdir(join(webRoot, "assets"));
  const names = ["inter-latin-wght-normal-Dx4kXJAl.woff2", "jetbrains-mono-latin-wght-normal-B_9-x.woff2"];
  for (const name of [...names, "inter-latin-ext-wght-normal-x.woff2", 'inter-latin-wght-normal-")}.woff2']) {
    await writeFile(join(webRoot, "assets", name), "");
  }
  const html = await page();
  for (const name of names) expect(html).toContain(`src: url("/assets/${name}") format("woff2")`);
  expect(html.split("@font-face")).toHaveLength(3);
});
