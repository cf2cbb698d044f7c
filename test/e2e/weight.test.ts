import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { Sparky } from "./sparky-process.ts";

const ASSETS = join(import.meta.dirname, "../../dist/web/assets");
const MOST_AT_FIRST = 180 * 1024;
const MOST_IN_A_PART = 120 * 1024;

async function weightOf(name: string): Promise<number> {
  return gzipSync(await readFile(join(ASSETS, name))).length;
}

test("the page begins with at most 180 KB of code, and no part that is loaded later has more than 120 KB", async () => {
  // Starting it builds the page, if it is not built yet.
  await using sparky = await Sparky.start({});
  const html = await (await fetch(sparky.url, { headers: { connection: "close" } })).text();
  const first = [...html.matchAll(/\/assets\/([\w.-]+\.js)"/g)].map(([, name = ""]) => name);
  expect(first.length).toBeGreaterThan(1);
  const weights = await Promise.all(first.map(weightOf));
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(MOST_AT_FIRST);

  const later = (await readdir(ASSETS)).filter((name) => name.endsWith(".js") && !first.includes(name));
  expect(later.length).toBeGreaterThan(5);
  for (const name of later) expect([name, (await weightOf(name)) < MOST_IN_A_PART]).toEqual([name, true]);
});
