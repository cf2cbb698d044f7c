import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { homeState, lockHome } from "./lock.ts";

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
