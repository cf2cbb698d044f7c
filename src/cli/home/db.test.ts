import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { homeState } from "../../store/home/lock.ts";
import { ARGUMENTS_FOLLOW } from "../console/process-io.ts";

/** Verification, backup and restore of a home, by whole processes. */

const ENTRY = join(import.meta.dirname, "../../entry.ts");

async function shell() {
  const home = await tempHome();
  onTestFinished(async () => {
    const { pid } = homeState(home);
    if (pid !== undefined && homeState(home).held) process.kill(pid, "SIGKILL");
    while (homeState(home).held) await new Promise((resolve) => setTimeout(resolve, 20));
  });
  const sparky = async (...args: string[]) => {
    const child = spawn(process.execPath, [ENTRY, ARGUMENTS_FOLLOW, ...args], {
      env: { PATH: process.env["PATH"], HOME: home, SPARKY_HOME: home, SPARKY_PORT: "0" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data) => (stdout += String(data)));
    child.stderr.on("data", (data) => (stderr += String(data)));
    const [exit] = (await once(child, "close")) as [number];
    return { exit, stdout, stderr };
  };
  const start = async () => {
    const { url } = JSON.parse((await sparky("chat", "start", "--daemon", "--json")).stdout) as { url: string };
    const authorization = `Bearer ${readFileSync(join(home, "token"), "utf8").trim()}`;
    return async (method: string, path: string, body?: object) => {
      const init = { method, headers: { authorization }, body: body === undefined ? null : JSON.stringify(body) };
      const response = await fetch(`${url}${path}`, init);
      return { status: response.status, body: (await response.json()) as { id: string; epoch: string } };
    };
  };
  return { home, sparky, start };
}

test("a backup made while people write is sound, and a restore of it resets whoever comes with an old cursor", async () => {
  const { home, sparky, start } = await shell();
  const api = await start();
  const chat = await api("POST", "/api/chats", {});
  const file = join(home, "backup.db");
  let done = false;
  const backingUp = sparky("db", "backup", file).finally(() => (done = true));
  const answers: number[] = [];
  while (!done)
    answers.push(
      (await api("POST", `/api/chats/${chat.body.id}/messages`, { text: "More", key: `${answers.length}` })).status,
    );
  expect(await backingUp).toMatchObject({ exit: 0, stdout: `${file}\n`, stderr: "" });
  expect(answers.length).toBeGreaterThan(20);
  expect(new Set(answers)).toEqual(new Set([202]));
  expect(await sparky("verify")).toMatchObject({ exit: 0 });

  const refused = await sparky("db", "restore", file, "--yes");
  expect(refused).toMatchObject({ exit: 6, stdout: "" });
  expect(refused.stderr).toContain("sparky chat stop");
  const { epoch } = (await api("GET", "/api/db")).body;
  await api("POST", "/api/chats", { key: "after" });
  await sparky("chat", "stop");
  expect(await sparky("db", "restore", file)).toMatchObject({ exit: 2, stdout: "" });
  expect(await sparky("db", "restore", file, "--yes")).toMatchObject({ exit: 0 });
  const again = await start();
  expect((await again("GET", `/api/chats/${chat.body.id}/events?after=2&epoch=${epoch}`)).status).toBe(409);
  expect((await again("GET", `/api/chats/${chat.body.id}/events?after=2`)).status).toBe(200);
  expect(JSON.parse((await sparky("db", "status", "--json")).stdout)).toMatchObject({ chats: 1, engine: "sqlite" });
  expect(await sparky("verify")).toMatchObject({ exit: 0 });
});

test("a copied home is verified without a server and without being changed, and damage ends with 1", async () => {
  const { home, sparky, start } = await shell();
  const api = await start();
  const chat = await api("POST", "/api/chats", { title: "Kept" });
  const copy = await tempHome();
  for (const suffix of ["", "-wal"]) copyFileSync(join(home, `sparky.db${suffix}`), join(copy, `sparky.db${suffix}`));
  expect(await sparky("verify", "--home", copy)).toMatchObject({
    exit: 0,
    stdout: "",
    stderr: expect.stringMatching(/^Nothing is wrong in 1 chat/),
  });
  const handle = new Database(join(copy, "sparky.db"));
  handle.prepare("update chats set head = 9").run();
  handle.close();
  const damaged = await sparky("verify", "--home", copy, "--json");
  expect(damaged.exit).toBe(1);
  const finding = { kind: "head", chatId: chat.body.id, seq: 1, what: "the chat's head", expected: "1", found: "9" };
  expect(JSON.parse(damaged.stdout)).toMatchObject({ ok: false, wrong: 1, findings: [finding] });
  expect(await sparky("verify", "--home", home)).toMatchObject({ exit: 0 });
  expect(await sparky("verify", "--home", join(copy, "none"))).toMatchObject({ exit: 5, stdout: "" });
});
