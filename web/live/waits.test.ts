import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const WEB = join(import.meta.dirname, "..");
const files = readdirSync(WEB, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(WEB, name), "utf8") }));
const having = (pattern: RegExp): typeof files => files.filter(({ text }) => pattern.test(text));

// What the waits do when they run out is seen in a browser, in test/e2e/waits.test.ts.

test("F21: all requests go through one place, which gives each of them a time", () => {
  const asking = having(/\bfetch\(/);
  expect(asking.map(({ name }) => name).toSorted()).toEqual(["live/http.ts", "main.tsx"]);
  for (const { text } of asking) expect(text).toContain("AbortSignal.timeout(");
  expect(having(/new EventSource\b/)).toEqual([]);
  // A file that is sent tells how far it is, which `fetch` does not.
  const sending = having(/new XMLHttpRequest\b/);
  expect(sending.map(({ name }) => name)).toEqual(["thread/upload.ts"]);
  for (const { text } of sending) expect(text).toMatch(/request\.timeout = .*request\.ontimeout = .*request\.send\(/s);
  expect(having(/new WebSocket\(/).map(({ name }) => name)).toEqual(["main.tsx"]);
});

test("F21: whatever shows that it loads also shows that it failed, with a retry", () => {
  const loading = having(/<Loading\b|>\s*Loading /).filter(({ name }) => name !== "ui/notice.tsx");
  expect(loading.length).toBeGreaterThan(8);
  for (const { name, text } of loading) expect(text, name).toMatch(/<Failure\b[^>]*retry=/s);
});

test("F21: whatever sends something shows why it was not taken", () => {
  const sending = having(/useMutation\(/).filter(({ name }) => name.endsWith(".tsx"));
  expect(sending.length).toBeGreaterThan(6);
  for (const { name, text } of sending) expect(text, name).toMatch(/role="alert"|<(Failure|Problem|Outcome)\b/);
});
