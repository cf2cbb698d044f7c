import { expect, test } from "vitest";
import { table } from "./table.ts";

const columns = [{ title: "ID" }, { title: "TASK", max: 10 }, { title: "WHY" }];

test("columns are aligned, and the last one is cut to the width", () => {
  const lines = table(
    columns,
    [
      ["1", "short", "a reason that is far too long"],
      ["22", "a very long task", ""],
    ],
    32,
  );
  expect(lines).toEqual(["ID  TASK        WHY", "1   short       a reason that i…", "22  a very lo…"]);
  expect(Math.max(...lines.map((line) => line.length))).toBe(32);
});

test("a narrow terminal still shows something of the last column", () => {
  expect(table([{ title: "A" }, { title: "B" }], [["x".repeat(40), "abcdefghijk"]], 10)[1]).toBe(
    `${"x".repeat(40)}  abcdefg…`,
  );
});

test("where it does not fit, the longest of the columns that may be cut give way, for a last one that has much to say too", () => {
  const wide = [{ title: "ID" }, { title: "TASK", max: 40 }, { title: "FROM", max: 20 }, { title: "WHY" }];
  const lines = table(wide, [["3f2a91c0", "a".repeat(40), "smart_maintenance", "because"]], 50);
  expect(lines[1]).toBe(`3f2a91c0  ${"a".repeat(13)}…  smart_maintena…  because`);
  const told = table(wide, [["3f2a91c0", "a".repeat(40), "", "the provider refused the key, and said why"]], 60);
  expect(told[1]).toBe(`3f2a91c0  ${"a".repeat(25)}…        the provider re…`);
});
