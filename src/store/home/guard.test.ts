import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { ARGUMENTS_FOLLOW } from "../../cli/console/process-io.ts";
import { checkHome } from "./guard.ts";
import { prepareHome } from "./home.ts";

const ENTRY = join(import.meta.dirname, "../../entry.ts");

async function homeWith(mode: number, files: { readonly [name: string]: number } = {}) {
  const home = join(await tempHome(), "home");
  mkdirSync(home);
  for (const [name, fileMode] of Object.entries(files)) {
    writeFileSync(join(home, name), `sparky_${"planted".repeat(6)}\n`);
    chmodSync(join(home, name), fileMode);
  }
  chmodSync(home, mode);
  return home;
}

test.each([
  { what: "that all can write", mode: 0o777, files: { token: 0o600 }, named: "home", remedy: "chmod 700" },
  { what: "that its group can write", mode: 0o770, files: {}, named: "home", remedy: "chmod 700" },
  { what: "that all can write, with a sticky bit", mode: 0o1777, files: {}, named: "home", remedy: "chmod 700" },
  {
    what: "with a token that others can read",
    mode: 0o700,
    files: { token: 0o644 },
    named: "token",
    remedy: "chmod 600",
  },
  {
    what: "with a token that others can write",
    mode: 0o755,
    files: { token: 0o622 },
    named: "token",
    remedy: "chmod 600",
  },
  {
    what: "with a secret that its group can read",
    mode: 0o700,
    files: { secret: 0o640 },
    named: "secret",
    remedy: "chmod 600",
  },
  {
    what: "with settings that others can write",
    mode: 0o755,
    files: { ".env": 0o666 },
    named: ".env",
    remedy: "chmod 600",
  },
  {
    what: "with rules for tools that others can write",
    mode: 0o755,
    files: { "tools.json": 0o662 },
    named: "tools.json",
    remedy: "chmod 600",
  },
  {
    what: "with a database that others can write",
    mode: 0o711,
    files: { "sparky.db": 0o606 },
    named: "sparky.db",
    remedy: "chmod 600",
  },
])(
  "F106 a home $what is refused with the remedy, and nothing in it is touched",
  async ({ mode, files, named, remedy }) => {
    const home = await homeWith(mode, files as { [name: string]: number });
    const before = readdirSync(home);
    for (const use of [checkHome, prepareHome]) {
      expect(() => use(home)).toThrow(
        expect.objectContaining({
          code: "forbidden",
          message: expect.stringContaining(named),
          hint: expect.stringContaining(remedy),
        }),
      );
    }
    expect(readdirSync(home)).toEqual(before);
  },
);

test.each([
  { what: "of its owner's alone", mode: 0o700, files: { token: 0o600, secret: 0o400, ".env": 0o600 } },
  { what: "that others may look into, with closed secrets", mode: 0o755, files: { token: 0o600, ".env": 0o644 } },
  { what: "that is closed, whatever the group may do with its settings", mode: 0o700, files: { ".env": 0o664 } },
])("a home $what is used", async ({ mode, files }) => {
  prepareHome(await homeWith(mode, files as { [name: string]: number }));
});

test("F106 a home, or a token in it, that belongs to somebody else is refused", async ({ skip }) => {
  if (process.getuid?.() !== 0) skip("only root can give a file away");
  const home = await homeWith(0o700, { token: 0o600 });
  chownSync(join(home, "token"), 12_345, 12_345);
  expect(() => checkHome(home)).toThrow(/token belongs to somebody else \(user 12345/);
  chownSync(join(home, "token"), 0, 0);
  chownSync(home, 12_345, 12_345);
  expect(() => checkHome(home)).toThrow(/home belongs to somebody else/);
});

test.each([["chat", "start"], ["agent", "tasks", "list"], ["open"], ["db", "status"]])(
  "F106 `sparky %s %s` does not use a home of mode 777 with a planted token",
  async (...command) => {
    const home = await homeWith(0o777, { token: 0o600 });
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [ENTRY, ARGUMENTS_FOLLOW, ...command.filter(Boolean)],
      {
        env: { PATH: process.env["PATH"], HOME: home, SPARKY_HOME: home, SPARKY_PORT: "0" },
        encoding: "utf8",
      },
    );
    expect([status === 0, stdout]).toEqual([false, ""]);
    expect(stderr).toContain("can be written by others (mode 777)");
    expect(stderr).toContain(`chmod 700 ${home}`);
    expect(existsSync(join(home, "sparky.db"))).toBe(false);
  },
);
