import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { homeState, lockHome, takeHome } from "./lock.ts";
import { servedBy } from "./served.ts";

test("a held home names its holder, and is free again afterwards", async () => {
  const home = await tempHome();
  expect(homeState(home)).toEqual({ held: false });
  {
    using _lock = lockHome(home);
    expect(homeState(home)).toEqual({ held: true, pid: process.pid });
    expect(() => lockHome(home)).toThrow(`process ${process.pid} is using`);
  }
  expect(homeState(home)).toEqual({ held: false });
});

test("who holds a home is the one who is named, also when others wrote their names there at the same moment", async () => {
  const home = await tempHome();
  lockHome(home)[Symbol.dispose]();
  // Twice another's name comes right after ours.
  const others = new Database(join(home, "lock"));
  others.exec(`
    create table others (pid integer);
    insert into others values (1), (2);
    create trigger meanwhile after update on holder when exists (select 1 from others) and new.pid = ${process.pid} begin
      update holder set pid = (select max(pid) from others);
      delete from others where pid = (select max(pid) from others);
    end`);
  using _lock = lockHome(home);
  expect(homeState(home)).toEqual({ held: true, pid: process.pid });
  expect(others.prepare("select count(*) as n from others").get()).toEqual({ n: 0 });
  others.close();
});

test("a server that has written itself down is known by the system's own list of locks, and by nothing less", async () => {
  const home = await tempHome();
  const writes = (pid: number): void => writeFileSync(join(home, "server.json"), JSON.stringify({ pid }));
  writes(process.pid);
  expect(servedBy(home)).toBe(null);
  {
    using _lock = lockHome(home);
    expect(servedBy(home)).toBe(existsSync("/proc/locks") ? process.pid : null);
    writes(1);
    expect(servedBy(home)).toBe(null);
    rmSync(join(home, "server.json"));
    expect(servedBy(home)).toBe(null);
  }
  writes(process.pid);
  expect(servedBy(home)).toBe(null);
});

test("F118: who starts waits for a command that holds the home, and takes it then", async () => {
  const home = await tempHome();
  const held = lockHome(home);
  let taken = false;
  const taking = takeHome(home).then((lock) => ((taken = true), lock));
  // Longer than a single try takes.
  await wait(500);
  expect(taken).toBe(false);
  held[Symbol.dispose]();
  using _lock = await taking;
  expect(homeState(home)).toEqual({ held: true, pid: process.pid });
});

test("F118: whoever holds the home and does not let go is named with what helps: a server is stopped, a command is waited for", async () => {
  const home = await tempHome();
  using _lock = lockHome(home);
  const command = { code: "conflict", message: expect.stringContaining(`process ${process.pid}`) };
  await expect(takeHome(home, 50)).rejects.toMatchObject({ ...command, hint: expect.stringMatching(/^wait for it/) });
  // Not waited for: it will not go away by itself.
  writeFileSync(join(home, "server.json"), JSON.stringify({ pid: process.pid }));
  await expect(takeHome(home)).rejects.toMatchObject({ ...command, hint: expect.stringContaining("sparky chat stop") });
  // One of an earlier server says nothing.
  writeFileSync(join(home, "server.json"), JSON.stringify({ pid: 1 }));
  await expect(takeHome(home, 50)).rejects.toMatchObject({ ...command, hint: expect.stringMatching(/^wait for it/) });
});
