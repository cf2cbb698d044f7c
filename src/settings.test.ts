import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadConfig } from "./config.ts";
import { changeSetting, changeSettings, readSettings, settingsStamp } from "./settings.ts";
import { tempHome } from "../test/kit/temp-home.ts";

async function scene(file?: string) {
  const home = await tempHome();
  const path = join(home, ".env");
  if (file !== undefined) writeFileSync(path, file);
  const env = { SPARKY_HOME: home };
  const setting = (name: string, environment: object = {}, envFile?: string) =>
    readSettings({ ...env, ...environment }, envFile === undefined ? {} : { envFile }).items.find(
      (each) => each.name === name,
    );
  return { home, path, env, setting, text: () => readFileSync(path, "utf8") };
}

test("each setting has its value and says where that comes from; the first place that has one wins", async () => {
  const { home, path, setting } = await scene("LOG_LEVEL=warn\nSPARKY_PORT=1\nOPENAI_API_KEY=sk-secret\n");
  const named = join(home, "other.env");
  writeFileSync(named, "SPARKY_PORT=2\nSPARKY_HOST=\n");
  expect(setting("SPARKY_PORT")).toMatchObject({ value: "1", origin: "home", file: path });
  expect(setting("SPARKY_PORT", {}, named)).toMatchObject({ value: "2", origin: "env-file", file: named });
  expect(setting("SPARKY_PORT", { SPARKY_PORT: "3" }, named)).toMatchObject({ value: "3", origin: "environment" });
  expect(setting("SPARKY_PORT", { SPARKY_PORT: "" })).toMatchObject({ value: "1", origin: "home" });
  expect(setting("SPARKY_HOST", {}, named)).toMatchObject({ value: "127.0.0.1", origin: "default", file: null });
  expect(setting("OPENAI_API_KEY")).toMatchObject({ value: "***", origin: "home", secret: true });
  expect(setting("SPARKY_DB_URL")).toMatchObject({ value: null, origin: "default" });
  expect(setting("SPARKY_HOME")).toMatchObject({ value: home, origin: "environment" });
});

test("what is shown is what a server is started with", async () => {
  const { home, env } = await scene("LOG_LEVEL=warn\nSPARKY_AGENT_CONCURRENCY=9\nGEMINI_API_KEY=k\n");
  expect(loadConfig(env)).toMatchObject({
    home,
    logLevel: "warn",
    concurrency: 9,
    port: 8000,
    host: "127.0.0.1",
    agentLoop: false,
    pollIntervalMs: 10_000,
    providers: { GEMINI_API_KEY: "k" },
  });
});

test("a wrong value and a broken file are told with the settings, not instead of them", async () => {
  const wrong = await scene("SPARKY_PORT=eighty\nSPARKY_DB_URL=http://ada:secret@host\nOLLAMA_BASE_URL=box\n");
  expect(wrong.setting("SPARKY_PORT")?.problem).toBe(
    'SPARKY_PORT is "eighty", which is not allowed: set SPARKY_PORT to a port from 0 to 65535',
  );
  expect(wrong.setting("SPARKY_DB_URL")).toMatchObject({ value: "http://ada:***@host" });
  expect(wrong.setting("SPARKY_DB_URL")?.problem).not.toContain("secret");
  expect(wrong.setting("OLLAMA_BASE_URL")?.problem).toContain("http://host/path");
  const broken = await scene('LOG_LEVEL="warn"\nnot a setting\n');
  const { problem, items } = readSettings({ ...broken.env, SPARKY_PORT: "7" }, {});
  expect(problem).toContain(`line 2 of ${broken.path} is not NAME=value`);
  expect(items.find(({ name }) => name === "SPARKY_PORT")).toMatchObject({ value: "7" });
  expect(() => loadConfig(broken.env)).toThrow(`line 2 of ${broken.path}`);
});

test("a setting is written in its place, for its owner's eyes only, and taken out again", async () => {
  const { path, env, text } = await scene("# mine\nLOG_LEVEL=warn # why\nSPARKY_PORT=1\n");
  chmodSync(path, 0o644);
  expect(await changeSetting(env, "LOG_LEVEL", " debug ")).toMatchObject({ changed: true, file: path, problem: null });
  expect(text()).toBe("# mine\nLOG_LEVEL=debug\nSPARKY_PORT=1\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await changeSetting(env, "LOG_LEVEL", "debug")).toMatchObject({ changed: false });
  expect(await changeSetting(env, "LOG_LEVEL", null)).toMatchObject({ changed: true, setting: { value: "info" } });
  expect(text()).toBe("# mine\nSPARKY_PORT=1\n");
  expect(await changeSetting(env, "LOG_LEVEL", null)).toMatchObject({ changed: false });
  expect(existsSync(`${path}.draft`)).toBe(false);
});

test("the home is made for its first setting", async () => {
  const { home } = await scene();
  const fresh = join(home, "a/b");
  await changeSetting({ SPARKY_HOME: fresh }, "SPARKY_PORT", "1");
  expect(statSync(fresh).mode & 0o777).toBe(0o700);
  expect(loadConfig({ SPARKY_HOME: fresh }).port).toBe(1);
});

test("a file that is a link stays one", async () => {
  const { home, path, env } = await scene();
  const real = join(home, "dotfiles");
  writeFileSync(real, "A=1\n");
  symlinkSync(real, path);
  await changeSetting(env, "SPARKY_PORT", "1");
  expect(readFileSync(real, "utf8")).toBe("A=1\nSPARKY_PORT=1\n");
});

test.each([
  { name: "SPARKY_PORT", value: "eighty", says: "which is not allowed", file: "" },
  { name: "OPENAI_BASE_URL", value: "host", says: "which is not allowed", file: "" },
  { name: "SPARKY_HOME", value: "/x", says: "cannot be in it", file: "" },
  { name: "LOG_LEVEL", value: "  ", says: "an empty LOG_LEVEL", file: "" },
  { name: "OPENAI_API_KEY", value: "a\nb", says: "cannot be written", file: "" },
  { name: "LOG_LEVEL", value: "debug", says: "line 1 of", file: "broken\n" },
])("$name=$value is refused ($says), and the file stays as it was", async ({ name, value, says, file }) => {
  const { env, text, path } = await scene(file);
  await expect(changeSetting(env, name, value)).rejects.toThrow(says);
  expect(text()).toBe(file);
  expect(existsSync(`${path}.draft`)).toBe(false);
});

test("settings that a server would not start with are written, and that is said", async () => {
  const { env } = await scene();
  const { problem } = await changeSetting(env, "SPARKY_MODEL", "openai/gpt-5");
  expect(problem).toContain("OPENAI_API_KEY is not set");
  expect(await changeSetting(env, "OPENAI_API_KEY", "sk-secret")).toMatchObject({ problem: null });
});

test("the environment's value is the one that counts afterwards", async () => {
  const { env } = await scene();
  const { setting } = await changeSetting({ ...env, SPARKY_PORT: "7" }, "SPARKY_PORT", "8");
  expect(setting).toMatchObject({ value: "7", origin: "environment" });
});

test("two that change the file at once lose nothing, and a draft that was left holds up nobody for long", async () => {
  const { path, env, text } = await scene();
  const names = ["SPARKY_PORT", "SPARKY_AGENT_CONCURRENCY", "SPARKY_AGENT_POLL_INTERVAL"];
  writeFileSync(`${path}.draft`, "");
  const laterOn = new Date(Date.now() + 3_600_000);
  utimesSync(`${path}.draft`, laterOn, laterOn);
  await Promise.all(names.map((name, at) => changeSetting(env, name, `${at + 1}`)));
  expect({ ...parseEnv(text()) }).toEqual(Object.fromEntries(names.map((name, at) => [name, `${at + 1}`])));
});

test("settings that belong together are written together, or none of them is", async () => {
  const { env, text } = await scene("# mine\n");
  const before = settingsStamp(env, {});
  const wrong = new Map([
    ["OPENAI_API_KEY", "sk-1"],
    ["OPENAI_BASE_URL", "nowhere"],
  ]);
  await expect(changeSettings(env, {}, wrong)).rejects.toThrow("not allowed");
  expect(text()).toBe("# mine\n");
  expect(settingsStamp(env, {})).toBe(before);
  await changeSettings(env, {}, new Map([...wrong, ["OPENAI_BASE_URL", "http://box/v1"]]));
  expect(text()).toBe("# mine\nOPENAI_API_KEY=sk-1\nOPENAI_BASE_URL=http://box/v1\n");
  expect(settingsStamp(env, {})).not.toBe(before);
});

test("whatever a file holds, a key is read back as it was given and every other line stays", async () => {
  const { env, path, text } = await scene();
  const key = fc
    .string({ unit: fc.constantFrom(..."ab1 #='\"`$\\n:@é{}".split("")), minLength: 1, maxLength: 16 })
    .filter((value) => value.trim() !== "" && ["'", '"', "`"].some((quote) => !value.includes(quote)));
  const line = fc.constantFrom(
    "# OPENAI_API_KEY=old",
    "",
    "LOG_LEVEL=warn # w",
    "export A='x y'",
    "B=`it's`",
    "C='two\nlines'",
  );
  const old = fc.constantFrom("", "OPENAI_API_KEY=old\n", 'export OPENAI_API_KEY="old"\n');
  let written = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 5 }), old, key, async (lines, had, given) => {
      const others = lines.map((each) => `${each}\n`).join("");
      writeFileSync(path, had + others, { mode: 0o644 });
      const change = changeSetting(env, "OPENAI_API_KEY", given);
      // Of the quotes that are left, double ones would turn a written \n into a new line.
      if (given.includes("'") && given.includes("`") && given.includes("\\n"))
        return void (await change.catch(() => {}));
      await change;
      expect(parseEnv(text())["OPENAI_API_KEY"]).toBe(given.trim());
      expect(had === "" ? text().startsWith(others) : text().endsWith(others)).toBe(true);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      written++;
    }),
    { numRuns: 60 },
  );
  expect(written).toBeGreaterThan(30);
});

/** Ends the process where the new file would take the old one's place. */
const DIES_BEFORE_RENAME = `data:text/javascript,${encodeURIComponent(`
  import fs from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  fs.renameSync = () => process.kill(process.pid, "SIGKILL");
  syncBuiltinESMExports();
`)}`;

test("a kill -9 between the temporary file and its rename leaves the old file, and the next change is made", async () => {
  const { home, path, env, text } = await scene("# mine\nLOG_LEVEL=warn\n");
  const entry = join(import.meta.dirname, "entry.ts");
  const child = spawn(process.execPath, ["--import", DIES_BEFORE_RENAME, entry, "config", "set", "OPENAI_API_KEY"], {
    env: { PATH: process.env["PATH"], HOME: home, SPARKY_HOME: home },
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.stdin.end("sk-lost-1");
  expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
  expect(text()).toBe("# mine\nLOG_LEVEL=warn\n");
  expect(readFileSync(`${path}.draft`, "utf8")).toContain("sk-lost-1");
  expect(statSync(`${path}.draft`).mode & 0o777).toBe(0o600);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(`${path}.draft`, longAgo, longAgo);
  await changeSetting(env, "OPENAI_API_KEY", "sk-2");
  expect(text()).toBe("# mine\nLOG_LEVEL=warn\nOPENAI_API_KEY=sk-2\n");
  expect(existsSync(`${path}.draft`)).toBe(false);
});
