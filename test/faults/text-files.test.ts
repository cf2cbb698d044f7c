import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { homeOf, loadConfig, type Config } from "../../src/config.ts";
import { machineZone } from "../../src/core/clock.ts";
import { changeSetting, readSettings } from "../../src/settings.ts";
import { readPrompt } from "../../src/store/schedules/prompt-words.ts";
import { shell } from "../kit/shell.ts";
import { tempHome } from "../kit/temp-home.ts";

const MARK = "\ufeff";
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, "utf16le");

test("F79: a byte order mark or Windows' line ends at any place of .env drop no setting, and one that is changed stays found", async () => {
  const home = await tempHome();
  const file = join(home, ".env");
  const env = { SPARKY_HOME: home };
  for (const text of [
    `${MARK}SPARKY_PORT=8123\r\nLOG_LEVEL=debug\r\n`,
    `${MARK}# a comment\nSPARKY_PORT=8123\nLOG_LEVEL=debug`,
  ]) {
    writeFileSync(file, text);
    expect(loadConfig(env)).toMatchObject({ port: 8123, logLevel: "debug" });
    expect(readSettings(env, {}).items.find(({ name }) => name === "SPARKY_PORT")).toMatchObject({
      value: "8123",
      file,
    });
    expect(await changeSetting(env, "SPARKY_PORT", "8124")).toMatchObject({ changed: true });
    expect(loadConfig(env)).toMatchObject({ port: 8124, logLevel: "debug" });
    expect(readFileSync(file, "utf8").includes("8123")).toBe(false);
  }
  expect(loadConfig({ SPARKY_HOME: join(home, "none") }, { envFile: file })).toMatchObject({ port: 8124 });
  writeFileSync(file, utf16("SPARKY_PORT=8123\n"));
  expect(() => loadConfig(env)).toThrow(`${file} is written in UTF-16, which is not read`);
  await expect(changeSetting(env, "SPARKY_PORT", "8125")).rejects.toThrow("UTF-16");
});

test(
  "F79: prompts, schedules and tools.json may begin with a byte order mark; UTF-16 is told with the file's name",
  { timeout: 120_000 },
  async () => {
    const at = await shell();
    mkdirSync(join(at.home, "prompts"));
    writeFileSync(join(at.home, "prompts/a.md"), `${MARK}Look\r\nat it\r\n`);
    writeFileSync(join(at.home, "tools.json"), `${MARK}{"shell": {"policy": "deny"}}`);
    expect(readPrompt({ home: at.home }, "file(prompts/a.md)")).toBe("Look\nat it\n");
    const yaml = join(at.home, "s.yaml");
    writeFileSync(
      yaml,
      `${MARK}schedules:\r\n  - name: tidy\r\n    when: every(1 day)\r\n    prompt: file(prompts/a.md)\r\n`,
    );
    expect(await at.sparky("agent", "schedule", "import", yaml)).toMatchObject({ exit: 0, stdout: "tidy\tadded\n" });
    writeFileSync(yaml, utf16("schedules: []"));
    const refused = await at.sparky("agent", "schedule", "import", yaml);
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain(`${yaml} is written in UTF-16, which is not read`);
    writeFileSync(join(at.home, "prompts/a.md"), utf16("Look"));
    const edited = await at.sparky(
      "agent",
      "schedule",
      "edit",
      "tidy",
      "--prompt",
      `file(${join(at.home, "prompts/a.md")})`,
    );
    expect(edited).toMatchObject({ exit: 2, stderr: expect.stringContaining("a.md is written in UTF-16") });
    writeFileSync(join(at.home, "tools.json"), utf16("{}"));
    const tools = await at.sparky("agent", "tasks", "list");
    expect(tools.exit).toBeGreaterThan(0);
    expect(tools.stderr).toContain("tools.json is written in UTF-16");
  },
);

test.each([
  ["nothing is set", {}, (own: string) => join(own, ".sparky")],
  ["SPARKY_HOME is empty", { SPARKY_HOME: "" }, (own: string) => join(own, ".sparky")],
  ["SPARKY_HOME is a blank", { SPARKY_HOME: " \t" }, (own: string) => join(own, ".sparky")],
  ["HOME is empty", { HOME: "" }, (own: string) => join(own, ".sparky")],
  ["HOME is another", { HOME: "/h" }, () => "/h/.sparky"],
  ["SPARKY_HOME is a tilde", { SPARKY_HOME: "~", HOME: "/h" }, () => "/h"],
  ["SPARKY_HOME is below a tilde", { SPARKY_HOME: "~/a b/", HOME: "/h" }, () => "/h/a b"],
  ["SPARKY_HOME is a tilde, and HOME is empty", { SPARKY_HOME: "~/a", HOME: "" }, (own: string) => join(own, "a")],
  ["SPARKY_HOME has a tilde inside", { SPARKY_HOME: "/a/~" }, () => "/a/~"],
])("F80: the home when %s", (_when, environment, is) => expect(homeOf(environment)).toBe(is(userInfo().homedir)));

test("F80: somebody else's tilde is refused in words", () => {
  expect(() => homeOf({ SPARKY_HOME: "~bob/x" })).toThrow("~bob/x is somebody else's folder");
});

test("F80: every variable and flag that is set to nothing counts as not set, and gives way to what is", async () => {
  const home = await tempHome();
  // Two functions are never the same.
  const values = ({ variable: _, source: _source, ...rest }: Config): object => rest;
  const usual = values(loadConfig({ SPARKY_HOME: home }));
  const names = readSettings({ SPARKY_HOME: home }, {}).items.map(({ name }) => name);
  for (const nothing of ["", " ", "\t"]) {
    const blank = { ...Object.fromEntries(names.map((name) => [name, nothing])), TZ: nothing, SPARKY_HOME: home };
    expect(values(loadConfig(blank, { host: nothing, port: nothing, envFile: nothing }))).toEqual(usual);
    expect(readSettings(blank, {}).items.filter(({ problem }) => problem !== null)).toEqual([]);
  }
  writeFileSync(join(home, ".env"), "SPARKY_PORT=8123\nSPARKY_SCHEDULES_FILE=~/s.yaml\n");
  expect(loadConfig({ SPARKY_HOME: home, SPARKY_PORT: " ", HOME: "/h" })).toMatchObject({
    port: 8123,
    schedulesFile: "/h/s.yaml",
  });
});

test("F80: a TZ of nothing, or of nonsense, keeps no schedule from being added", { timeout: 120_000 }, async () => {
  expect(machineZone()).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const at = await shell();
  for (const [name, env] of Object.entries({
    a: { TZ: "" },
    b: { TZ: " " },
    c: { TZ: "Nonsense" },
    d: { TZ: ":Europe/Berlin" },
  })) {
    const home = { SPARKY_HOME: `~/${name}`, HOME: at.home, SPARKY_PORT: "" };
    const added = await at.start(["agent", "schedule", "add", name, "every(1 day)", "Look", "--json"], {
      ...home,
      ...env,
    }).ended;
    expect(added).toMatchObject({ exit: 0, stderr: expect.not.stringContaining("error") });
    expect(JSON.parse(added.stdout)).toMatchObject({
      name,
      timezone: name === "d" ? "Europe/Berlin" : expect.any(String),
    });
    expect(existsSync(join(at.home, name, "token"))).toBe(true);
  }
});
