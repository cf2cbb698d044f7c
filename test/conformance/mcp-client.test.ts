import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 240_000 });

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
const SUITE = join(ROOT, "node_modules/.bin/conformance");
const CLIENT = `${process.execPath} ${join(ROOT, "test/kit/mcp/conformance-client.ts")}`;

/** What they need is not there yet: signing in at a server. */
const NOT_YET = /^auth\//;

/** The scenarios that a revision requires of a client, by the suite's own frozen list. */
async function required(revision: string): Promise<readonly string[]> {
  const { stdout } = await run(SUITE, ["list", "--requirements", revision]);
  const [, list = ""] = /Client scenarios[^\n]*\n([^]*?)\n\n/.exec(stdout) ?? [];
  return list.split("\n").map((line) => line.replace(/^\s*- /, ""));
}

test.each(["2025-11-25", "2026-07-28"])(
  "the MCP client does all that revision %s requires of one, but for signing in",
  async (revision) => {
    const all = await required(revision);
    const scenarios = all.filter((name) => !NOT_YET.test(name));
    expect(all.length).toBeGreaterThan(15);
    expect(scenarios.length).toBeGreaterThan(3);
    const failed: string[] = [];
    for (const scenario of scenarios) {
      const args = [
        "client",
        "--command",
        CLIENT,
        "--scenario",
        scenario,
        "--spec-version",
        revision,
        "--timeout",
        "60000",
      ];
      await run(SUITE, args, { cwd: ROOT }).catch((error: { stdout: string; stderr: string }) => {
        failed.push(`${scenario}: ${error.stdout}${error.stderr}`);
      });
    }
    expect(failed).toEqual([]);
  },
);
