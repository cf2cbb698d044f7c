import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { Diagnosis } from "../../src/cli/deps.ts";
import { Sparky } from "./sparky-process.ts";

vi.setConfig({ testTimeout: 300_000 });

interface Report {
  readonly ok: boolean;
  readonly items: readonly Diagnosis[];
}

async function report(sparky: Sparky, ...args: readonly string[]): Promise<Report & { readonly code: number | null }> {
  const { code, stdout } = await sparky.run("doctor", "--json", ...args);
  return { code, ...(JSON.parse(stdout) as Report) };
}

const notGood = ({ items }: Report) =>
  items.filter(({ state }) => state !== "ok").map(({ check, what }) => `${check}: ${what}`);

test("the doctor looks at a home while its server runs, after a change of settings, and after kill -9", async () => {
  await using sparky = await Sparky.start({ SPARKY_ENABLE_AGENT_LOOP: "true", SPARKY_MODEL: "demo" });
  const running = await report(sparky);
  expect(notGood(running)).toEqual([]);
  expect(running).toMatchObject({ code: 0, ok: true });
  expect(running.items.map(({ what }) => what)).toContain("it lets you in, and asks the model demo");

  expect(await sparky.run("config", "set", "LOG_LEVEL", "warn")).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("sparky chat restart"),
  });
  expect(notGood(await report(sparky))).toEqual([expect.stringContaining("was changed since it started")]);

  await sparky.kill("SIGKILL");
  await chmod(join(sparky.home, "token"), 0o644);
  const left = await report(sparky);
  expect(notGood(left)).toEqual([
    expect.stringContaining("token can be seen by others"),
    expect.stringContaining("server.json was left by a process"),
    // What is read of such a home might be somebody else's.
    expect.stringContaining("server: not looked for"),
  ]);
  expect(left.code).toBe(0);
  const fixed = await report(sparky, "--fix");
  expect(notGood(fixed)).toEqual([]);
  expect(fixed.items.filter((item) => item.fixed)).toHaveLength(2);
  expect(notGood(await report(sparky))).toEqual([]);
  expect(await readFile(join(sparky.home, ".env"), "utf8")).toBe("LOG_LEVEL=warn\n");

  const { code, stdout, stderr } = await sparky.run("models", "test");
  expect({ code, stderr, model: stdout.split("\t").slice(0, 2) }).toEqual({
    code: 0,
    stderr: "",
    model: ["demo", "ok"],
  });
});
