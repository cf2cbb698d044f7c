import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { LLMock } from "@copilotkit/aimock";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { eachEngine, sqlite, type Place } from "../../test/kit/databases.ts";
import { certificateFiles } from "../../test/kit/certificate-files.ts";
import { localServer, OLLAMA } from "../../test/kit/local-server.ts";
import { people } from "../../test/kit/members.ts";
import { oldDatabase } from "../../test/kit/old-database.ts";
import { expiredSelfSigned, selfSigned } from "../../test/kit/self-signed.ts";
import { tempHome } from "../../test/kit/temp-home.ts";
import { lockHome } from "../store/home/lock.ts";
import { setSecret } from "../store/secrets/secrets.ts";
import { createSchedule } from "../store/schedules/change.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { examine } from "./examine.ts";

type Env = { readonly [name: string]: string };

async function found(env: Env, options: { fix?: boolean; offline?: boolean } = {}): Promise<readonly Diagnosis[]> {
  const all: Diagnosis[] = [];
  const settings = { SPARKY_PORT: "0", ...env };
  for await (const one of examine(settings, {}, { fix: false, offline: false, ...options })) all.push(one);
  return all;
}

const of = (all: readonly Diagnosis[], check: string) => all.filter((one) => one.check === check);
const wrong = (all: readonly Diagnosis[]) => all.filter(({ state }) => state !== "ok");

test("a home that is not there yet is no fault, and is not made by looking", async () => {
  const home = join(await tempHome(), "not/yet");
  const all = await found({ SPARKY_HOME: home });
  expect(wrong(all)).toEqual([]);
  expect(all.map(({ check }) => check)).toEqual([
    "node",
    "settings",
    "home",
    "disk",
    "database",
    "clock",
    "tools",
    "shell",
    "port",
    "model",
  ]);
  expect(existsSync(home)).toBe(false);
});

test("every finding that is not good says what to do", async () => {
  const home = await tempHome();
  writeFileSync(join(home, ".env"), "SPARKY_PROT=1\nSPARKY_MODEL=openai/x\n", { mode: 0o644 });
  writeFileSync(join(home, "tools.json"), "{");
  writeFileSync(join(home, "sparky.db"), "no database");
  const all = await found({ SPARKY_HOME: home, SPARKY_SCHEDULES_FILE: join(home, "none.yaml"), TZ: "Mars/Olympus" });
  expect(wrong(all).map(({ check }) => check)).toEqual([
    "settings",
    "home",
    "home",
    "home",
    "database",
    "clock",
    "tools",
    "schedules-file",
    "model",
  ]);
  for (const one of all) {
    expect(one.remedy === null, JSON.stringify(one)).toBe(one.state === "ok");
    expect(one.what).not.toMatch(/\n/);
  }
  expect(of(all, "settings")[0]).toMatchObject({ state: "warn", remedy: expect.stringContaining("SPARKY_PORT") });
  expect(of(all, "model")[0]).toMatchObject({
    state: "fail",
    what: expect.stringContaining("OPENAI_API_KEY is not set"),
  });
});

test("wrong settings and a broken file are told, and the rest is looked at all the same", async () => {
  const home = await tempHome();
  const wrongValue = await found({ SPARKY_HOME: home, SPARKY_PORT: "eighty", LOG_LEVEL: "loud" });
  expect(of(wrongValue, "settings").map(({ what }) => what.split(" ")[0])).toEqual(["SPARKY_PORT", "LOG_LEVEL", "so"]);
  expect(of(wrongValue, "home")[0]?.state).toBe("ok");
  writeFileSync(join(home, ".env"), 'A="x"\nnonsense\n', { mode: 0o600 });
  const broken = await found({ SPARKY_HOME: home });
  expect(of(broken, "settings")).toMatchObject([
    { state: "fail", what: expect.stringContaining("line 2 of") },
    { state: "warn", what: expect.stringContaining("were not looked at") },
  ]);
  expect(of(broken, "home")[0]?.state).toBe("ok");
});

test("--fix closes what is open and removes what a dead process left, and nothing while the home is held", async () => {
  const home = await tempHome();
  const pidfile = join(home, "sparky.pid");
  const make = (): void => {
    writeFileSync(join(home, "token"), "t");
    chmodSync(join(home, "token"), 0o644);
    chmodSync(home, 0o755);
    writeFileSync(pidfile, "4711\n", { mode: 0o600 });
    const args = ["chat", "start", "--pidfile", pidfile];
    writeFileSync(join(home, "server.json"), JSON.stringify({ pid: 4711, args }), { mode: 0o600 });
  };
  make();
  expect(of(await found({ SPARKY_HOME: home }), "home").map(({ state }) => state)).toEqual([
    "warn",
    "warn",
    "warn",
    "warn",
  ]);
  expect(statSync(home).mode & 0o777).toBe(0o755);
  {
    using _lock = lockHome(home);
    await found({ SPARKY_HOME: home }, { fix: true });
    expect([existsSync(pidfile), existsSync(join(home, "server.json"))]).toEqual([true, true]);
  }
  make();
  const fixed = of(await found({ SPARKY_HOME: home }, { fix: true }), "home");
  expect(fixed.map(({ fixed: done, state }) => [done, state])).toEqual([
    ...Array.from({ length: 4 }, () => [true, "ok"]),
    [false, "ok"],
  ]);
  expect([home, join(home, "token")].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  expect([existsSync(pidfile), existsSync(join(home, "server.json"))]).toEqual([false, false]);
  expect(readFileSync(join(home, "token"), "utf8")).toBe("t");
  expect(wrong(await found({ SPARKY_HOME: home }))).toEqual([]);
});

test("a pidfile that names another process is left alone", async () => {
  const home = await tempHome();
  const pidfile = join(home, "sparky.pid");
  writeFileSync(pidfile, "12");
  writeFileSync(join(home, "server.json"), JSON.stringify({ pid: 4711, args: ["--pidfile", pidfile] }), {
    mode: 0o600,
  });
  await found({ SPARKY_HOME: home }, { fix: true });
  expect(existsSync(pidfile)).toBe(true);
});

test("a home that is a file, or cannot be written, is a fault", async () => {
  const folder = await tempHome();
  writeFileSync(join(folder, "file"), "");
  expect(of(await found({ SPARKY_HOME: join(folder, "file") }), "home")[0]).toMatchObject({ state: "fail" });
  mkdirSync(join(folder, "shut"), { mode: 0o500 });
  // Whoever is root may write everywhere.
  if (process.getuid?.() !== 0) {
    expect(of(await found({ SPARKY_HOME: join(folder, "shut") }), "home")[0]).toMatchObject({ state: "fail" });
  }
  expect(of(await found({ SPARKY_HOME: "/proc/self" }), "home")[0]).toMatchObject({ state: "fail" });
});

eachEngine("the database", (engine) => {
  const envOf = (place: Place, home: string): Env =>
    place.kind === "postgres" ? { SPARKY_HOME: home, SPARKY_DB_URL: place.url } : { SPARKY_HOME: home };

  test("has secrets whose key opens them, is gone, another's, open to others, or no match for what was damaged", async () => {
    const home = await tempHome();
    const place: Place =
      engine.kind === "sqlite" ? { kind: "sqlite", file: join(home, "sparky.db") } : await engine.place();
    const opened = await engine.open(place);
    const store = { ...opened, home };
    const { owner } = await people(store);
    const look = async () => of(await found(envOf(place, home), { offline: true }), "secrets");
    expect(await look()).toEqual([]);
    await setSecret(store, owner, "KEY", "a value that nobody sees");
    const path = join(home, "secrets.key");
    expect(await look()).toMatchObject([{ state: "ok", what: `${path} opens the one secret` }]);
    chmodSync(path, 0o644);
    expect(await look()).toMatchObject([{ state: "warn", remedy: `chmod 600 ${path}` }, { state: "ok" }]);
    chmodSync(path, 0o600);
    const key = readFileSync(path);
    writeFileSync(path, `${Buffer.alloc(32, 7).toString("base64url")}\n`);
    expect(await look()).toMatchObject([{ state: "fail", what: expect.stringContaining("is another key") }]);
    writeFileSync(path, "no key\n");
    expect(await look()).toMatchObject([{ state: "fail", what: `${path} holds no key` }]);
    rmSync(path);
    const [gone] = await look();
    expect(gone).toMatchObject({ state: "fail", what: `${path} is missing, and 1 secret is encrypted by it` });
    expect(gone?.remedy).toContain("sparky secret remove KEY");
    writeFileSync(path, key, { mode: 0o600 });
    await store.db.updateTable("secrets").set({ name: "MOVED" }).execute();
    expect(await look()).toMatchObject([{ state: "fail", remedy: "set it anew: sparky secret set MOVED" }]);
    expect(JSON.stringify(await look())).not.toContain("a value");
  });

  test("with a store open beside it: sound, at the latest schema, and what its schedules say", async () => {
    const home = await tempHome();
    const place: Place =
      engine.kind === "sqlite" ? { kind: "sqlite", file: join(home, "sparky.db") } : await engine.place();
    const store = await engine.open(place);
    chmodSync(home, 0o700);
    const { owner } = await people(store);
    await createSchedule(store, owner, { name: "tidy", when: "every(1 hour)", prompt: "Look" });
    const before = await found(envOf(place, home), { offline: true });
    expect(of(before, "database")).toMatchObject([{ state: "ok", what: expect.stringContaining("is the latest") }]);
    expect(of(before, "schedules")).toMatchObject([{ state: "ok" }]);
    const gone = { name: "gone", when: "every(1 hour)", prompt: "Look" };
    await createSchedule(store, owner, gone);
    await store.db
      .updateTable("schedules")
      .set({ prompt: "file(prompts/gone.md)" })
      .where("name", "=", "gone")
      .execute();
    const paused = { state: "paused", pause_reason: "failed 5 times in a row" } as const;
    await store.db.updateTable("schedules").set(paused).where("name", "=", "tidy").execute();
    await store.db
      .updateTable("chats")
      .set({ last_event_at: Date.now() + 3_600_000 })
      .execute();
    const after = await found(envOf(place, home), { offline: true });
    expect(of(after, "schedules")).toMatchObject([
      { state: "warn", what: "gone has its prompt in file(prompts/gone.md), and there is no such file" },
      {
        state: "warn",
        what: "tidy is paused: failed 5 times in a row",
        remedy: expect.stringContaining("enable tidy"),
      },
    ]);
  });

  test("one that is empty has no schema yet, and gets none by looking", async () => {
    const home = await tempHome();
    const place = await engine.emptyPlace();
    if (place.kind === "sqlite") return;
    expect(of(await found(envOf(place, home)), "database")).toMatchObject([{ state: "ok" }]);
    expect(of(await found(envOf(place, home)), "database")[0]?.what).toContain("no schema yet");
  });
});

test("an older schema is a notice, a newer one a fault, a damaged file a fault", async () => {
  const home = await tempHome();
  const file = join(home, "sparky.db");
  await (await sqlite.open({ kind: "sqlite", file }))[Symbol.asyncDispose]();
  const schema = (number: string): void => {
    const handle = new Database(file);
    handle.exec(`update migrations set number = ${number} where number = (select max(number) from migrations)`);
    handle.close();
  };
  schema("900");
  expect(of(await found({ SPARKY_HOME: home }), "database")).toMatchObject([
    { state: "fail", what: expect.stringContaining("newer Sparky") },
  ]);
  for (const suffix of ["", "-wal", "-shm"]) rmSync(file + suffix, { force: true });
  oldDatabase(file, 1);
  expect(of(await found({ SPARKY_HOME: home }), "database")).toMatchObject([
    { state: "warn", remedy: expect.stringContaining("sparky db migrate") },
  ]);
  const bytes = readFileSync(file);
  bytes.fill(0xab, 4096 * 3, 4096 * 12);
  writeFileSync(file, bytes);
  expect(of(await found({ SPARKY_HOME: home }), "database")[0]).toMatchObject({ state: "fail" });
});

test("a PostgreSQL that nobody serves is a fault, without its password", async () => {
  const all = await found({ SPARKY_HOME: await tempHome(), SPARKY_DB_URL: "postgres://ada:hidden@127.0.0.1:1/db" });
  expect(of(all, "database")).toMatchObject([{ state: "fail", what: expect.stringContaining("127.0.0.1:1/db") }]);
  expect(JSON.stringify(all)).not.toContain("hidden");
});

test("a port that is taken is a fault, and one that the home's own server has is not", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  const home = await tempHome();
  const env = { SPARKY_HOME: home, SPARKY_PORT: String(port) };
  expect(of(await found(env), "port")).toMatchObject([{ state: "fail", what: expect.stringContaining("is taken") }]);
  using _lock = lockHome(home);
  expect(of(await found(env), "port")).toEqual([]);
});

test("a file of schedules is read: what is wrong in it has its line", async () => {
  const home = await tempHome();
  const file = join(home, "schedules.yaml");
  writeFileSync(
    file,
    "- name: tidy\n  when: every(1 hour)\n  prompt: Look\n- name: odd\n  when: cron(61 * * * *)\n  prompt: x\n",
  );
  const all = of(await found({ SPARKY_HOME: home, SPARKY_SCHEDULES_FILE: file }), "schedules-file");
  expect(all[0]?.what).toMatch(/schedules\.yaml/);
});

const KEY = "sk-secret-0123456789";
const provider = new LLMock({ port: 0 });
beforeAll(() => provider.start());
afterEach(() => provider.reset());
afterAll(() => provider.stop());

test.each([
  [200, "ok", /answered \(\d+ ms, 15 tokens\)/, null],
  [401, "fail", /refused the key/, "sparky config set OPENAI_API_KEY"],
  [404, "fail", /does not know the model/, "sparky config set SPARKY_MODEL PROVIDER/MODEL"],
  [429, "warn", /limits the rate/, "try again in a while: sparky models test"],
] as const)("a model that answers %i is %s", async (status, state, says, remedy) => {
  const usage = { input_tokens: 14, output_tokens: 1 };
  provider.on(
    { userMessage: "ok" },
    status === 200 ? { content: "ok", usage } : { error: { message: `no ${KEY}`, type: "error" }, status },
  );
  const env = { SPARKY_HOME: await tempHome(), OPENAI_API_KEY: KEY, OPENAI_BASE_URL: provider.url };
  const all = await found(env);
  expect(of(all, "model")).toMatchObject([{ state, what: expect.stringMatching(says), remedy }]);
  expect(JSON.stringify(all)).not.toContain(KEY);
  expect(of(await found(env, { offline: true }), "model")).toMatchObject([{ state: "ok" }]);
  expect(provider.getRequests()).toHaveLength(1);
});

test("where only the demo model answers a model that is found is named, unless nobody is to be asked", async () => {
  const { url, asked } = await localServer(OLLAMA);
  const env = { SPARKY_HOME: await tempHome(), OLLAMA_BASE_URL: url };
  const [plain] = of(await found(env, { offline: true }), "model");
  expect(plain).toMatchObject({ state: "ok", what: "the demo model answers; it needs no key and no network" });
  expect(asked).toEqual([]);
  const set = "ollama/small:latest is here too: sparky config set SPARKY_MODEL ollama/small:latest";
  // It has a second to answer, which it may miss on a busy machine.
  const told = async () => of(await found(env), "model").map(({ state, what }) => [state, what]);
  await expect.poll(told).toEqual([["ok", `${plain?.what}. ${set}`]]);
});

test("how far it may be reached is told, and a certificate that browsers warn of", async () => {
  const home = await tempHome();
  const files = await certificateFiles(expiredSelfSigned);
  const tls = { SPARKY_TLS_CERT: files.cert, SPARKY_TLS_KEY: files.key };
  const look = async (env: Env) =>
    (await found({ SPARKY_HOME: home, ...env }, { offline: true }))
      .filter(({ check }) => ["door", "certificate", "accounts"].includes(check))
      .map(({ check, state, what }) => `${check} ${state}: ${what}`);
  expect(await look({})).toEqual([]);
  expect(await look({ SPARKY_HOST: "10.0.0.5" })).toEqual([
    "door fail: other machines can reach 10.0.0.5, and nothing keeps them from reading what is sent",
  ]);
  expect(await look({ SPARKY_HOST: "10.0.0.5", SPARKY_INSECURE_LAN: "yes" })).toEqual([
    "door warn: other machines can reach 10.0.0.5, and whoever shares the network may read along",
  ]);
  expect(await look({ SPARKY_HOST: "10.0.0.5", SPARKY_BEHIND_PROXY: "10.0.0.6" })).toEqual([
    "door ok: other machines can reach 10.0.0.5, by a proxy",
  ]);
  expect(await look(tls)).toEqual(["certificate warn: browsers warn of it: it ended on 2020-01-02"]);
  files.write({ ...selfSigned, key: expiredSelfSigned.key });
  expect(await look(tls)).toEqual([expect.stringMatching(/^certificate fail: the key in .* is not that of/)]);
  files.write(selfSigned);
  expect(await look(tls)).toEqual([expect.stringMatching(/^certificate ok: .* fits its key, and ends on 2126-11-04$/)]);
});

eachEngine("accounts without a password", (engine) => {
  test("are told where a start would be refused for them", async () => {
    const home = await tempHome();
    const place: Place =
      engine.kind === "sqlite" ? { kind: "sqlite", file: join(home, "sparky.db") } : await engine.place();
    await people(await engine.open(place));
    const files = await certificateFiles();
    const env = {
      ...{ SPARKY_HOME: home, SPARKY_TLS_CERT: files.cert, SPARKY_TLS_KEY: files.key },
      ...(place.kind === "postgres" && { SPARKY_DB_URL: place.url }),
    };
    const accounts = async (host: string) =>
      of(await found({ ...env, SPARKY_HOST: host }, { offline: true }), "accounts");
    expect(await accounts("127.0.0.1")).toEqual([]);
    expect((await accounts("10.0.0.5")).map(({ what }) => what.split(",")[0])).toEqual([
      "ann has no password",
      "bob has no password",
      "owner has no password",
    ]);
  });
});
