import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempHome } from "../../test/kit/temp-home.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { examine } from "./examine.ts";

async function found(file: string, environment: { readonly [name: string]: string } = {}) {
  const home = await tempHome();
  writeFileSync(join(home, "mcp.json"), file, { mode: 0o600 });
  const found: Diagnosis[] = [];
  for await (const one of examine({ ...environment, SPARKY_HOME: home, KEY: "k" }, {}, { fix: false, offline: true }))
    found.push(one);
  return found.filter(({ check }) => check === "tool servers");
}

test("what is wrong with each tool server is told with what to do, and nothing is started", async () => {
  const servers = {
    good: { command: "no-such-program", args: ["${KEY}", "${SPARKY_WORKSPACE}", "${secret:MINE}"] },
    unset: { url: "https://a/mcp", headers: { Authorization: "Bearer ${TOKEN}" } },
    off: { url: "https://${TOKEN}/mcp", disabled: true },
    bad: { baseUrl: "https://a/mcp" },
    odd: { command: "x", comand: "y" },
  };
  expect(await found(JSON.stringify({ mcpServers: servers }))).toMatchObject([
    { state: "fail", what: expect.stringContaining('"bad": neither command nor url is there') },
    { state: "warn", what: '"odd": comand is not known and does not count: command is perhaps meant' },
    {
      state: "fail",
      what: expect.stringContaining("needs ${TOKEN}, which is not set"),
      remedy: expect.stringContaining("set TOKEN"),
    },
    { state: "ok", what: "mcp.json names 5 tool servers" },
  ]);
  expect(await found("{")).toMatchObject([
    { state: "fail", what: expect.stringContaining("is not JSON"), remedy: expect.stringMatching(/^edit /) },
  ]);
});

test("servers that are to be sandboxed are named, and where there is no sandbox with what to do about it", async () => {
  const mcpServers = {
    one: { command: "x", sandbox: true },
    web: { command: "x", sandbox: true, network: true },
    two: { command: "x" },
    off: { command: "x", sandbox: true, disabled: true },
  };
  const file = JSON.stringify({ mcpServers });
  expect(await found(file, { PATH: process.env["PATH"] ?? "" })).toMatchObject([
    { state: "ok", what: "sandboxed: one, web (with network)" },
    { state: "ok", what: "mcp.json names 4 tool servers" },
  ]);
  expect(await found(file, { PATH: "/nowhere" })).toMatchObject([
    {
      state: "fail",
      what: "one, web (with network): not started, since there is no sandbox: bubblewrap is not installed",
      remedy: "apt-get install bubblewrap",
    },
    { state: "ok" },
  ]);
});
