import { expect, test } from "vitest";
import { fullTime } from "../ui/format.ts";
import { changeLines } from "./change-lines.ts";

test.each([
  {
    what: "new",
    before: undefined,
    after: { type: "person", name: "Mara", content: "", data: {}, createdAt: 12 },
    lines: ["+ type: person", "+ name: Mara"],
  },
  { what: "gone", before: { type: "knows", source: "a" }, after: undefined, lines: ["- type: knows", "- source: a"] },
  {
    what: "about others, by the names that are known",
    before: { text: "a", subject: "a", object: "b", owner: "c" },
    after: { text: "a", subject: "a", object: "d", owner: "c" },
    names: { a: "Ann\nLee", b: "Bob", c: "owner" },
    lines: ["  text: a", "  subject: Ann Lee", "- object: Bob", "+ object: d", "  owner: owner"],
  },
  {
    what: "changed in the middle of a text",
    before: { content: "one\ntwo\nthree" },
    after: { content: "one\n2\nthree" },
    lines: ["  content:", "    one", "-   two", "+   2", "    three"],
  },
  {
    what: "changed in its data",
    before: { data: { since: 2021 } },
    after: { data: { since: 2021, until: null } },
    lines: ["  data:", "    {", '-     "since": 2021', '+     "since": 2021,', '+     "until": null', "    }"],
  },
  {
    what: "known until a time",
    before: { status: "active" },
    after: { status: "retired", validTo: Date.parse("2026-03-01T12:00:00Z"), recordedAt: 12 },
    lines: ["- status: active", "+ status: retired", `+ validTo: ${fullTime("2026-03-01T12:00:00Z")}`],
  },
  { what: "emptied", before: { content: "one" }, after: { content: "" }, lines: ["- content: one"] },
  {
    what: "called by a word that objects know by themselves",
    before: {},
    after: JSON.parse('{"__proto__": "x", "constructor": "y"}') as { readonly [field: string]: string },
    lines: ["+ __proto__: x", "+ constructor: y"],
  },
  {
    what: "longer by a line that it has already",
    before: { content: "a\na" },
    after: { content: "a\na\na" },
    lines: ["  content:", "    a", "    a", "+   a"],
  },
])("what is $what is told line by line", ({ before, after, lines, names }) => {
  expect(changeLines(before, after, names).split("\n")).toEqual(lines);
});
