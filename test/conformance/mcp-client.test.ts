import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 600_000 });

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
const SUITE = join(ROOT, "node_modules/.bin/conformance");
const CLIENT = `${process.execPath} ${join(ROOT, "test/kit/mcp/conformance-client.ts")}`;

test.each([
  { revision: "2025-11-25", scored: 18 },
  { revision: "2026-07-28", scored: 32 },
])(
  "the MCP client does all that revision $revision requires of one, signing in included",
  async ({ revision, scored }) => {
    const args = ["client", "--command", CLIENT, "--requirements", revision, "--timeout", "300000"];
    // It ends with an error where a scored scenario fails; extensions that are not offered are run and not scored.
    const { stdout, stderr, code } = await run(SUITE, args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 }).then(
      (ended) => ({ ...ended, code: 0 }),
      (error: { readonly stdout: string; readonly stderr: string; readonly code: unknown }) => error,
    );
    const [, summary = ""] = (stdout + stderr).split("=== SUITE SUMMARY ===");
    expect(code, summary).toBe(0);
    const passed = summary.split("\n").filter((line) => line.startsWith("✓ "));
    expect(passed.length, summary).toBeGreaterThanOrEqual(scored);
  },
);
