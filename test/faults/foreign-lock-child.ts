import { createInterface } from "node:readline";
import Database from "better-sqlite3";

// Another program that uses a SQLite file: it says what it has done, and goes on when it is told to.

export type Hold = "a write lock" | "an exclusive lock" | "the file alone" | "a lock that comes and goes" | "a read";

const [file = "", hold = ""] = process.argv.slice(2);
const handle = new Database(file, { timeout: 60_000 });
handle.exec("pragma journal_mode = wal");

const begin: { readonly [hold in Hold]: () => void } = {
  "a write lock": () => handle.exec("begin immediate; update meta set value = value"),
  "an exclusive lock": () => handle.exec("begin exclusive"),
  "the file alone": () => handle.exec("pragma locking_mode = exclusive; update meta set value = value"),
  "a lock that comes and goes": () => {
    handle.exec("begin immediate; update meta set value = value");
    setTimeout(() => {
      handle.exec("commit");
      setTimeout(begin["a lock that comes and goes"], 3);
    }, 30);
  },
  "a read": () => handle.exec("begin; select count(*) from meta"),
};
begin[hold as Hold]();
process.stdout.write("held\n");

createInterface({ input: process.stdin }).once("line", () => {
  if (handle.inTransaction) handle.exec("commit");
  handle.close();
  process.stdout.write("released\n", () => process.exit());
});
