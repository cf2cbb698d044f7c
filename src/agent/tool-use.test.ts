import { expect, test } from "vitest";
import { callOf } from "./tool-use.ts";

const BIG = "x".repeat(50_000);

test.each([
  { what: "a long list", args: [BIG] },
  { what: "a list as text", args: JSON.stringify([BIG]) },
  { what: "a number", args: 1 },
  { what: "a text within a text within a text", args: JSON.stringify(JSON.stringify(JSON.stringify({ a: BIG }))) },
])("F86 $what is no arguments: it does not run, with nothing in its place", ({ args }) => {
  expect(callOf("c1", { providerCallId: "p", name: "file_list", args }, "tool-calls").badArgs).toMatch(
    /not a JSON object|not JSON/,
  );
});

test("F86 arguments that came as the text of a text are recorded as what they are, however long", () => {
  const args = JSON.stringify(JSON.stringify({ a: BIG }));
  const call = callOf("c1", { providerCallId: "p", name: "file_write", args }, "tool-calls");
  expect(call).toEqual({ callId: "c1", name: "file_write", args: { a: BIG } });
});
