import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, chmodSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import picomatch from "picomatch";
import { containerOf, stagesOf } from "./dockerfile.ts";
import { tryOut } from "./running.ts";

// Runs the steps of the Dockerfile without an engine: those that build in a clean folder, on this machine's Node and npm, and then
// starts what they have made. What the base images bring along is not tried.

const ROOT = join(import.meta.dirname, "../..");
const read = (name: string): string => readFileSync(join(ROOT, name), "utf8");
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const [build, image] = stagesOf(read("Dockerfile"));
if (build === undefined || image === undefined) throw new Error("the Dockerfile has two stages");

const kept = read(".dockerignore")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .flatMap((pattern) => [pattern, `${pattern}/**`]);
const isLeftOut = picomatch(kept, { dot: true });
const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
});
const context = listed.split("\n").filter((file) => file !== "" && !isLeftOut(file));

const clean = mkdtempSync(join(tmpdir(), "sparky-build-"));
try {
  // The user of the image comes through it.
  chmodSync(clean, 0o755);
  const folder = join(clean, "build");
  mkdirSync(folder);
  for (const { name, args } of build.instructions) {
    say(`${name} ${args}`);
    if (name === "COPY") {
      const sources = args.split(/\s+/).slice(0, -1);
      const files = sources.includes(".") ? context : sources;
      for (const file of files) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        cpSync(join(ROOT, file), join(folder, file), { preserveTimestamps: true });
      }
    }
    if (name === "RUN") {
      const env = { PATH: process.env["PATH"] ?? "", HOME: clean };
      execFileSync("sh", ["-c", args.replaceAll("/image/", `${clean}/image/`)], { cwd: folder, env, stdio: "inherit" });
    }
  }
  say("starting it");
  const { health, exit } = await tryOut(join(clean, "image/opt/sparky"), containerOf(image));
  say(`healthy: ${JSON.stringify(health)}`);
  say(`ended with ${exit}`);
  process.exitCode = exit ?? 1;
} finally {
  rmSync(clean, { recursive: true, force: true });
}
