import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { openHistory } from "./history.ts";

test("what was typed in two terminals is there for the next one, the newest first, and for its owner alone", async () => {
  const home = await tempHome();
  const [one, two] = [openHistory(home), openHistory(home)];
  one.add("first");
  two.add("second\nof two lines");
  one.add("third");
  expect(openHistory(home).entries).toEqual(["third", "second\nof two lines", "first"]);
  expect(statSync(join(home, "history")).mode & 0o777).toBe(0o600);
});

test("a line that is broken is passed over, and a file that has become long loses its beginning", async () => {
  const home = await tempHome();
  const lines = Array.from({ length: 2500 }, (_, at) => JSON.stringify(`line ${at}`));
  writeFileSync(join(home, "history"), `${lines.join("\n")}\n{"half`);
  const { entries } = openHistory(home);
  expect(entries).toHaveLength(1000);
  expect(entries[0]).toBe("line 2499");
  expect(readFileSync(join(home, "history"), "utf8").split("\n")).toHaveLength(1001);
  expect(statSync(join(home, "history")).mode & 0o777).toBe(0o600);
});

test("a home that cannot be written to does not keep anybody from talking", () => {
  const history = openHistory("/proc/nowhere");
  history.add("hello");
  expect(history.entries).toEqual([]);
});
