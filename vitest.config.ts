import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

// Tests see none of the developer's own settings or keys.
for (const name of Object.keys(process.env)) {
  if (/^SPARKY_|^AGENT_MODEL$|^LOG_LEVEL$|_API_KEY$|_BASE_URL$/.test(name)) delete process.env[name];
}

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "web/**/*.test.{ts,tsx}"],
    exclude: [...configDefaults.exclude, "dist/**"],
    globalSetup: ["test/kit/global-setup.ts"],
    setupFiles: ["test/kit/leaks.ts"],
    // Much of the time goes into waiting for processes, browsers and clocks: two files at a time even on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Limits only end a hang: another process may keep every core busy.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    teardownTimeout: 20_000,
  },
});
