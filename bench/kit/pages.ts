import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { median } from "./measure.ts";

/** Pages of ours beside pages that only draw the same, in one browser. */

const TIMES = 7;

/** From an address to what is looked for on screen, in milliseconds. */
export async function opened(page: Page, url: string, selector: string): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < TIMES; n++) {
    await page.goto("about:blank");
    const started = performance.now();
    await page.goto(url);
    await page.locator(selector).last().waitFor();
    times.push(performance.now() - started);
  }
  return median(times);
}

export interface Bare extends AsyncDisposable {
  readonly url: string;
}

export async function served(listener: RequestListener): Promise<Bare> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A page that is nothing but so many rows, in the HTML itself. */
export function bareRows(count: number, row: (n: number) => string): string {
  return `<!doctype html><title>Bare</title><body>${Array.from({ length: count }, (_, n) => row(n)).join("")}`;
}
