import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { readHtml } from "../src/tools/web/html.ts";
import type { RawPage } from "../src/tools/web/page.ts";
import { PageReader } from "../src/tools/web/page-reader.ts";
import type { Figure } from "./kit/figure.ts";

const PAGE_BYTES = 3_000_000;
const SECTION = `<h2>A section</h2><p>${"Words of a long page, with a <a href='x.html'>link</a>. ".repeat(20)}</p>
<ul><li>one</li><li>two</li></ul><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>`;

/** A page of 3 MB becomes Markdown: for how long nothing else of the server can happen meanwhile. */
export async function webPages(): Promise<Figure[]> {
  const html = `<html><body><article>${SECTION.repeat(Math.ceil(PAGE_BYTES / SECTION.length))}</article></body></html>`;
  const bytes = Buffer.from(html);
  const page: RawPage = { url: "https://example.org/", kind: "html", contentType: "text/html", bytes, as: "article" };
  const reader = new PageReader({ timeoutMs: 120_000, memoryMb: 512 });
  const apart = await heldUp(async () => {
    const { text } = await reader.read(page, new AbortController().signal);
    if (!text.includes("## A section")) throw new Error("the page was not read");
  });
  const here = await heldUp(async () => void readHtml(html, page));
  return [
    {
      what: "3 MB page → Markdown: longest pause of all else",
      value: apart,
      unit: "ms",
      reach: 50,
      raw: { what: "in the same thread", value: here },
    },
  ];
}

async function heldUp(work: () => Promise<void>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await pause(20);
  await work();
  await pause(20);
  delay.disable();
  return delay.max / 1e6;
}
