import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempHome } from "../../test/kit/temp-home.ts";

/** A person at a real terminal: `script` of util-linux makes one. */

const ENTRY = join(import.meta.dirname, "../entry.ts");

async function typed(home: string, keys: string): Promise<{ exit: number | null; screen: string }> {
  const command = `${process.execPath} ${ENTRY} -- config set OPENAI_API_KEY`;
  const env = { PATH: process.env["PATH"], HOME: home, SPARKY_HOME: home, NO_COLOR: "1", TERM: "xterm" };
  const child = spawn("script", ["-qec", command, "/dev/null"], { env, stdio: ["pipe", "pipe", "inherit"] });
  let screen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    if (screen.includes("(not shown): ") && child.stdin.writable) child.stdin.end(keys);
  });
  const [exit] = (await once(child, "close")) as [number | null];
  return { exit, screen };
}

test("a secret that is typed is not shown, and is kept as it was typed", { timeout: 60_000 }, async () => {
  const home = await tempHome();
  const { exit, screen } = await typed(home, "sk-one\u007f\u007f\u007f2\r");
  expect({ exit, file: readFileSync(join(home, ".env"), "utf8") }).toEqual({ exit: 0, file: "OPENAI_API_KEY=sk-2\n" });
  expect(screen).not.toMatch(/sk-|one/);
});

test("Ctrl-C at the question changes nothing", { timeout: 60_000 }, async () => {
  const home = await tempHome();
  expect(await typed(home, "sk-one\u0003")).toMatchObject({ exit: 130 });
  expect(existsSync(join(home, ".env"))).toBe(false);
});
