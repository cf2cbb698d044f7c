import { expect, test } from "vitest";
import { Answer, views, type Stage } from "./scripted-cli.ts";

/** `sparky secret`, with the server played by a script; with a real one it is in src/agent/secrets.test.ts. */

const KEY = { name: "WEATHER_KEY", setAt: "2026-12-01T08:00:00.000Z" };
const routes = (answers: { readonly [route: string]: unknown }): Stage => ({ routes: answers });
const list = (...items: readonly object[]): Stage =>
  routes({ "GET /api/secrets": { items, next: null, total: items.length } });
const PUT = 'POST /api/secrets {"name":"WEATHER_KEY","value":"a long value"}';
const missing = new Answer(404, { error: { code: "not_found", message: "the secret WEATHER_KEY was not found" } });

test("what the commands for secrets show, and how they end; no value is among it", async () => {
  const cases: readonly (readonly [line: string, stage: Stage])[] = [
    ["list", list()],
    ["list", list({ ...KEY, usedBy: { servers: ["weather"], tools: [] } })],
    ["set WEATHER_KEY", { ...routes({ [PUT]: { ...KEY, masked: true } }), input: "a long value\n" }],
    ["set WEATHER_KEY", { ...routes({ [PUT]: { ...KEY, masked: false } }), answer: "a long value" }],
    ["set WEATHER_KEY", { input: "\n" }],
    ["set weather-key", {}],
    ["set WEATHER_KEY hunter22", {}],
    ["remove WEATHER_KEY --yes", routes({ "DELETE /api/secrets/WEATHER_KEY": new Answer(204, null) })],
    ["remove WEATHER_KEY --yes", routes({ "DELETE /api/secrets/WEATHER_KEY": missing })],
    ["remove WEATHER_KEY", {}],
  ];
  let text = "";
  for (const [line, stage] of cases) text += await views(["secret", ...line.split(" ")], stage);
  expect(text).not.toContain("long value");
  expect(text.split("\n").filter((line) => line.includes("hunter22") && !line.startsWith("$"))).toEqual([]);
  await expect(text).toMatchFileSnapshot("cli-secret.txt");
});
