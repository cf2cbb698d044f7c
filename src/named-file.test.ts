import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { people } from "../test/kit/members.ts";
import { sqlite } from "../test/kit/databases.ts";
import { tempHome } from "../test/kit/temp-home.ts";
import { loadConfig } from "./config.ts";
import { readNamedFile } from "./named-file.ts";
import { openData } from "./store/home/data.ts";
import { createSchedule } from "./store/schedules/change.ts";
import { applySchedulesFile } from "./worker/schedules-file.ts";

/** What a name may lead to instead of a file that has an end. */
async function odd() {
  const folder = await tempHome();
  const at = (name: string): string => join(folder, name);
  execFileSync("mkfifo", [at("pipe")]);
  mkdirSync(at("folder"));
  const server = createServer().listen(at("socket"));
  onTestFinished(() => void server.close());
  writeFileSync(at("huge"), "");
  truncateSync(at("huge"), 5_000_000_000);
  symlinkSync("/dev/zero", at("link"));
  return {
    folder,
    files: [
      "/dev/zero",
      "/dev/random",
      "/dev/stdin",
      "/proc/self/environ",
      "/proc/self/mem",
      "/proc/kmsg",
      "/sys/kernel/mm/transparent_hugepage/enabled",
      ...["pipe", "folder", "socket", "huge", "link"].map(at),
    ],
  };
}

const REFUSED = {
  code: "invalid_input",
  message: expect.stringMatching(/a device|a pipe|a folder|a socket|made up|larger than/),
};

test("F102 what has no end, or is no file, is refused in words, and its reader goes on at once", async () => {
  const { files } = await odd();
  for (const file of files) {
    expect(() => readNamedFile(file), file).toThrow(expect.objectContaining({ ...REFUSED, hint: expect.any(String) }));
  }
  const before = process.memoryUsage().rss;
  for (const file of files) expect(() => readNamedFile(file)).toThrow();
  expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
});

test("F102 a file that grows while it is read is read to its bound, no further", async () => {
  const file = join(await tempHome(), "grows");
  writeFileSync(file, "x".repeat(1_000_000));
  // The shell becomes what writes, so that killing it ends that; and at some size it ends by itself.
  const writer = spawn("/bin/sh", ["-c", `ulimit -f 400000; exec yes >> '${file}'`], { stdio: "ignore" });
  onTestFinished(async () => {
    writer.kill("SIGKILL");
    if (writer.exitCode === null && writer.signalCode === null) await once(writer, "exit");
  });
  let refused = false;
  for (let at = 0; at < 1000 && !refused; at++) {
    try {
      expect(readNamedFile(file).length).toBeLessThanOrEqual(1_048_576);
    } catch (error) {
      expect(error).toMatchObject(REFUSED);
      refused = true;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(refused).toBe(true);
});

test("F102 an ordinary file is read, also through a link, up to exactly its bound", async () => {
  const folder = await tempHome();
  writeFileSync(join(folder, "a"), "ä".repeat(50));
  symlinkSync(join(folder, "a"), join(folder, "b"));
  expect(readNamedFile(join(folder, "b"), 100)).toBe("ä".repeat(50));
  appendFileSync(join(folder, "a"), "x");
  expect(() => readNamedFile(join(folder, "b"), 100)).toThrow("larger than");
  rmSync(join(folder, "a"));
  expect(() => readNamedFile(join(folder, "b"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
});

test("F102 prompts, settings, lists of schedules and backups are read through it, each with its name in the message", async () => {
  const { folder, files } = await odd();
  const store = await sqlite.store({ home: folder });
  const { owner } = await people(store);
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  for (const file of files) {
    const words = expect.stringContaining(file);
    const schedule = { name: "x", when: "every(1 day)", prompt: `file(${file})` };
    await expect(createSchedule(store, owner, schedule), file).rejects.toMatchObject({
      code: "invalid_input",
      message: words,
    });
    expect(() => loadConfig({ SPARKY_HOME: folder }, { envFile: file }), file).toThrow(
      expect.objectContaining({ message: words }),
    );
    expect(await applySchedulesFile({ store, owner, log, pollMs: 1000 }, file)).toEqual([words]);
    if (!file.endsWith("/huge")) {
      await expect(openData(folder, null).restore(file), file).rejects.toMatchObject({
        code: "invalid_input",
        message: words,
      });
    }
  }
});
