import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import picomatch from "picomatch";
import { expect, test } from "vitest";
import { loadConfig, VARIABLES } from "../../src/config.ts";
import { tempHome } from "../kit/temp-home.ts";
import { containerOf, stagesOf } from "./dockerfile.ts";
import { tryOut } from "./running.ts";

// The image, as far as it can be told without an engine.

const ROOT = join(import.meta.dirname, "../..");
const read = (name: string): string => readFileSync(join(ROOT, name), "utf8");
const stages = stagesOf(read("Dockerfile"));
const image = stages.at(-1);
if (image === undefined) throw new Error("the Dockerfile has no stage");
const container = containerOf(image);

test("the image is of pinned bases, runs nothing while it is put together, and its user is not root", () => {
  expect(stages).toHaveLength(2);
  for (const { base } of stages) expect(base).toMatch(/^[a-z/]+:\S*\d|^[a-z/]+:(trixie|bookworm)-slim$/);
  const names = image.instructions.map(({ name }) => name);
  // Whatever comes from a shell would be root's, and another one each time.
  expect(names).not.toContain("RUN");
  expect(names).toEqual(expect.arrayContaining(["VOLUME", "EXPOSE", "USER", "HEALTHCHECK", "ENTRYPOINT", "CMD"]));
  expect(container.uid).toBeGreaterThan(999);
  for (const { args } of image.instructions.filter(({ name }) => name === "COPY")) {
    expect(args).toMatch(/^--from=build( --chown=10001:10001)? \/image(\/\S+) \2$/);
  }
});

test("the image's settings are settings that there are, and none of them is a secret", () => {
  const set = Object.keys(container.env).filter((name) => name.startsWith("SPARKY_"));
  expect(set.filter((name) => !(name in VARIABLES))).toEqual([]);
  expect(Object.keys(container.env).filter((name) => /KEY|TOKEN|PASSWORD|SECRET/.test(name))).toEqual([]);
  expect(loadConfig(container.env)).toMatchObject({ host: "0.0.0.0", port: 8000, agentLoop: true });
});

test("what goes into the image is what it is built of: no settings, no history, nothing that was built elsewhere", () => {
  const lines = read(".dockerignore").split("\n");
  const patterns = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const isLeftOut = picomatch(
    patterns.flatMap((pattern) => [pattern, `${pattern}/**`]),
    { dot: true },
  );
  const out = [
    ".git/config",
    ".env",
    ".env.local",
    "node_modules/hono/package.json",
    "dist/sparky.js",
    "src/a.test.ts",
  ];
  const kept = [
    "package-lock.json",
    "src/entry.ts",
    "web/index.html",
    "bin/sparky",
    "scripts/setup.sh",
    "skills/x/SKILL.md",
  ];
  expect([...out, ...kept, "prompts/x.md", "LICENSE"].filter((file) => isLeftOut(file))).toEqual(out);
});

test("what is put into the image is all that a server needs: as its user it starts, is healthy by the image's check, and stops", async () => {
  const program = join(await tempHome(), "sparky");
  await promisify(execFile)("sh", [join(ROOT, "scripts/assemble.sh"), program]);
  await expect(stat(join(program, "src"))).rejects.toMatchObject({ code: "ENOENT" });
  await promisify(execFile)("chmod", ["755", join(program, "..")]);
  const trial = await tryOut(program, container);
  expect(trial).toMatchObject({ checked: 0, health: { status: "ok", agentLoop: true }, exit: 0 });
});
