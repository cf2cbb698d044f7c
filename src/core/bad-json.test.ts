import fc from "fast-check";
import { expect, test } from "vitest";
import { badJson } from "./bad-json.ts";

test.each([
  { text: '{"path":"x",}', says: 'a name in double quotes is missing at character 13, near {"path":"x",}' },
  { text: '{"path":"x"', says: "it ends in the middle at character 12" },
  { text: "", says: "it ends in the middle at character 1" },
  { text: '{"path":"x', says: "a string without its end begins at character 9" },
  { text: "{path: 1}", says: "a name in double quotes is missing at character 2" },
  { text: "{'path': 1}", says: "a name in double quotes is missing at character 2" },
  { text: '{"path" "x"}', says: '":" is missing at character 9' },
  { text: '{"path":"x"}{"path":"y"}', says: "there is more at character 13" },
  { text: '{"path":"x"} and so on', says: "there is more at character 14" },
  { text: '{"a":[1,2', says: "it ends in the middle at character 10" },
  { text: '{"a":[1 2]}', says: '"," or "]" is missing at character 9' },
  { text: '{"a":[1,]}', says: "there is no value at character 9" },
  { text: '{"a":tru}', says: "there is no value at character 6" },
  { text: '{"a":01}', says: "there is no value at character 6" },
  { text: '{"a":"line\nbreak"}', says: "a string with a bad escape, or a line break that is not escaped, begins" },
  { text: '{"a":"C:\\x"}', says: "a string with a bad escape" },
  { text: '{\n "a": 1,\n "b": }', says: 'there is no value at line 3, column 7, near { ⏎ "a": 1, ⏎ "b": }' },
  { text: "path=x", says: "there is no value at character 1" },
  { text: "```json\n{}\n```", says: "there is no value at line 1, column 1, near ```json ⏎ {} ⏎ ```" },
  { text: '{"a":\u202e1,}', says: 'there is no value at character 6, near {"a":\\u202e1,}' },
])("$text: $says", ({ text, says }) => {
  expect(badJson(text)).toContain(says);
});

test("what JSON.parse takes is JSON, and nothing else is", () => {
  const cut = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", "}", ",", '"', "\\", "x", "\n"))
    .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1));
  let bad = 0;
  fc.assert(
    fc.property(fc.oneof(fc.json(), cut), (text) => {
      let parses = true;
      try {
        JSON.parse(text);
      } catch {
        parses = false;
        bad++;
      }
      const said = badJson(text);
      expect(said === null, text).toBe(parses);
      // The place was found by the walk itself, never by its fallback.
      if (said !== null) expect(said).not.toMatch(/JSON input|is not valid JSON|in JSON at/);
    }),
    { numRuns: 3000 },
  );
  expect(bad).toBeGreaterThan(300);
});

test("nesting of any depth is walked through", () => {
  expect(badJson("[".repeat(200_000))).toContain("it ends in the middle at character 200001");
});
