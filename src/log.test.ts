import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { capLog } from "./log.ts";

test("a log that has grown too big is begun anew in the same file, and the old one is kept beside it", () => {
  const folder = mkdtempSync(join(tmpdir(), "sparky-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "server.log");
  capLog(file, 10);
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, "0123456789", { mode: 0o600 });
  capLog(file, 10);
  expect(existsSync(`${file}.1`)).toBe(false);
  const { ino } = statSync(file);
  appendFileSync(file, "\n");
  capLog(file, 10);
  appendFileSync(file, "next\n");
  expect(statSync(file).ino).toBe(ino);
  expect([readFileSync(file, "utf8"), readFileSync(`${file}.1`, "utf8")]).toEqual(["next\n", "0123456789\n"]);
  expect(statSync(`${file}.1`).mode & 0o777).toBe(0o600);
});
