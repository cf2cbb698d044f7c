import fc from "fast-check";
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

test("a narrow terminal still shows something of each column", () => {
  expect(table([{ title: "A" }, { title: "B" }], [["x".repeat(40), "abcdefghijk"]], 10)[1]).toBe("xxxxxxx…  abcdefg…");
});

test("up to eight columns fit 80 whatever is in them, and what is short stays whole", () => {
  const titles = ["ID", "STATUS", "TASK", "FROM", "WAIT", "TOOK", "WHEN", "WHY"];
  const plain = titles.map((title) => ({ title }));
  const row = ["3f2a91c0", "in_progress", "t".repeat(90), "f".repeat(90), "1m24s", "3h4m", "12m ago", "w".repeat(90)];
  for (const line of table(plain, [row], 80)) expect(line.length).toBeLessThanOrEqual(80);
  expect(table(plain, [row], 80)[1]).toBe(
    "3f2a91c0  in_progress  tttttttttt…  fffffffffff…  1m24s  3h4m  12m ago  wwwwwww…",
  );
  fc.assert(
    fc.property(fc.array(fc.nat(120), { minLength: 8, maxLength: 8 }), (lengths) => {
      const cells = lengths.map((length) => "x".repeat(length));
      for (const line of table(plain, [cells], 80)) expect(line.length).toBeLessThanOrEqual(80);
    }),
  );
});

test("where it does not fit, the longest of the columns that may be cut give way, for a last one that has much to say too", () => {
  const wide = [{ title: "ID" }, { title: "TASK", max: 40 }, { title: "FROM", max: 20 }, { title: "WHY" }];
  const lines = table(wide, [["3f2a91c0", "a".repeat(40), "smart_maintenance", "because"]], 50);
  expect(lines[1]).toBe(`3f2a91c0  ${"a".repeat(13)}…  smart_maintena…  because`);
  const told = table(wide, [["3f2a91c0", "a".repeat(40), "", "the provider refused the key, and said why"]], 60);
  expect(told[1]).toBe(`3f2a91c0  ${"a".repeat(25)}…        the provider re…`);
});
