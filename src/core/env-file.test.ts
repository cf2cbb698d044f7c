import { parseEnv } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readEnvText, withoutSetting, withSetting } from "./env-file.ts";

const FILE = `# my settings
SPARKY_PORT=8123   # not the usual one

export SPARKY_MODEL="openai/gpt-5"
NOTE='several
lines, A=1'
LOG_LEVEL=debug
`;

test("a changed setting leaves comments, order and every other line as they were", () => {
  expect(withSetting(FILE, "SPARKY_MODEL", "demo")).toBe(FILE.replace('"openai/gpt-5"', "demo"));
  expect(withSetting(FILE, "NOTE", "short")).toBe(FILE.replace(/'several\nlines, A=1'/, "short"));
  expect(withSetting(FILE, "NEW", "a b")).toBe(`${FILE}NEW='a b'\n`);
  expect(withoutSetting(FILE, "NOTE")).toBe(FILE.replace(/NOTE=.*\n.*\n/, ""));
  expect(withoutSetting(FILE, "A")).toBe(FILE);
});

test("the one that counts is changed, and all of a name are taken out", () => {
  expect(withSetting("A=1\nB=2\nA=3", "A", "4")).toBe("A=1\nB=2\nA=4");
  expect(withoutSetting("A=1\nB=2\nA=3", "A")).toBe("B=2\n");
  expect(withSetting("A=1\r\nB=2\r\n", "A", "4")).toBe("A=4\r\nB=2\r\n");
  expect(withSetting("B=2", "A", "1")).toBe("B=2\nA=1\n");
});

test.each([
  { text: 'A="x"\nthis is not a setting\n', line: 2, why: "is not NAME=value" },
  { text: 'A="x\nB=2\nC=3\n', line: 1, why: 'has a " that is not closed' },
  { text: 'A="x\nB="y"\n', line: 1, why: 'has something behind its closing "' },
  { text: "A='1\n2'\nB=2\n= 3\n", line: 4, why: "is not NAME=value" },
  { text: "1A=2\n", line: 1, why: "is not NAME=value" },
])("line $line of $text $why", ({ text, line, why }) => expect(readEnvText(text).bad).toEqual({ line, why }));

test.each([FILE, "", "\n\n", "A=\nB=it's\n", "A = 1 \r\n\r\n# c\r\n", "A=`x`", 'A="1" # why\n'])(
  "%j is a sound file",
  (text) => {
    expect(readEnvText(text).bad).toBeNull();
    expect(new Set(readEnvText(text).entries.map(({ name }) => name))).toEqual(new Set(Object.keys(parseEnv(text))));
  },
);

test("whatever is written is read back as it was, and nothing else is read differently", () => {
  const value = fc.string({ unit: fc.constantFrom(..."ab1 #='\"`\\n$/:@é…".split("")), minLength: 1, maxLength: 12 });
  const line = fc.constantFrom(
    "# c",
    "",
    "A=1",
    "B='x y'",
    'C="p\\nq"',
    "D=`it's`",
    "export E=5 # e",
    "A='two\nlines'",
  );
  let refused = 0;
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), fc.constantFrom("A", "B", "Z"), value, (lines, name, raw) => {
      const wanted = raw.trim();
      fc.pre(wanted !== "");
      const text = lines.map((each) => `${each}\n`).join("");
      const after = withSetting(text, name, wanted);
      if (after === null) return void (refused += 1);
      expect({ ...parseEnv(after) }).toEqual({ ...parseEnv(text), [name]: wanted });
      const { [name]: _gone, ...others } = parseEnv(text);
      expect({ ...parseEnv(withoutSetting(after, name)) }).toEqual({ ...others });
    }),
    { numRuns: 500 },
  );
  expect(refused).toBeLessThan(50);
  expect(withSetting("", "A", "'\"`")).toBeNull();
  expect(withSetting("", "A", "a\u0007b")).toBeNull();
});
