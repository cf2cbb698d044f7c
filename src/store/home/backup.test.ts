import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { all, findingsOf, verifyScene } from "../../../test/kit/verify-scene.ts";
import { postgres, sqlite } from "../../../test/kit/databases.ts";
import { oldDatabase } from "../../../test/kit/old-database.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { backupFile } from "./backup.ts";
import { createChat } from "../chats/chats.ts";
import { openData } from "./data.ts";
import { readHead } from "../log/events.ts";
import { lockHome } from "./lock.ts";
import { MIGRATIONS } from "../database/migrate.ts";
import { openStore } from "../open.ts";
import { claimRuns } from "../runs/claim.ts";
import { prepareRestore } from "./restore.ts";
import { addTask } from "../tasks/add.ts";
import { ensureUsers } from "../people/users.ts";

/** A home with a database of real runs, closed; and a backup of it from before its last chat. */
async function homeWithBackup() {
  const home = await tempHome();
  const database = join(home, "sparky.db");
  const backup = join(home, "backup.db");
  const store = await sqlite.open({ kind: "sqlite", file: database });
  const scene = await verifyScene(store);
  await backupFile(database, backup);
  const { owner } = await ensureUsers(store);
  const { chat } = await createChat(store, owner, { title: "Came later" });
  const { epoch } = store;
  await store[Symbol.asyncDispose]();
  return { home, database, backup, scene, later: chat.id, epoch };
}

async function look(file: string, chatId: string) {
  const store = await openStore({ kind: "sqlite", file });
  const seen = { epoch: store.epoch, head: await readHead(store, chatId), findings: await findingsOf(store) };
  await store[Symbol.asyncDispose]();
  return seen;
}

test("a backup is whole, sound and its owner's alone, though the database is open and not settled", async () => {
  const home = await tempHome();
  const file = join(home, "sparky.db");
  const store = await sqlite.open({ kind: "sqlite", file });
  const { chatId } = await verifyScene(store);
  expect(existsSync(`${file}-wal`)).toBe(true);
  const target = join(home, "deep", "er", "copy.db");
  const backup = await backupFile(file, target);
  expect(backup).toMatchObject({ file: target, findings: [], checked: { chats: 3, runs: 4, resumable: 0 } });
  expect(statSync(target).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(target))).toEqual(["copy.db"]);
  expect(await look(target, chatId)).toEqual({ epoch: store.epoch, head: await readHead(store, chatId), findings: [] });
});

test("a backup takes no file's place, and leaves nothing behind when it cannot be made", async () => {
  const { home, database, backup } = await homeWithBackup();
  const before = statSync(backup).size;
  await expect(backupFile(database, backup)).rejects.toMatchObject({ code: "conflict" });
  expect(statSync(backup).size).toBe(before);
  await expect(backupFile(join(home, "none.db"), join(home, "b.db"))).rejects.toMatchObject({ code: "not_found" });
  writeFileSync(join(home, "text.db"), "no database at all, but long enough to be looked at".repeat(20));
  await expect(backupFile(join(home, "text.db"), join(home, "b.db"))).rejects.toMatchObject({ code: "invalid_input" });
  expect(readdirSync(home).filter((name) => name.startsWith("b.db"))).toEqual([]);
});

test("a backup of a database with damage is kept, and says what is wrong", async () => {
  const { home, database, scene } = await homeWithBackup();
  const handle = new Database(database);
  handle.prepare("update tasks set result = null where id = ?").run(scene.taskId);
  handle.close();
  const backup = await backupFile(database, join(home, "damaged.db"));
  expect(backup.verified).toBe(false);
  expect(backup.findings.map(({ kind, what }) => `${kind} ${what}`)).toEqual([`task task ${scene.taskId}: result`]);
  const data = openData(home, null);
  using prepared = await data.restore(backup.file);
  expect(prepared.findings).toHaveLength(1);
});

test("before an upgrade the database of the first version is backed up, and the newest one can restore it", async () => {
  const home = await tempHome();
  const old = join(home, "old.db");
  oldDatabase(old, 1, "insert into nodes values ('n', null, 'person', 'Ann', '', '{}', 0, 0)");
  const backup = await backupFile(old, join(home, "backup.db"));
  expect(backup).toMatchObject({ verified: true, findings: [] });
  expect(readdirSync(home).toSorted()).toEqual(["backup.db", "old.db"]);
  const data = openData(home, null);
  using prepared = await data.restore(backup.file);
  expect(prepared).toMatchObject({ findings: [], checked: { chats: 0 } });
  expect(await prepared.swap()).toBeNull();
  expect(await data.status()).toMatchObject({ schema: MIGRATIONS.length, epoch: prepared.epoch, nodes: 1 });
});

test("a restore brings back what was, under a new epoch, and keeps the old database", async () => {
  const { home, backup, scene, later, epoch, database } = await homeWithBackup();
  let kept: string | null;
  {
    using prepared = await openData(home, null).restore(backup);
    expect(prepared).toMatchObject({ findings: [], checked: { chats: 3 } });
    kept = await prepared.swap();
  }
  const restored = await look(database, scene.chatId);
  expect(restored).toMatchObject({ findings: [], head: expect.any(Number) });
  expect(restored.epoch).not.toBe(epoch);
  expect((await look(database, later)).head).toBeNull();
  expect(await look(kept ?? "", later)).toMatchObject({ epoch, head: 1, findings: [] });
  expect(readdirSync(home).filter((name) => name.includes("restoring"))).toEqual([]);
});

test("a restore that is not gone through with changes nothing, and gives the home back", async () => {
  const { home, backup, later, epoch, database } = await homeWithBackup();
  {
    using _prepared = await openData(home, null).restore(backup);
    await expect(openData(home, null).restore(backup)).rejects.toMatchObject({ code: "conflict" });
  }
  await expect(openData(home, null).restore(join(home, "none"))).rejects.toMatchObject({ code: "not_found" });
  lockHome(home)[Symbol.dispose]();
  expect(await look(database, later)).toMatchObject({ epoch, head: 1 });
});

test("wherever a restore is cut off, either the old database or the new one is there, whole", async () => {
  const { home, backup, later, epoch, database } = await homeWithBackup();
  const steps: string[] = [];
  const reached = (step: string): void => {
    steps.push(step);
    const folder = join(home, `crash-${steps.length}`);
    mkdirSync(folder);
    for (const name of readdirSync(home).filter((each) => each.startsWith("sparky.db"))) {
      cpSync(join(home, name), join(folder, name));
    }
  };
  // Left by a process that was killed: committed work that is only in the write-ahead log.
  const killed = join(home, "killed");
  mkdirSync(killed);
  const store = await sqlite.open({ kind: "sqlite", file: database });
  const { owner } = await ensureUsers(store);
  const { task } = await addTask(store, owner, { instruction: "Only in the log" });
  for (const suffix of ["", "-wal", "-shm"]) copyFileSync(database + suffix, join(killed, `sparky.db${suffix}`));
  await store[Symbol.asyncDispose]();
  for (const suffix of ["", "-wal", "-shm"]) copyFileSync(join(killed, `sparky.db${suffix}`), database + suffix);
  expect(statSync(`${database}-wal`).size).toBeGreaterThan(0);

  const random = (n: number) => new Uint8Array(n).fill(7);
  using prepared = await prepareRestore(backup, database, { random, now: 0, reached });
  await prepared.swap();
  expect(steps).toEqual(["copied", "verified", "kept", "set aside", "swapped"]);
  const is = [];
  for (const [i, step] of steps.entries()) {
    const file = join(home, `crash-${i + 1}`, "sparky.db");
    const seen = await look(file, later);
    const tail = await look(file, task.chatId);
    expect(seen.findings, step).toEqual([]);
    expect(tail.head, step).toBe(seen.epoch === epoch ? 3 : null);
    expect(seen.head, step).toBe(seen.epoch === epoch ? 1 : null);
    is.push(seen.epoch === epoch ? "old" : "new");
  }
  expect(is).toEqual(["old", "old", "old", "old", "new"]);
});

test("a database that cannot be opened any more is replaced, and kept with its log", async () => {
  const { home, backup, scene, database } = await homeWithBackup();
  writeFileSync(database, "nothing that SQLite knows".repeat(400));
  writeFileSync(`${database}-wal`, "left over");
  using prepared = await openData(home, null).restore(backup);
  const kept = await prepared.swap();
  expect(await look(database, scene.chatId)).toMatchObject({ findings: [], head: expect.any(Number) });
  expect(existsSync(`${kept}-wal`)).toBe(true);
});

test("after a restore a client that comes with its old cursor is told to begin again", async () => {
  const { home, backup, scene, epoch, database } = await homeWithBackup();
  {
    using prepared = await openData(home, null).restore(backup);
    await prepared.swap();
  }
  const store = await sqlite.open({ kind: "sqlite", file: database });
  const { people, token, listen } = await chatServer(store);
  const client = await socketClient(await listen());
  client.send({ type: "hello", v: 1, token: await token(people.owner) });
  expect(await client.first("welcome")).toMatchObject({ epoch: store.epoch });
  client.send({ type: "subscribe", sub: "s", chatId: scene.chatId, after: 2, epoch });
  expect(await client.first("reset")).toMatchObject({ reason: "epoch", epoch: store.epoch });
  client.send({ type: "subscribe", sub: "t", chatId: scene.chatId, after: 0, epoch: store.epoch });
  const { seq } = await client.first("live");
  expect(client.seqs(scene.chatId)).toEqual(Array.from({ length: seq }, (_, i) => i + 1));
});

test("a copied home is verified as it lies, with what its killed process left, and is not changed", async () => {
  const { home, database } = await homeWithBackup();
  const store = await sqlite.open({ kind: "sqlite", file: database });
  const { owner } = await ensureUsers(store);
  await addTask(store, owner, { instruction: "Cut off" });
  expect(await claimRuns(store, { kind: "task", limit: 1 })).toHaveLength(1);
  const copy = await tempHome();
  for (const suffix of ["", "-wal"]) copyFileSync(database + suffix, join(copy, `sparky.db${suffix}`));
  const before = readFileSync(join(copy, "sparky.db"));
  const data = openData(copy, null);
  const [page, ...more] = await all(data.verify());
  expect(more).toEqual([]);
  expect(page).toMatchObject({ findings: [], next: null, checked: { chats: 5, resumable: 1 } });
  expect(await data.status()).toMatchObject({ engine: "sqlite", chats: 5, runs: 5, tasks: 3, nodes: 2, edges: 1 });
  expect(readFileSync(join(copy, "sparky.db"))).toEqual(before);
  expect(await openData(home, null).status()).toMatchObject({ chats: 5 });
});

test("a file with damaged pages is told as such, not as an error of the program", async () => {
  const { home, database } = await homeWithBackup();
  const bytes = readFileSync(database);
  bytes.fill(0x5a, 40_000, 60_000);
  writeFileSync(database, bytes);
  const findings = (await all(openData(home, null).verify())).flatMap((page) => page.findings);
  expect(findings.map(({ kind }) => kind)).toContain("file");
});

test("PostgreSQL is verified and counted the same way, and backed up by its own tools", async () => {
  const place = await postgres.place();
  if (place.kind !== "postgres") throw new Error("not PostgreSQL");
  const store = await postgres.open(place);
  await verifyScene(store);
  const home = await tempHome();
  const data = openData(home, place.url);
  expect((await all(data.verify())).flatMap((page) => page.findings)).toEqual([]);
  expect(await data.status()).toMatchObject({ engine: "postgres", epoch: store.epoch, chats: 3, runs: 4 });
  expect(await data.migrate()).toMatchObject({ from: expect.any(Number), to: expect.any(Number) });
  await expect(data.backup(null)).rejects.toMatchObject({
    code: "invalid_input",
    hint: expect.stringMatching(/^pg_dump/),
  });
  await expect(data.restore("x")).rejects.toMatchObject({ hint: expect.stringMatching(/pg_restore/) });
  expect(data.place).not.toMatch(/@|password/);
});
