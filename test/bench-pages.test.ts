import { expect, test, vi } from "vitest";
import { served } from "../bench/kit/pages.ts";
import { answer, delaysOf, sent } from "../bench/pages-provider.ts";

test("what a browser asks for beside a page is no answer of the model, and changes no time of one", async () => {
  await using provider = await served(answer);
  const asks = new AbortController();
  const response = await fetch(`${provider.url}/v1/chat/completions`, {
    ...{ method: "POST", body: "stream", signal: asks.signal },
  });
  await vi.waitUntil(() => sent.has(3), { timeout: 60_000 });
  asks.abort();
  await expect(response.text()).rejects.toThrow("aborted");
  const before = new Map(sent);
  const icon = await fetch(`${provider.url}/favicon.ico`);
  expect(icon.status).toBe(404);
  await icon.text();
  expect(new Map([...sent].slice(0, 4))).toEqual(new Map([...before].slice(0, 4)));
});

test("a piece that was seen before it left is no figure: the clocks, or its times, are wrong", () => {
  const left = new Map([
    [1, 1000],
    [2, 1010],
  ]);
  const clock = { ahead: 500, within: 2 };
  const delays = (second: number) =>
    delaysOf({
      pieces: [
        [1, 1503],
        [2, second],
      ],
      clock,
      left,
    });
  expect(delays(1517)).toEqual([3, 7]);
  expect(delays(1509)).toEqual([3, 0]);
  expect(() => delays(1490)).toThrow("piece 2 was seen 20.0 ms before it left");
  expect(() => delaysOf({ pieces: [[3, 1600]], clock, left })).toThrow("piece 3 was seen and never left");
});
