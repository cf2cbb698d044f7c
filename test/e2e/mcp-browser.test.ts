import { createServer } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { describeInBrowser, program } from "../kit/browser.ts";
import { startServers } from "../kit/mcp/servers.ts";

vi.setConfig({ testTimeout: 120_000 });

const PLAYWRIGHT = join(import.meta.dirname, "../../node_modules/.bin/playwright-mcp");

describeInBrowser("the browser server of other people, unmodified", () => {
  test("opens a page and reads it, and its browser ends with it", async () => {
    const site = createServer((_, response) =>
      response.setHeader("content-type", "text/html").end("<h1>Tea at eight</h1>"),
    );
    site.listen(0, "127.0.0.1");
    await once(site, "listening");
    onTestFinished(() => void site.close());
    const address = site.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const args = ["--headless", "--isolated", "--no-sandbox", "--executable-path", program ?? ""];
    const { servers, definition, processes } = await startServers({ playwright: { command: PLAYWRIGHT, args } });
    const { signal } = new AbortController();
    const { tools } = await servers.list(definition("playwright"), { userId: "ann" }, signal);
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(["browser_navigate", "browser_snapshot"]));
    const call = (tool: string, args: { readonly [name: string]: string }) =>
      servers.call(definition("playwright"), { userId: "ann" }, { tool, args }, signal);
    await call("browser_navigate", { url: `http://127.0.0.1:${port}/` });
    expect(JSON.stringify(await call("browser_snapshot", {}))).toContain("Tea at eight");
    await servers[Symbol.asyncDispose]();
    site.closeAllConnections();
    expect(processes.size).toBe(0);
  });
});
