import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fillPrompt, parsePromptFile } from "./prompt-file.ts";

const of = (front: string, words = "Go"): string => `---\n${front}\n---\n${words}\n`;
const ARGUMENTS = `description: "Looks: at it"
arguments:
  - name: topic
    description: What to look at
    required: true
  - name: focus
  - {name: depth, required: false}`;

test("a file without front matter is words alone, with whatever braces are in it", async () => {
  for (const words of ["Tell me {{of}} it", "\n---\nnot: this\n---\nTell"]) {
    const file = await parsePromptFile(`${words}\n`, "x.md");
    expect(file).toEqual({ words: words.trim(), description: "", args: [], hasFields: false });
    expect(fillPrompt(file, "x", {})).toBe(words.trim());
  }
});

test("front matter tells what it is for and what it wants to know", async () => {
  const file = await parsePromptFile(of(ARGUMENTS, "See {{topic}}").replaceAll("\n", "\r\n"), "x.md");
  expect(file).toEqual({
    words: "See {{topic}}",
    description: "Looks: at it",
    args: [
      { name: "topic", description: "What to look at", required: true },
      { name: "focus", description: "", required: false },
      { name: "depth", description: "", required: false },
    ],
    hasFields: true,
  });
});

test("a value stands in its places as it is, and what stands in a value is no place", async () => {
  const words =
    "See {{topic}}, {{ topic }} {{#each}} { {focus} }\nAbove all {{focus}}\n\nAs deep as {{depth}}, {{focus}}";
  const file = await parsePromptFile(of(ARGUMENTS, words), "x.md");
  expect(fillPrompt(file, "x", { topic: "{{focus}} $& $1 \\n", focus: "{{topic}}" })).toBe(
    "See {{focus}} $& $1 \\n, {{focus}} $& $1 \\n {{#each}} { {focus} }\nAbove all {{topic}}\n\nAs deep as , {{topic}}",
  );
  // A line that says nothing without what was left out is left out, too.
  expect(fillPrompt(file, "x", { topic: "it", focus: " " })).toBe("See it, it {{#each}} { {focus} }");
});

test.each([
  { given: {}, says: "/look needs topic (What to look at)", hint: "/look topic=… [focus=…] [depth=…]" },
  {
    given: { topic: " \n" },
    says: "/look needs topic (What to look at)",
    hint: "/look topic=… [focus=…] [depth=…]",
  },
  { given: { topic: "x", tpic: "y" }, says: "tpic: no such argument of /look", hint: "/look topic=" },
  { given: JSON.parse('{"topic":"x","__proto__":"y"}'), says: "__proto__: no such argument", hint: "/look topic=" },
])("filled in by $given it says what is wrong", async ({ given, says, hint }) => {
  const file = await parsePromptFile(of(ARGUMENTS, "{{topic}}"), "x.md");
  const error = (() => {
    try {
      return fillPrompt(file, "look", given);
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining(says),
    hint: expect.stringContaining(hint),
  });
});

test.each([
  { what: "no end", source: "---\ndescription: x\nGo", says: "its front matter has no end" },
  { what: "no fields", source: of("just words"), says: "has no fields" },
  { what: "nothing", source: of(""), says: "has no fields" },
  { what: "no YAML", source: of("description: a: b"), says: "is not YAML" },
  { what: "too much", source: of(`description: ${"x".repeat(17_000)}`), says: "has more than 16 KB" },
  { what: "brackets without end", source: of(`a: ${"[".repeat(16_000)}`), says: "is not YAML" },
  { what: "an alias", source: of("a: &a x\ndescription: *a"), says: "description is no text" },
  { what: "arguments that are a text", source: of("arguments: topic"), says: "arguments is no list" },
  { what: "an argument that is a text", source: of("arguments: [topic]"), says: "an argument has no name" },
  { what: "an argument of two words", source: of("arguments: [{name: a b}]"), says: "a b is no name" },
  { what: "one name twice", source: of("arguments: [{name: a}, {name: a}]"), says: "the argument a is there twice" },
  { what: "an odd yes", source: of("arguments: [{name: a, required: si}]"), says: "required of a is si" },
  {
    what: "a place for what is not asked for",
    source: of("arguments: [{name: topic}]", "See {{topik}}"),
    says: "{{topik}} is none of its arguments",
  },
  {
    what: "too many arguments",
    source: of(`arguments: [${Array.from({ length: 31 }, (_, n) => `{name: a${n}}`).join(", ")}]`),
    says: "more than 30 arguments",
  },
])("front matter with $what is an error that names the file and says what to do", async ({ source, says }) => {
  const error = await parsePromptFile(source, "/home/prompts/look.md").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "invalid_input", hint: expect.stringMatching(/\w/) });
  expect(error).toHaveProperty("message", expect.stringMatching(/^\/home\/prompts\/look\.md: /));
  expect(error).toHaveProperty("message", expect.stringContaining(says));
});

test("each prompt that comes with Sparky reads well with and without what may be left out, and calls tools that there are", async () => {
  const folder = join(import.meta.dirname, "../../../prompts/offered");
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThanOrEqual(5);
  const sources = ["builtin-tools", "tools"].map((part) => join(import.meta.dirname, "../..", part));
  const code = sources.flatMap((part) =>
    readdirSync(part, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readFileSync(join(part, name), "utf8")),
  );
  for (const name of files) {
    const file = await parsePromptFile(readFileSync(join(folder, name), "utf8"), name);
    expect(file.description, name).toMatch(/\w{3}/);
    const all = Object.fromEntries(file.args.map((arg) => [arg.name, `<${arg.name}>`]));
    const filled = fillPrompt(file, name, all);
    for (const value of Object.values(all)) expect(filled, name).toContain(value);
    const needed = Object.fromEntries(file.args.flatMap((arg) => (arg.required ? [[arg.name, "x"]] : [])));
    expect(fillPrompt(file, name, needed), name).not.toMatch(/\{\{|:\s*$/m);
    for (const tool of filled.match(/\b[a-z]+_[a-z]+\b/g) ?? []) expect(code.join("\n"), tool).toContain(`"${tool}"`);
  }
});
